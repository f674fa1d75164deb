"""What is watched while training: means of the scores of a step, before its update."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from .global_batch import GlobalBatch
from .losses import boundary


def score_metrics(batch: GlobalBatch, scores: Sequence[float], beta: float | None) -> dict[str, float | None]:
    """The optional fields of StepMetrics, None where there is nothing to take a mean of.

    scores: sum / count of every response of the batch. Positives and negatives are those of groups with a
    pair. A negative below the boundary lies strictly below min s(positive) - beta.
    """
    positives: list[float] = []
    negatives: list[float] = []
    boundaries: list[float] = []
    below = 0
    for numbers in batch.paired:
        own = [scores[n] for n in numbers if batch.labels[n] == "positive"]
        others = [scores[n] for n in numbers if batch.labels[n] == "negative"]
        positives += own
        negatives += others
        if beta is not None:
            boundaries.append(boundary(torch.tensor(own, dtype=torch.float64), beta).item())
            below += sum(score < boundaries[-1] for score in others)
    targets = [score for score, target in zip(scores, batch.targets, strict=True) if target]
    return {
        "mean_target": _mean(targets),
        "mean_positive": _mean(positives),
        "mean_negative": _mean(negatives),
        "mean_boundary": _mean(boundaries),
        "negatives_below_boundary": below / len(negatives) if boundaries else None,
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
