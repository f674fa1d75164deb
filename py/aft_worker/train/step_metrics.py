"""What is watched while training: means of the scores of a step, before its update."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..distributed import mean
from ..losses import boundaries, pairs, ranks_of
from .global_batch import Batch


def score_metrics(batch: Batch, scores: Sequence[float], beta: float | None) -> dict[str, float | None]:
    """The optional fields of StepMetrics, None where there is nothing to take a mean of.

    scores: sum / tokens of every response of the batch. Positives and negatives are those of groups with a
    pair, by their labels; pairs and boundaries go by the ranks. A worse response below its boundary lies
    strictly below min s(better) - beta.
    """
    positives: list[float] = []
    negatives: list[float] = []
    margins: list[float] = []
    ordered: list[float] = []
    limits: list[float] = []
    below: list[float] = []
    for numbers in batch.paired:
        right = [scores[n] for n in numbers if batch.responses[n].label == "positive"]
        wrong = [scores[n] for n in numbers if batch.responses[n].label == "negative"]
        positives += right
        negatives += wrong
        if right and wrong:
            margins.append(sum(right) / len(right) - sum(wrong) / len(wrong))
        ranked = [n for n in numbers if batch.responses[n].rank is not None]
        values = torch.tensor([scores[n] for n in ranked], dtype=torch.float64)
        ranks = ranks_of([batch.responses[n] for n in ranked])
        better, worse = pairs(ranks)
        # 0, 1/2 or 1
        ordered += ((values[better] - values[worse]).sign() / 2 + 0.5).tolist()
        if beta is not None:
            limit = boundaries(values, ranks, beta)
            bounded = limit.isfinite()
            limits += limit[bounded].tolist()
            below += (values < limit)[bounded].double().tolist()
    return {
        "mean_target": mean([s for s, one in zip(scores, batch.responses, strict=True) if one.target]),
        "mean_reference": mean([s for s, one in zip(scores, batch.responses, strict=True) if one.reference]),
        "mean_positive": mean(positives),
        "mean_negative": mean(negatives),
        "margin": mean(margins),
        "assessment_accuracy": mean(ordered),
        "mean_boundary": mean(limits),
        "negatives_below_boundary": mean(below),
    }
