"""Losses as pure functions of scores and labels. Nothing here knows a model, a token or a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from torch import Tensor

from ..protocol import AlignmentLoss, LossSettings, VftLoss
from .alignment import boundary, boundary_loss, detached_loss, unconstrained_loss
from .vft import vft_loss

Label = Literal["positive", "negative"]
GroupLoss = Callable[[Tensor, Sequence[Label | None]], Tensor]

__all__ = [
    "GroupLoss",
    "Label",
    "boundary",
    "boundary_loss",
    "detached_loss",
    "group_loss",
    "has_pair",
    "split_by_label",
    "unconstrained_loss",
    "vft_loss",
]


def has_pair(labels: Sequence[Label | None]) -> bool:
    """Whether a group has a positive and a negative: without both it has no alignment loss."""
    return "positive" in labels and "negative" in labels


def split_by_label(scores: Tensor, labels: Sequence[Label | None]) -> tuple[Tensor, Tensor]:
    """scores [R], labels of length R -> (scores of the positives [P], of the negatives [N])."""
    positive = [index for index, label in enumerate(labels) if label == "positive"]
    negative = [index for index, label in enumerate(labels) if label == "negative"]
    return scores[positive], scores[negative]


def group_loss(settings: LossSettings) -> GroupLoss | None:
    """The alignment loss of one group under these settings, unweighted; None when they name none.

    The function takes scores [R] (mean log-probabilities, float32 or better) and R labels of a group that
    has a pair, and returns a scalar. A new method is one more case here.
    """
    match settings:
        case VftLoss():
            return None
        case AlignmentLoss(constraint="none"):
            return lambda scores, labels: unconstrained_loss(*split_by_label(scores, labels))
        case AlignmentLoss(constraint="detached"):
            return lambda scores, labels: detached_loss(*split_by_label(scores, labels))
        case AlignmentLoss(constraint="boundary", beta=beta, detach_boundary=detach):
            if beta is None:
                raise ValueError("the boundary constraint needs beta")
            return lambda scores, labels: boundary_loss(*split_by_label(scores, labels), beta, detach)
    raise ValueError(f"no loss for {settings!r}")
