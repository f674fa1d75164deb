"""Losses as pure functions of a group's scores and ranks. Nothing here knows a model, a token or a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from torch import Tensor

from ..protocol import AlignmentLoss, DpoLoss, LossSettings, ProLoss, RrhfLoss, VftLoss
from .alignment import alignment_loss
from .dpo import dpo_loss
from .members import Members
from .mirror import Constraint
from .pro import pro_loss
from .ranking import boundaries, has_pair, pairs
from .rrhf import rrhf_loss
from .vft import vft_loss

GroupLoss = Callable[[Members], Tensor]
# whether the final answer is right
Label = Literal["positive", "negative"]

__all__ = ["GroupLoss", "Label", "Members", "boundaries", "group_loss", "has_pair", "pairs", "vft_loss"]


def group_loss(settings: LossSettings) -> GroupLoss | None:
    """The loss of one group under these settings, unweighted; None when they name none.

    The function takes a group's members and returns a scalar in the dtype of their sums; 0, with a gradient
    of 0, for a group without a pair. A new method is one more case here. ValueError: a boundary constraint
    without beta; in the function, DPO without references.
    """
    match settings:
        case VftLoss():
            return None
        case AlignmentLoss(constraint="none" | "detached" | "boundary" as kind, beta=beta):
            return _alignment(Constraint(kind, beta, settings.detach_boundary))
        case AlignmentLoss(constraint="ranked-detached"):
            return _alignment(Constraint("detached"))
        case AlignmentLoss(constraint="ranked-boundary", beta=beta):
            return _alignment(Constraint("boundary", beta, settings.detach_boundary))
        case RrhfLoss(constraint=kind, beta=beta):
            constraint = Constraint(kind, beta)
            return lambda members: rrhf_loss(members, constraint)
        case ProLoss(constraint=kind, beta=beta):
            constraint = Constraint(kind, beta)
            return lambda members: pro_loss(members, constraint)
        case DpoLoss(constraint=kind, beta=beta, dpo_beta=dpo_beta):
            constraint = Constraint(kind, beta)
            return lambda members: dpo_loss(members, constraint, dpo_beta)
    raise ValueError(f"no loss for {settings!r}")


def _alignment(constraint: Constraint) -> GroupLoss:
    return lambda members: alignment_loss(members, constraint)
