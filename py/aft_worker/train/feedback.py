"""What a group's responses are to its loss: who takes part, in which order, with which rewards."""

from __future__ import annotations

from itertools import pairwise

from ..errors import WorkerError
from ..losses import GroupLoss, Response
from ..protocol import TrainGroup


def judged_responses(group: TrainGroup, loss: GroupLoss | None, pointer: str = "") -> list[Response]:
    """The group's responses as `loss` takes them, not yet tokenised; without a rank where it does not.

    Rewards are the given ones where every ranked response has one, else -rank. Raises InvalidParams, with the
    place within the group after `pointer`: labels alone, rewards that contradict the ranks, a reference
    log-probability or a label that the loss lacks.
    """
    ranks = [response.rank for response in group.responses]
    if loss is None:
        takes = False
    else:
        _need_ranks(group, loss, pointer)
        _check_rewards(group, pointer)
        takes = loss.takes(ranks)
        if takes and loss.needs_reference:
            _need_references(group, loss, pointer)
        if takes and loss.needs_labels:
            _need_labels(group, loss, pointer)
    right = [response.label == "positive" for response in group.responses if response.rank is not None]
    rewarded = all(response.reward is not None for response in group.responses if response.rank is not None)
    return [
        Response(
            target=response.target,
            reference=bool(response.reference),
            label=response.label,
            rank=response.rank if takes else None,
            reward=(response.reward or 0.0) if rewarded else float(-(response.rank or 0)),
            reference_logprob=response.reference_logprob,
            right_share=sum(right) / max(len(right), 1),
        )
        for response in group.responses
    ]


def _need_ranks(group: TrainGroup, loss: GroupLoss, pointer: str) -> None:
    """A group may lack ranks and labels; with labels alone it would silently take no part."""
    if any(response.rank is not None for response in group.responses):
        return
    for number, response in enumerate(group.responses):
        if response.label is not None:
            text = f"{loss.title} goes by ranks, and its responses have labels alone"
            raise _invalid(group, text, f"{pointer}/responses/{number}/rank", "nothing")


def _need_references(group: TrainGroup, loss: GroupLoss, pointer: str) -> None:
    for number, response in enumerate(group.responses):
        if response.rank is not None and response.reference_logprob is None:
            text = f"{loss.title} needs every ranked response's log-probability under the reference model"
            raise _invalid(group, text, f"{pointer}/responses/{number}/referenceLogprob", "nothing")


def _need_labels(group: TrainGroup, loss: GroupLoss, pointer: str) -> None:
    for number, response in enumerate(group.responses):
        if response.rank is not None and response.label is None:
            text = f"{loss.title} goes by right and wrong: it needs every ranked response's label"
            raise _invalid(group, text, f"{pointer}/responses/{number}/label", "nothing")


def _check_rewards(group: TrainGroup, pointer: str) -> None:
    """They are read only where every ranked response has one."""
    given = sorted(
        (response.rank, response.reward, number)
        for number, response in enumerate(group.responses)
        if response.rank is not None and response.reward is not None
    )
    if len(given) < sum(response.rank is not None for response in group.responses):
        return
    for (above, more, _), (rank, reward, number) in pairwise(given):
        if reward == more if rank == above else reward < more:
            continue
        needed = "the same reward" if rank == above else "a lower reward"
        text = (
            f"rewards must follow the ranks: rank {above} has reward {more:g}, so response {number} of rank "
            f"{rank} needs {needed}, found {reward:g}"
        )
        raise _invalid(group, text, f"{pointer}/responses/{number}/reward", f"{reward:g}")


def _invalid(group: TrainGroup, text: str, pointer: str, found: str) -> WorkerError:
    return WorkerError("InvalidParams", f"{group.id}: {text}", pointer=pointer, found=found)
