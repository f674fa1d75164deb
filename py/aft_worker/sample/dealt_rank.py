"""What each rank does that samples with others, and what they say to each other."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import msgspec

from ..board import Board
from ..errors import Cancelled
from ..faults import Fault, fault_of
from ..protocol import GeneratePrompt, SampledCandidate, SamplerInfo
from ..score import Lockstep, Model
from .deal import Deal, Piece
from .prompts import encode_prompts
from .sampler import SampleJob, SampleRequest
from .transformers_sampler import TransformersSampler

_LOOK_SECONDS = 0.1  # between two looks at what other ranks have put up
_IDLE_SECONDS = 0.01


class PutUp(msgspec.Struct):
    """A job, which all ranks deal out alike."""

    seed: int
    prompts: list[GeneratePrompt]


class Over(msgspec.Struct):
    """Jobs of which nothing more is wanted; `all`: whatever job, the ranks part."""

    jobs: list[int] = []
    all: bool = False


class Told(msgspec.Struct):
    """From a rank to rank 0, of a job, or of all of them."""

    rank: int
    job: int | None = None
    candidates: list[SampledCandidate] = []
    sampler: SamplerInfo | None = None
    note: str | None = None
    fault: Fault | None = None


class Rank(ABC):
    """It takes samples as long as there are any, and draws them."""

    def __init__(
        self,
        board: Board,
        sampler: TransformersSampler,
        model: Model,
        like: SampleRequest,
        lockstep: Lockstep | None,
    ) -> None:
        self.number = board.rank
        self._board = board
        self._model = model
        self._sampler = sampler
        self._like = like
        self._lockstep = lockstep
        self._deal = Deal(board)
        self._seeds: list[int] = []  # of the jobs that are known here
        self._longest: GeneratePrompt | None = None
        self._slots: int | None = None  # that will be opened, as far as is known
        self._looked = 0.0
        self._over = Over()
        self._ended = False

    @property
    def is_broken(self) -> bool:
        """Of an error that is looked at: whether it left the others in a pass, and none can go on."""
        return self._lockstep is not None and self._lockstep.is_broken

    def idle(self, over: bool) -> None:
        """With nothing to sample: a moment, or a pass for the sake of the others."""
        found = "nothing" if self._lockstep is None else self._lockstep.idle(over)
        self._ended = found == "ended"
        if found == "nothing":
            time.sleep(_IDLE_SECONDS)

    def sample_next(self) -> bool:
        """Samples all that this rank gets from now on; False: there was nothing for it."""
        self._slots = None
        first = self.more()
        if first is None:
            return False
        self._sampler.sample(first, self.more)
        return True

    def more(self) -> SampleJob | None:
        """The next samples, where this rank has room for them and there are any."""
        self.look()
        if self._over.all or not self._deal.may_give:
            return None
        held = self._sampler.held
        slots = self._sampler.at_once or self._expected()
        room = slots - held
        if room <= 0:
            return None
        piece = self._deal.take_own(room, slots)
        # as many slots are opened as there are samples by then: no more than of an equal share
        if piece is None and (self._sampler.at_once is not None or held == 0):
            piece = self._deal.take_others(room)
        return None if piece is None else _PieceJob(self, piece, self._request(piece))

    def look(self) -> None:
        """At what the others have put up, where that is due. Raises what ends all jobs."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            self._look()

    def is_over(self, job: int) -> bool:
        return self._over.all or job in self._over.jobs

    @abstractmethod
    def tell(self, told: Told) -> None:
        """Rank 0, of what was taken."""

    @abstractmethod
    def _look(self) -> None: ...

    def _learn(self, put_up: PutUp) -> None:
        """Of a job, all in one order."""
        self._deal.put_up(put_up.prompts)
        self._seeds.append(put_up.seed)
        both = [*put_up.prompts, *([self._longest] if self._longest else [])]
        self._longest = max(both, key=lambda prompt: len(prompt.prompt), default=None)

    def _end(self, over: Over) -> None:
        self._over = over
        for job in over.jobs:
            self._deal.drop(job)

    def _request(self, piece: Piece) -> SampleRequest:
        return replace(self._like, prompts=piece.prompts, seed=self._seeds[piece.job])

    def _expected(self) -> int:
        """Slots that there will be room for."""
        if self._slots is None:
            assert self._longest is not None
            model, most = self._model, self._like.max_new_tokens
            [prompt] = encode_prompts([self._longest], model.tokenizer, model.max_positions, most)
            self._slots = self._sampler.room_for(prompt)
        return self._slots


class _PieceJob:
    """A piece as a sampler sees it: a `SampleJob`."""

    def __init__(self, rank: Rank, piece: Piece, request: SampleRequest) -> None:
        self.request = request
        self._rank = rank
        self._job = piece.job

    def check_cancelled(self) -> None:
        self._rank.look()
        if self._rank.is_over(self._job):
            raise Cancelled

    def note(self, text: str) -> None:
        self._tell(note=text)

    def add(self, candidates: list[SampledCandidate]) -> None:
        self._tell(candidates=candidates)

    def finish(self, sampler: SamplerInfo) -> None:
        self._tell(sampler=sampler)

    def fail(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._tell(fault=fault_of(error, self._rank.number))

    def _tell(self, **told: Any) -> None:
        self._rank.tell(Told(self._rank.number, self._job, **told))
