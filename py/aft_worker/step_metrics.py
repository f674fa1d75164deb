"""What is watched while training: means of the scores of a step, before its update."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from . import distributed
from .global_batch import GlobalBatch
from .losses import boundaries, pairs


def score_metrics(batch: GlobalBatch, scores: Sequence[float], beta: float | None) -> dict[str, float | None]:
    """The optional fields of StepMetrics, None where there is nothing to take a mean of.

    scores: sum / count of every response of the batch. Positives and negatives are those of groups with a
    pair, by their labels; pairs and boundaries go by the members' ranks. A worse response below its boundary
    lies strictly below min s(better) - beta.
    """
    positives: list[float] = []
    negatives: list[float] = []
    margins: list[float] = []
    ordered: list[float] = []
    limits: list[float] = []
    below: list[float] = []
    for numbers in batch.paired:
        own = [scores[n] for n in numbers if batch.labels[n] == "positive"]
        others = [scores[n] for n in numbers if batch.labels[n] == "negative"]
        positives += own
        negatives += others
        if own and others:
            margins.append(sum(own) / len(own) - sum(others) / len(others))
        members = [(scores[n], rank) for n in numbers if (rank := batch.ranks[n]) is not None]
        values = torch.tensor([score for score, _ in members], dtype=torch.float64)
        ranks = torch.tensor([rank for _, rank in members])
        better, worse = pairs(ranks)
        # 0, 1/2 or 1
        ordered += ((values[better] - values[worse]).sign() / 2 + 0.5).tolist()
        if beta is not None:
            limit = boundaries(values, ranks, beta)
            bounded = limit.isfinite()
            limits += limit[bounded].tolist()
            below += (values < limit)[bounded].double().tolist()
    return {
        "mean_target": _mean(_chosen(scores, batch.targets)),
        "mean_reference": _mean(_chosen(scores, batch.gold)),
        "mean_positive": _mean(positives),
        "mean_negative": _mean(negatives),
        "margin": _mean(margins),
        "assessment_accuracy": _mean(ordered),
        "mean_boundary": _mean(limits),
        "negatives_below_boundary": _mean(below),
    }


def _chosen(scores: Sequence[float], flags: Sequence[bool]) -> list[float]:
    return [score for score, flag in zip(scores, flags, strict=True) if flag]


def _mean(values: Sequence[float]) -> float | None:
    return distributed.mean(values)
