"""Sampling shared by the ranks: what is to be sampled is dealt in small pieces to whichever rank has room.

Rank 0 holds the jobs. It puts up what they ask for, cut into pieces, those of long prompts first; each rank,
rank 0 too, takes the next piece as soon as it has room for it, so that all of them end together whatever the
lengths turn out to be. What has been sampled goes to rank 0 as it is finished. A sample is a function of
(seed, prompt id, index), so that it is the same whoever draws it (`Sampler` says what batches may change).
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import transformers

from ..board import Board
from ..errors import Cancelled, WorkerError
from ..faults import Fault, fault_of, raised
from ..protocol import GeneratePrompt, SampledCandidate, SamplerInfo
from ..score import Lockstep, Model, in_lockstep, score_path
from .prompts import encode_prompts
from .sampler import SampleJob, SampleRequest
from .transformers_sampler import TransformersSampler

_LOOK_SECONDS = 0.1  # between two looks at what other ranks have put up
_IDLE_SECONDS = 0.01
# The last pieces decide how far apart the ranks end; each costs a few calls of the store.
_PIECES_PER_RANK = 32
_MOST_IN_PIECE = 16

# of a job without a prompt
_NOBODY = SamplerInfo(name="transformers", version=transformers.__version__, slots=0, step="plain")


class _PutUp(msgspec.Struct):
    """A job's pieces; each is sampled by one rank."""

    seed: int
    pieces: list[list[GeneratePrompt]]


class _Over(msgspec.Struct):
    """Jobs of which nothing more is wanted; `all`: whatever job, the ranks part."""

    jobs: list[int] = []
    all: bool = False


class _Told(msgspec.Struct):
    """From a rank to rank 0, of a job, or of all of them."""

    rank: int
    job: int | None = None
    candidates: list[SampledCandidate] = []
    sampler: SamplerInfo | None = None
    note: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class _Piece:
    job: int
    request: SampleRequest


