"""The losses over groups, by the names of the protocol (`kind`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from ..protocol import LossSettings, VftLoss
from .constraint import Constraint
from .members import Members
from .ranking import has_pair

# (sums [G, R], the responses that take part, settings) -> [G] in the dtype of the sums, unweighted.
# What the sums hold in padding is finite and changes nothing.
LossFunction = Callable[[Tensor, Members, Any], Tensor]


@dataclass(frozen=True, slots=True)
class GroupLoss:
    """A loss under its settings. `title` names it in errors.

    needs_pair: a group in which all are equally good has no part in it, and its responses are not computed.
    needs_reference: every response needs its log-probability under the reference model.
    needs_labels: every response needs its label: right and wrong do not follow from ranks alone.
    """

    function: LossFunction
    title: str
    needs_pair: bool
    needs_reference: bool
    needs_labels: bool = False
    settings: Any = None

    def __call__(self, sums: Tensor, members: Members) -> Tensor:
        """sums [G, R]: summed log-probabilities in nats of the members. -> [G]."""
        return self.function(sums, members, self.settings)

    def takes(self, ranks: Sequence[int | None]) -> bool:
        """Whether a group with these ranks has a part in the loss."""
        return has_pair(ranks) if self.needs_pair else any(rank is not None for rank in ranks)


_LOSSES: dict[str, GroupLoss] = {}


def register(
    kind: str,
    title: str,
    *,
    needs_pair: bool = True,
    needs_reference: bool = False,
    needs_labels: bool = False,
) -> Callable[[LossFunction], LossFunction]:
    """Makes a function the loss of the settings of this `kind`. A new loss is one more file that does so."""

    def with_loss(function: LossFunction) -> LossFunction:
        _LOSSES[kind] = GroupLoss(function, title, needs_pair, needs_reference, needs_labels)
        return function

    return with_loss


def registered() -> list[str]:
    """The kinds of all losses over groups."""
    return sorted(_LOSSES)


def group_loss(settings: LossSettings) -> GroupLoss | None:
    """The loss over groups under these settings; None when they name none.

    ValueError: a boundary constraint without beta.
    """
    if isinstance(settings, VftLoss):
        return None
    Constraint.of(settings)
    return replace(_LOSSES[str(settings.__struct_config__.tag)], settings=settings)
