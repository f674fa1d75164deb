"""The losses over groups, by the names of the protocol (`kind`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from torch import Tensor

from ..protocol import LossSettings, VftLoss
from .constraint import Constraint
from .members import Members
from .ranking import has_pair
from .tokens import Tokens

# (sums [G, R], the responses that take part, settings) -> [G] in the dtype of the sums, unweighted; the
# divergence, where it needs that, is one argument more. What the sums hold in padding is finite and changes
# nothing.
LossFunction = Callable[..., Tensor]
# (log-probabilities of tokens [M], the same under the starting weights, what is known of them, settings) ->
# [M] in the dtype of the first, unweighted
TokenLossFunction = Callable[[Tensor, Tensor, Tokens, Any], Tensor]

Divisor = Literal["group", "response", "token"]
"""Of a loss over the global batch: how many there are of what."""


@dataclass(frozen=True, slots=True)
class GroupLoss:
    """A loss under its settings. `title` names it in errors.

    needs_pair: a group in which all are equally good has no part in it, and its responses are not computed.
    needs_reference: every response needs its log-probability under the reference model.
    needs_labels: every response needs its label: right and wrong do not follow from ranks alone.
    needs_divergence: it needs an estimate of how far the model is from where the training began.
    per: what the loss of the global batch is divided by; groups and responses, tokens that take part.
    by_token: the loss where it is a sum over tokens, of which each response's are apart from all others'.
    """

    function: LossFunction
    title: str
    needs_pair: bool
    needs_reference: bool
    needs_labels: bool = False
    needs_divergence: bool = False
    per: Divisor = "group"
    by_token: TokenLossFunction | None = None
    settings: Any = None

    def __call__(self, sums: Tensor, members: Members, divergence: float | None = None) -> Tensor:
        """sums [G, R]: summed log-probabilities in nats of the members. -> [G]."""
        if self.needs_divergence:
            return self.function(sums, members, self.settings, divergence)
        return self.function(sums, members, self.settings)

    def takes(self, ranks: Sequence[int | None]) -> bool:
        """Whether a group with these ranks has a part in the loss."""
        return has_pair(ranks) if self.needs_pair else any(rank is not None for rank in ranks)

    @property
    def needs_start(self) -> bool:
        """Whether scores under the weights that the training began with are needed at each step."""
        return self.needs_divergence or self.by_token is not None


_LOSSES: dict[str, GroupLoss] = {}


def register(
    kind: str,
    title: str,
    *,
    needs_pair: bool = True,
    needs_reference: bool = False,
    needs_labels: bool = False,
    needs_divergence: bool = False,
    per: Divisor = "group",
) -> Callable[[LossFunction], LossFunction]:
    """Makes a function the loss of the settings of this `kind`. A new loss is one more file that does so."""

    def with_loss(function: LossFunction) -> LossFunction:
        _LOSSES[kind] = GroupLoss(
            function, title, needs_pair, needs_reference, needs_labels, needs_divergence, per
        )
        return function

    return with_loss


def register_by_token(
    kind: str, title: str, *, needs_pair: bool = True
) -> Callable[[TokenLossFunction], TokenLossFunction]:
    """The same of a loss over tokens, which goes by labels. Its settings say what it is divided `per`."""

    def with_loss(function: TokenLossFunction) -> TokenLossFunction:
        _LOSSES[kind] = GroupLoss(
            _not_by_sums, title, needs_pair, False, needs_labels=True, per="token", by_token=function
        )
        return function

    return with_loss


def _not_by_sums(*_: Any) -> Tensor:
    raise TypeError("this loss goes by tokens, not by summed log-probabilities")


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
    loss = _LOSSES[str(settings.__struct_config__.tag)]
    return replace(loss, settings=settings, per=getattr(settings, "per", loss.per))
