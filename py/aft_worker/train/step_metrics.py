"""What is watched while training: means of the scores of a step, before its update."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ..distributed import total
from ..losses import Members, boundaries
from .global_batch import Batch


def score_metrics(batch: Batch, scores: Sequence[float], beta: float | None) -> dict[str, float | None]:
    """The optional fields of StepMetrics, None where there is nothing to take a mean of.

    scores: sum / tokens of every response of the batch. Positives and negatives are those of groups with a
    pair, by their labels; pairs and boundaries go by the ranks. A worse response below its boundary lies
    strictly below min s(better) - beta.
    """
    responses, paired = batch.responses, batch.paired
    values = torch.tensor(scores, dtype=torch.float64)
    found = {
        "mean_target": _chosen(values, [one.target for one in responses]),
        "mean_reference": _chosen(values, [one.reference for one in responses]),
    }
    # [2, G, K]: whether it is a positive, a negative
    places, labelled = _table(paired, [[one.label == side for one in responses] for side in SIDES])
    own = values[places]
    (right, wrong), counts = (own * labelled).sum(2), labelled.sum(2)
    both = (counts > 0).all(0)
    margins = right / counts[0].clamp(min=1) - wrong / counts[1].clamp(min=1)
    found |= {
        "mean_positive": (right.sum(), counts[0].sum()),
        "mean_negative": (wrong.sum(), counts[1].sum()),
        "margin": (margins[both].sum(), both.sum()),
    }
    ranked = [[n for n in numbers if responses[n].rank is not None] for numbers in paired]
    places, _ = _table(ranked, [])
    own, above = values[places], Members.of([[responses[n] for n in numbers] for numbers in ranked]).above
    # 0, 1/2 or 1 a pair
    ordered = (own.unsqueeze(2) - own.unsqueeze(1)).sign() / 2 + 0.5
    found["assessment_accuracy"] = (ordered[above].sum(), above.sum())
    limits = below = torch.zeros(0, dtype=torch.float64)
    if beta is not None and above.any():
        limit = boundaries(own, above, beta)
        bounded = limit.isfinite()
        limits, below = limit[bounded], (own < limit)[bounded].double()
    found["mean_boundary"] = limits.sum(), limits.isfinite().sum()
    found["negatives_below_boundary"] = below.sum(), limits.isfinite().sum()
    return _means(found)


SIDES = ("positive", "negative")


def _chosen(values: Tensor, which: Sequence[bool]) -> tuple[Tensor, Tensor]:
    taken = torch.tensor(which, dtype=torch.bool)
    return values[taken].sum(), taken.sum()


def _table(groups: Sequence[Sequence[int]], facts: Sequence[Sequence[bool]]) -> tuple[Tensor, Tensor]:
    """(response numbers [G, K], 0 in padding, and each of F facts about them [F, G, K], false there)."""
    width = max(map(len, groups), default=0)
    padding = [0] * width
    numbers = [[*group, *padding][:width] for group in groups]
    told = [[[fact[n] for n in group] + [False] * (width - len(group)) for group in groups] for fact in facts]
    shape = (len(groups), width)
    places = torch.tensor(numbers, dtype=torch.long).reshape(shape)
    return places, torch.tensor(told, dtype=torch.bool).reshape(len(facts), *shape)


def _means(found: dict[str, tuple[Tensor, Tensor]]) -> dict[str, float | None]:
    """Of (sum, count), each of all processes; None of nothing."""
    flat = total(*(float(value) for pair in found.values() for value in pair))
    pairs = zip(flat[::2], flat[1::2], strict=True)
    return {name: sums / count if count else None for name, (sums, count) in zip(found, pairs, strict=True)}