def cut(prompts: Sequence[GeneratePrompt], ranks: int) -> list[list[GeneratePrompt]]:
    """Pieces of a few samples each, in the order in which they are dealt: long prompts first. Samples of
    a prompt stay together, as it is computed once for all, unless one rank had much of the work by that."""
    samples = _samples(prompts)
    most = max(1, -(-samples // (4 * ranks)))
    wanted = min(_MOST_IN_PIECE, max(1, samples // (_PIECES_PER_RANK * ranks)))
    pieces: list[list[GeneratePrompt]] = []
    room = 0
    for prompt in sorted(prompts, key=lambda prompt: (-len(prompt.prompt), prompt.id)):
        for start in range(0, len(prompt.indices), most):
            indices = prompt.indices[start : start + most]
            if room <= 0:
                pieces.append([])
                room = wanted
            pieces[-1].append(GeneratePrompt(id=prompt.id, prompt=prompt.prompt, indices=indices))
            room -= len(indices)
    return pieces


def _samples(prompts: Sequence[GeneratePrompt]) -> int:
    return sum(len(prompt.indices) for prompt in prompts)


class _Rank(ABC):
    """What each rank does: it takes pieces as long as there are any, and samples them."""

    def __init__(self, board: Board, sampler: TransformersSampler, model: Model, like: SampleRequest) -> None:
        self.number = board.rank
        self._board = board
        self._model = model
        self._sampler = sampler
        self._like = like
        self._pieces: list[_Piece] = []
        self._sizes: list[int] = []  # their samples
        self._known = 0  # jobs whose pieces are among these
        self._mine: int | None = None  # the number of the next piece that is this rank's
        self.in_hand = 0  # samples taken and not yet ended
        self._share = 0
        self._looked = 0.0
        self._over = _Over()
        self.lockstep: Lockstep | None = None
        self._ended = False

    @property
    def is_broken(self) -> bool:
        """Of an error that is looked at: whether it left the others in a pass, and none can go on."""
        return self.lockstep is not None and self.lockstep.is_broken

    def idle(self, over: bool) -> None:
        """With nothing to sample: a moment, or a pass for the sake of the others."""
        found = "nothing" if self.lockstep is None else self.lockstep.idle(over)
        self._ended = found == "ended"
        if found == "nothing":
            time.sleep(_IDLE_SECONDS)

    def sample_next(self) -> bool:
        """Samples all that this rank gets from now on; False: there was nothing for it."""
        self.in_hand, self._share = 0, 1
        first = self.more()
        if first is None:
            return False
        left = int(self._board.get("left") or 0)
        self._share = min(self._room_for(first), -(-left // self._board.ranks))
        self._sampler.sample(first, self.more)
        return True

    def more(self) -> SampleJob | None:
        """This rank's next piece, where it has room for one and there is one."""
        self.look()
        slots = self._sampler.at_once or self._share
        # before there are slots: as many as there will be, and no more than its own if all take equally long
        while not self._over.all and self.in_hand < slots + self._ahead(slots):
            if self._mine is None:
                self._mine = self._board.add("taken", 1) - 1
            if self._mine >= len(self._pieces):
                self._learn()
            if self._mine >= len(self._pieces):
                return None  # it will be the next one that is put up
            piece, self._mine = self._pieces[self._mine], None
            if piece.job not in self._over.jobs:
                self.in_hand += _samples(piece.request.prompts)
                return _PieceJob(self, piece)
        return None

    def _ahead(self, slots: int) -> int:
        """Samples that may wait here for a slot, so that none stays empty until it is known that its sample
        has ended; fewer where there are not many for the others."""
        if self._sampler.at_once is None or self.in_hand < slots:
            return 0
        undealt = sum(self._sizes[self._board.add("taken", 0) :])
        return min(max(1, slots // 8), undealt // (2 * self._board.ranks))

    def _room_for(self, job: SampleJob) -> int:
        request, model = job.request, self._model
        # hardly any that come later are longer
        first = request.prompts[:1]
        [prompt] = encode_prompts(first, model.tokenizer, model.max_positions, request.max_new_tokens)
        return self._sampler.room_for(prompt)

    def look(self) -> None:
        """At what the others have put up, where that is due. Raises what ends all jobs."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            self._looked = now
            self._look()

    def is_over(self, job: int) -> bool:
        return self._over.all or job in self._over.jobs

    @abstractmethod
    def tell(self, told: _Told) -> None:
        """Rank 0, of a piece."""

    @abstractmethod
    def _look(self) -> None: ...

    def _learn(self) -> None:
        while (message := self._board.get(f"job/{self._known}")) is not None:
            put_up = msgspec.json.decode(message, type=_PutUp)
            for prompts in put_up.pieces:
                request = replace(self._like, prompts=prompts, seed=put_up.seed)
                self._pieces.append(_Piece(self._known, request))
                self._sizes.append(_samples(prompts))
            self._known += 1


class _PieceJob:
    """A piece as a sampler sees it: a `SampleJob`."""

    def __init__(self, rank: _Rank, piece: _Piece) -> None:
        self.request = piece.request
        self._rank = rank
        self._job = piece.job

    def check_cancelled(self) -> None:
        self._rank.look()
        if self._rank.is_over(self._job):
            raise Cancelled

    def note(self, text: str) -> None:
        self._tell(note=text)

    def add(self, candidates: list[SampledCandidate]) -> None:
        self._rank.in_hand -= len(candidates)
        self._tell(candidates=candidates)

    def finish(self, sampler: SamplerInfo) -> None:
        self._tell(sampler=sampler)

    def fail(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._tell(fault=fault_of(error, self._rank.number))

    def _tell(self, **told: Any) -> None:
        self._rank.tell(_Told(self._rank.number, self._job, **told))


class _Follower(_Rank):
    """A rank other than 0: it samples for rank 0's jobs, which are `like` this but for prompts and seed."""

    def __init__(self, board: Board, sampler: TransformersSampler, model: Model, like: SampleRequest) -> None:
        super().__init__(board, sampler, model, like)
        self._held: dict[int | None, _Told] = {}

    def run(self, job: SampleJob, following: Callable[[], SampleJob | None]) -> None:
        """Until rank 0 ends it, whose own jobs are the ones. What goes wrong here is raised there."""
        try:
            while not (self._over.all or self._ended):
                if not self.sample_next():
                    self._pause()
        except Exception as error:
            if self.is_broken:
                raise
            self.tell(_Told(self.number, fault=fault_of(error, self.number)))
        while not self._parted():
            self._pause()
        self._board.add("parted", 1)

    def _parted(self) -> bool:
        return self._over.all if self.lockstep is None else self._ended

    def tell(self, told: _Told) -> None:
        """At the next look; what is rare at once."""
        held = self._held.setdefault(told.job, _Told(self.number, told.job))
        held.candidates = [*held.candidates, *told.candidates]
        held.sampler = told.sampler or held.sampler
        held.note, held.fault = told.note, told.fault
        if told.note is not None or told.fault is not None:
            self._send()

    def _pause(self) -> None:
        self._look()
        self.idle(over=False)

    def _look(self) -> None:
        self._send()
        message = self._board.get("over")
        if message is not None:
            self._over = msgspec.json.decode(message, type=_Over)

    def _send(self) -> None:
        for told in self._held.values():
            self._board.append("told", msgspec.json.encode(told))
        self._held.clear()


class _Open:
    """A job, and how many of its samples are still to come."""

    def __init__(self, job: SampleJob) -> None:
        self.job = job
        self.left = _samples(job.request.prompts)


class _Leader(_Rank):
    """Rank 0, with the jobs."""

    def __init__(self, board: Board, sampler: TransformersSampler, model: Model, like: SampleRequest) -> None:
        super().__init__(board, sampler, model, like)
        self._open: dict[int, _Open] = {}
        self._put_up = 0
        self._by: SamplerInfo | None = None
        self._following: Callable[[], SampleJob | None] = lambda: None

    def run(self, job: SampleJob, following: Callable[[], SampleJob | None]) -> None:
        """As `Sampler.sample`."""
        self._following = following
        try:
            self._put(job)
            while True:
                self._look()
                if self.sample_next():
                    continue
                if not self._open:
                    return
                self.idle(over=False)
        finally:
            if not self.is_broken:
                self._part()

    def _part(self) -> None:
        self._tell_over(_Over(all=True))
        while self.lockstep is not None and not self._ended:
            self.idle(over=True)
        self._board.wait_for("parted", self._board.ranks - 1)

    def tell(self, told: _Told) -> None:
        self._take(told)

    def _put(self, job: SampleJob) -> None:
        request, model = job.request, self._model
        try:
            # here, so that a prompt that cannot be sampled fails its job before any work
            encode_prompts(request.prompts, model.tokenizer, model.max_positions, request.max_new_tokens)
        except WorkerError as error:
            job.fail(error)
            return
        put_up = _PutUp(request.seed, cut(request.prompts, self._board.ranks))
        self._open[self._put_up] = _Open(job)
        self._board.put(f"job/{self._put_up}", msgspec.json.encode(put_up))
        self._put_up += 1
        self._end_finished()

    def _look(self) -> None:
        while (job := self._following()) is not None:
            self._put(job)
        for message in self._board.take("told"):
            self._take(msgspec.json.decode(message, type=_Told))
        for number, one in list(self._open.items()):
            try:
                one.job.check_cancelled()
            except Cancelled as error:
                self._fail(number, error)
        self._end_finished()
        left = sum(one.left for one in self._open.values())
        self._board.put("left", str(left).encode())

    def _take(self, told: _Told) -> None:
        if told.job is None:
            assert told.fault is not None
            raise raised(told.fault)
        if told.sampler is not None and (self._by is None or told.rank == self.number):
            self._by = told.sampler
        one = self._open.get(told.job)
        if one is None:
            return  # it was cancelled, or failed
        if told.note is not None:
            one.job.note(told.note if told.rank == self.number else f"rank {told.rank}: {told.note}")
        if told.candidates:
            one.left -= len(told.candidates)
            one.job.add(told.candidates)
        if told.fault is not None:
            self._fail(told.job, raised(told.fault))

    def _end_finished(self) -> None:
        for number, one in list(self._open.items()):
            if one.left == 0 and (self._by is not None or not one.job.request.prompts):
                del self._open[number]
                one.job.finish(self._by or _NOBODY)

    def _fail(self, number: int, error: Exception) -> None:
        self._open.pop(number).job.fail(error)
        self._tell_over(_Over([*self._over.jobs, number]))

    def _tell_over(self, over: _Over) -> None:
        self._over = over
        self._board.put("over", msgspec.json.encode(over))


class Idle:
    """A `Sampler` of a rank while another samples for all."""

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        pass


class DealtSampler:
    """`sampler` on each of the ranks; each calls `sample`, and the jobs are rank 0's. See `Sampler`."""

    def __init__(self, board: Board, sampler: TransformersSampler, model: Model) -> None:
        self._board = board
        self._sampler = sampler
        self._model = model

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        model = self._model
        parts = (self._board, self._sampler, model, job.request)
        with in_lockstep(score_path(model.module), model.device) as lockstep:
            rank = _Leader(*parts) if self._board.rank == 0 else _Follower(*parts)
            rank.lockstep = lockstep
            rank.run(job, more)
