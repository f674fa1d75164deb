"""Scoring shared by the ranks: each scores the groups dealt to it by their lengths, and rank 0 gets all."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import msgspec

from .. import distributed
from ..board import Board
from ..callbacks import CheckCancelled, OnProgress, Tell
from ..errors import Cancelled
from ..faults import Fault, fault_of, raised
from ..protocol import ScoreGroup
from .lockstep import in_lockstep
from .path import score_path
from .scoring import Model, ResponseScore, score_groups

_LOOK_SECONDS = 0.1  # between two looks at what the others say


class _Part(msgspec.Struct):
    """What a rank has found, by the groups' places; or what went wrong."""

    places: list[int]
    scores: list[list[ResponseScore]] = []
    tokens: int = 0
    fault: Fault | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Part).decode


def score_shared(
    board: Board,
    model: Model,
    groups: Sequence[ScoreGroup],
    max_tokens_per_batch: int,
    check_cancelled: CheckCancelled,
    on_progress: OnProgress,
    tell: Tell,
    *,
    per_token: bool,
) -> tuple[list[list[ResponseScore]], int]:
    """As `score_groups`, which each rank does for a part of them. Each calls this; `check_cancelled` and what
    is told are rank 0's.

    Another rank than 0 gets nothing back. `per_token` False: no token's own log-probability comes from
    another rank. Raises in rank 0 what any rank raised: of several errors that of the first group.
    """
    sharing = _Sharing(board, check_cancelled, tell, sum(len(group.responses) for group in groups))
    costs = [len(group.prompt) + sum(len(one.text) for one in group.responses) for group in groups]
    places = distributed.dealt(costs, board.ranks)[board.rank]
    part = _Part(places)
    with in_lockstep(score_path(model.module), model.device) as lockstep:
        try:
            part.scores, part.tokens = score_groups(
                model,
                groups,
                max_tokens_per_batch,
                sharing.check_cancelled,
                lambda done, _, tokens: sharing.progressed(done, tokens, on_progress),
                sharing.note,
                only=places,
            )
        except Cancelled as error:
            part.places, sharing.cancelled = [], error
            sharing.end()
        except Exception as error:
            if lockstep is not None and lockstep.is_broken:
                raise  # the others wait for it in a pass
            part.fault = fault_of(error, board.rank)
            sharing.end()
        while lockstep is not None and lockstep.idle(over=board.rank == 0) != "ended":
            pass
    if board.rank > 0:
        if not per_token:
            for score in (score for scores in part.scores for score in scores):
                score.token_logprobs = []
        board.append("parts", _encode(part))
        return [], 0
    return _together([part, *sharing.others(part.fault is not None)], len(groups))


class _Sharing:
    """One rank's view of the others' work."""

    def __init__(self, board: Board, check_cancelled: CheckCancelled, tell: Tell, responses: int) -> None:
        self._board = board
        self._check = check_cancelled
        self._tell = tell
        self._responses = responses
        self._looked = 0.0
        self._done = self._tokens = 0
        self.cancelled: Cancelled | None = None

    def check_cancelled(self) -> None:
        board = self._board
        if board.rank == 0:
            self._check()
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            self._looked = time.monotonic()
            if board.rank == 0:
                self._take_notes()
            elif board.get("over") is not None:
                raise Cancelled

    def progressed(self, done: int, tokens: int, on_progress: OnProgress) -> None:
        board = self._board
        of_all = board.add("done", done - self._done), board.add("tokens", tokens - self._tokens)
        self._done, self._tokens = done, tokens
        if board.rank == 0:
            on_progress(of_all[0], self._responses, of_all[1])

    def note(self, text: str) -> None:
        if self._board.rank == 0:
            self._tell(text)
        else:
            self._board.append("notes", f"rank {self._board.rank}: {text}".encode())

    def end(self) -> None:
        """Of rank 0: the others need not go on."""
        if self._board.rank == 0:
            self._board.put("over", b"1")

    def others(self, failed: bool) -> list[_Part]:
        """What the other ranks have found, once they have. Raises Cancelled then where that was asked for."""
        parts: list[_Part] = []
        over = False
        while len(parts) < self._board.ranks - 1:
            try:
                self._check()
            except Cancelled as error:
                self.cancelled = error
            self._take_notes()
            parts += map(_decode, self._board.take("parts"))
            failed = failed or self.cancelled is not None or any(part.fault for part in parts)
            if failed and not over:
                self.end()
                over = True
            time.sleep(0.005)
        if self.cancelled is not None:
            raise self.cancelled
        return parts

    def _take_notes(self) -> None:
        for text in self._board.take("notes"):
            self._tell(text.decode())


def _together(parts: Sequence[_Part], groups: int) -> tuple[list[list[ResponseScore]], int]:
    faults = [part.fault for part in parts if part.fault is not None]
    if faults:
        raise raised(min(faults, key=_group_of))
    found: list[list[ResponseScore]] = [[] for _ in range(groups)]
    for part in parts:
        for place, scores in zip(part.places, part.scores, strict=True):
            found[place] = scores
    return found, sum(part.tokens for part in parts)


def _group_of(fault: Fault) -> int:
    """Of a fault that names its group: which; of another: before all of them."""
    named = re.match(r"/groups/(\d+)", str(fault.data.get("pointer")))
    return int(named[1]) if named else -1
