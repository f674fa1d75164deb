"""Rank 0, as it samples with the others: the jobs are its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import transformers

from ..errors import Cancelled, WorkerError
from ..faults import raised
from ..protocol import SamplerInfo
from .dealt_rank import Over, PutUp, Rank, Told
from .prompts import encode_prompts
from .sampler import SampleJob

# of a job without a prompt
_NOBODY = SamplerInfo(name="transformers", version=transformers.__version__, slots=0, step="plain")


class _Open:
    """A job, and how many of its samples are still to come."""

    def __init__(self, job: SampleJob) -> None:
        self.job = job
        self.left = sum(len(prompt.indices) for prompt in job.request.prompts)


class Leader(Rank):
    """Rank 0, with the jobs."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._open: dict[int, _Open] = {}
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
        self._tell_over(Over(all=True))
        while self._lockstep is not None and not self._ended:
            self.idle(over=True)
        self._board.wait_for("parted", self._board.ranks - 1)

    def tell(self, told: Told) -> None:
        self._take(told)

    def _put(self, job: SampleJob) -> None:
        request, model = job.request, self._model
        try:
            # here, so that a prompt that cannot be sampled fails its job before any work
            encode_prompts(request.prompts, model.tokenizer, model.max_positions, request.max_new_tokens)
        except WorkerError as error:
            job.fail(error)
            return
        put_up = PutUp(request.seed, [*request.prompts])
        number = len(self._seeds)
        self._open[number] = _Open(job)
        self._board.put(f"job/{number}", msgspec.json.encode(put_up))
        self._learn(put_up)
        self._end_finished()

    def _look(self) -> None:
        while (job := self._following()) is not None:
            self._put(job)
        for message in self._board.take("told"):
            self._take(msgspec.json.decode(message, type=Told))
        for number, one in list(self._open.items()):
            try:
                one.job.check_cancelled()
            except Cancelled as error:
                self._fail(number, error)
        self._end_finished()

    def _take(self, told: Told) -> None:
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
        self._tell_over(Over([*self._over.jobs, number]))

    def _tell_over(self, over: Over) -> None:
        self._end(over)
        self._board.put("over", msgspec.json.encode(over))
