"""What is scored, as rows: a row is a prompt, computed once, with responses to it that do not see each other.

    ids        p0 p1 p2 | a0 a1 | b0 b1 b2
    position    0  1  2 |  3  4 |  3  4  5      positions restart after the prompt

A token sees its row's prompt and its own response, never what comes later.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import WorkerError
from ..protocol import ScoreGroup, TrainGroup
from ..tokens import TokenCodec

# A row's attention grows with its length squared, its saving by the shared prompt only linearly: responses of
# a larger group go on in another row with the prompt repeated.
ROW_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt and responses to it; `numbers` are the caller's names for the responses."""

    prompt: list[int]
    responses: list[list[int]]
    numbers: list[int]

    @property
    def length(self) -> int:
        return len(self.prompt) + sum(map(len, self.responses))

    @property
    def longest(self) -> int:
        """The longest prompt + response."""
        return len(self.prompt) + max(map(len, self.responses))


def encode_group(
    codec: TokenCodec,
    group: ScoreGroup | TrainGroup,
    max_positions: int = 0,
    include: Sequence[int] | None = None,
    pointer: str = "",
) -> tuple[list[int], list[list[int]]]:
    """(prompt ids, ids of each response, or of those `include` numbers).

    Raises EmptyResponse, SequenceTooLong when a prompt with a response is longer than `max_positions` (0: no
    limit), and InvalidParams for token ids that do not spell their text; all name the group's id, and the
    place within the group after `pointer`.
    """
    prompt = codec.encode_prompt(group.prompt)
    if not prompt:
        message = (
            f"{group.id}: an empty prompt, and the tokenizer has no BOS: nothing predicts the first token"
        )
        raise WorkerError("EmptyResponse", message, id=group.id, pointer=f"{pointer}/prompt")
    responses = []
    for number in range(len(group.responses)) if include is None else include:
        place = f"{pointer}/responses/{number}"
        ids = _encode_response(codec, group, number, place)
        length = len(prompt) + len(ids)
        if 0 < max_positions < length:
            text = f"prompt and response are {length} tokens, the model takes at most {max_positions}"
            raise WorkerError(
                "SequenceTooLong",
                f"{group.id}: {text}",
                id=group.id,
                tokens=length,
                limit=max_positions,
                pointer=place,
            )
        responses.append(ids)
    return prompt, responses


def _encode_response(codec: TokenCodec, group: ScoreGroup | TrainGroup, number: int, place: str) -> list[int]:
    response = group.responses[number]
    token_ids = response.token_ids
    if token_ids is not None and not codec.spells(token_ids, response.text):
        unknown = codec.unknown(token_ids)
        reason = (
            "it was edited since they were made, or they are of another tokenizer"
            if unknown is None
            else codec.unknown_text(unknown)
        )
        message = (
            f"the token ids of response {number} of {json.dumps(group.id)} do not spell its text: {reason}; "
            "leave out tokenIds, and the text is tokenised anew"
        )
        raise WorkerError("InvalidParams", message, pointer=f"{place}/tokenIds", found=_shown(token_ids))
    ids = codec.encode_response(response.text, token_ids, response.finish, group.prompt)
    if not ids:
        message = f"{group.id}: a response without a token"
        raise WorkerError("EmptyResponse", message, id=group.id, pointer=place)
    return ids


def _shown(ids: Sequence[int]) -> str:
    return json.dumps(list(ids[:20])) + (f" and {len(ids) - 20} more" if len(ids) > 20 else "")


def make_rows(
    prompt: list[int],
    responses: list[list[int]],
    numbers: Sequence[int],
    limit: int,
    share: bool = True,
    side: Callable[[int], object] | None = None,
) -> list[Row]:
    """Responses in order, as many a row as fit in `limit` tokens, at least one; `share` False: one a row.

    `side` of a length, in tokens of a prompt with its response: responses of one row are all of one side.
    """
    rows: list[Row] = []
    open_rows: dict[object, Row] = {}
    for number, response in zip(numbers, responses, strict=True):
        key = None if side is None else side(len(prompt) + len(response))
        row = open_rows.get(key)
        if row is None or not share or row.length + len(response) > limit:
            row = open_rows[key] = Row(prompt, [], [])
            rows.append(row)
        row.responses.append(response)
        row.numbers.append(number)
    return rows
