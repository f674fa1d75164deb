"""What a group's responses are to its loss: who takes part, in which order, with which rewards."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .errors import WorkerError
from .losses import has_pair
from .protocol import AlignmentLoss, DpoLoss, LossSettings, ProLoss, RrhfLoss, TrainGroup, VftLoss

_RANK_OF = {"positive": 1, "negative": 2}


@dataclass(frozen=True, slots=True)
class Feedback:
    """One entry a response of the group; `ranks` None: it takes no part in the group loss.

    ranks: 1 the best, equals share one. rewards: greater is better, in the order of the ranks; references:
    summed log-probabilities under DPO's reference model. Both are 0 where nothing reads them.
    """

    ranks: list[int | None]
    rewards: list[float]
    references: list[float]

    @property
    def paired(self) -> bool:
        """Whether there is a better and a worse response."""
        return has_pair([rank for rank in self.ranks if rank is not None])


def by_label(settings: LossSettings) -> bool:
    """Whether the loss goes by right and wrong; every other group loss goes by rank."""
    return isinstance(settings, AlignmentLoss) and not settings.constraint.startswith("ranked-")


def feedback(group: TrainGroup, settings: LossSettings, pointer: str = "") -> Feedback:
    """What `settings` makes of the group's labels, ranks, rewards and reference log-probabilities.

    Labels become the ranks 1 and 2. Rewards are the given ones where every member has one, else -rank.
    Raises InvalidParams, with the place within the group after `pointer`: feedback of the other kind alone,
    rewards that contradict the ranks, a pair whose reference log-probability DPO lacks.
    """
    responses = group.responses
    nothing = [0.0] * len(responses)
    if isinstance(settings, VftLoss):
        return Feedback([None] * len(responses), nothing, nothing)
    if by_label(settings):
        _need(group, "label", "rank", "a binary alignment loss", pointer)
        ranks = [None if one.label is None else _RANK_OF[one.label] for one in responses]
        return Feedback(ranks, [0.0 if rank is None else float(-rank) for rank in ranks], nothing)
    _need(group, "rank", "label", _name(settings), pointer)
    found = Feedback(
        [one.rank for one in responses],
        _rewards(group, pointer),
        [one.reference_logprob or 0.0 for one in responses],
    )
    if isinstance(settings, DpoLoss) and found.paired:
        for number, one in enumerate(responses):
            if one.rank is not None and one.reference_logprob is None:
                text = "DPO needs every ranked response's log-probability under the reference model"
                place = f"{pointer}/responses/{number}/referenceLogprob"
                raise _invalid(group, text, place, "nothing")
    return found


def _need(group: TrainGroup, needed: str, other: str, loss: str, pointer: str) -> None:
    """A group may lack both; with the other alone it would silently take no part."""
    if any(getattr(one, needed) is not None for one in group.responses):
        return
    for number, one in enumerate(group.responses):
        if getattr(one, other) is not None:
            text = f"{loss} goes by {needed}s, and its responses have {other}s alone"
            raise _invalid(group, text, f"{pointer}/responses/{number}/{needed}", "nothing")


def _rewards(group: TrainGroup, pointer: str) -> list[float]:
    given = sorted(
        (one.rank, one.reward, number)
        for number, one in enumerate(group.responses)
        if one.rank is not None and one.reward is not None
    )
    if len(given) < sum(one.rank is not None for one in group.responses):
        return [0.0 if one.rank is None else float(-one.rank) for one in group.responses]
    for (above, more, _), (rank, reward, number) in pairwise(given):
        if reward == more if rank == above else reward < more:
            continue
        needed = "the same reward" if rank == above else "a lower reward"
        text = (
            f"rewards must follow the ranks: rank {above} has reward {more:g}, so response {number} of rank "
            f"{rank} needs {needed}, found {reward:g}"
        )
        raise _invalid(group, text, f"{pointer}/responses/{number}/reward", f"{reward:g}")
    return [one.reward or 0.0 if one.rank is not None else 0.0 for one in group.responses]


def _name(settings: LossSettings) -> str:
    match settings:
        case RrhfLoss():
            return "RRHF"
        case ProLoss():
            return "PRO"
        case DpoLoss():
            return "DPO"
    return "a ranked alignment loss"


def _invalid(group: TrainGroup, text: str, pointer: str, found: str) -> WorkerError:
    return WorkerError("InvalidParams", f"{group.id}: {text}", pointer=pointer, found=found)
