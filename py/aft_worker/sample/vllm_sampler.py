"""Samples with vLLM: kept full over all jobs, and what it gives becomes candidates as ours are."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..device import dtype_name
from ..errors import Cancelled, WorkerError
from ..protocol import SampledCandidate, SamplerInfo
from ..score import Model
from .counter_rng import sample_key
from .prompts import EncodedPrompt, encode_prompts
from .sampler import SampleJob
from .stop_texts import StopWatch
from .vllm_check import ROWS, Seen, check_logprobs
from .vllm_engine import KeptEngine, StoredWeights, VllmEngine
from .vllm_machine import VllmSettings

_AHEAD = 2  # rows that wait for each that is decoded: enough that none ever has to be waited for
_WAIT = 0.1  # seconds between two looks for a cancellation

Check = Callable[[Model, Sequence[Seen]], float]


class VllmSampler:
    """The engine is started at the first job, and stays in `kept`. `check` raises SamplerFailed for
    log-probabilities that are not the model's."""

    def __init__(
        self,
        model: Model,
        settings: VllmSettings,
        weights: StoredWeights,
        kept: KeptEngine,
        check: Check = check_logprobs,
    ) -> None:
        self._model = model
        self._settings = settings
        self._weights = weights
        self._kept = kept
        self._check = check

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        """See `Sampler`. Raises SamplerFailed too: vLLM cannot be started, does not take the model, has other
        log-probabilities than the worker's own (`vllm_check.py`), or has died."""
        task = self._good_task(job, more)
        try:
            while task is not None:
                engine = self._engine_for(task)
                if engine is None:
                    task = self._next_task(more)
                else:
                    task = _Session(self._model, engine, self._check).run(task, lambda: self._next_task(more))
        except BaseException as error:
            # rows may be under way in it that nobody will take
            self._kept.close()
            if isinstance(error, WorkerError):
                # those behind would only wait for the same again
                while (waiting := more()) is not None:
                    waiting.fail(error)
            raise

    def _engine_for(self, task: _Task) -> VllmEngine | None:
        """None: the job was cancelled while it was started."""
        try:
            return self._kept.get(self._model, self._settings, self._weights, task.positions, task.job)
        except Cancelled as error:
            task.job.fail(error)
            return None

    def _next_task(self, more: Callable[[], SampleJob | None]) -> _Task | None:
        return self._good_task(more(), more)

    def _good_task(self, job: SampleJob | None, more: Callable[[], SampleJob | None]) -> _Task | None:
        """Of this job, or of the first one behind it that does not fail at once."""
        model = self._model
        while job is not None:
            request = job.request
            try:
                prompts = encode_prompts(
                    request.prompts, model.tokenizer, model.max_positions, request.max_new_tokens
                )
                return _Task(job, prompts)
            except WorkerError as error:
                job.fail(error)
            job = more()
        return None


@dataclass(eq=False)
class _Task:
    """A job, its prompts, and how many of its candidates are still to be handed over."""

    job: SampleJob
    prompts: list[EncodedPrompt]
    left: int = 0

    @property
    def positions(self) -> int:
        """The longest prompt with its response; 1 where there is none."""
        return max((len(prompt.ids) + prompt.limit for prompt in self.prompts), default=1)


@dataclass(eq=False, slots=True)
class _Row:
    """One sample of one prompt; `watch` where texts may end it."""

    task: _Task
    prompt: EncodedPrompt
    text: str
    index: int
    watch: StopWatch | None
    ids: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)


class _Session:
    """An engine, and the rows that it has been given."""

    def __init__(self, model: Model, engine: VllmEngine, check: Check) -> None:
        self._model = model
        self._check = check
        self._engine = engine
        self._tasks: list[_Task] = []
        self._rows: dict[int, _Row] = {}
        self._ended: list[tuple[_Row, SampledCandidate]] = []  # to be handed over

    def run(self, task: _Task, following: Callable[[], _Task | None]) -> _Task | None:
        """Until all are done; -> the last one, where it needs more positions than the engine has."""
        unfit: _Task | None = None
        self._begin(task)
        while True:
            self._end_cancelled()
            while unfit is None and len(self._rows) < _AHEAD * self._engine.slots:
                another = following()
                if another is None:
                    break
                if another.positions > self._engine.positions:
                    unfit = another
                else:
                    self._begin(another)
            if not self._tasks:
                return unfit
            message = self._engine.receive(_WAIT)
            if message is not None:
                for number, ids, logprobs, *stopped in message["rows"]:
                    row = self._rows.get(number)
                    if row is not None:
                        self._advance(number, row, ids, logprobs, stopped[0] if stopped else None)
            self._hand_over()

    def _begin(self, task: _Task) -> None:
        request, codec = task.job.request, self._model.tokenizer
        texts = {prompt.id: prompt.prompt for prompt in request.prompts}
        rows = []
        for place, prompt in enumerate(task.prompts):
            for index in prompt.indices:
                number = self._engine.new_row()
                watch = StopWatch(codec, request.stop) if request.stop else None
                self._rows[number] = _Row(task, prompt, texts[prompt.id], index, watch)
                # 63 of its bits: vLLM's seeds have a sign
                seed = sample_key(request.seed, prompt.id, index) >> 1
                rows.append([number, place, seed, prompt.limit])
        if not rows:
            task.job.finish(self._info())
            return
        task.left = len(rows)
        self._tasks.append(task)
        common = {
            "temperature": request.temperature,
            "topP": request.top_p,
            "stopIds": sorted(codec.eos_ids),
            "stream": bool(request.stop),
        }
        self._engine.add([prompt.ids for prompt in task.prompts], rows, common)

    def _advance(
        self, number: int, row: _Row, ids: list[int], logprobs: list[float], stopped: bool | None
    ) -> None:
        """`stopped` None: new tokens of a row that goes on; else all of its tokens, and whether the last one
        ended it."""
        if stopped is not None:
            ids, logprobs = ids[len(row.ids) :], logprobs[len(row.logprobs) :]
        for token, logprob in zip(ids, logprobs, strict=True):
            row.ids.append(token)
            row.logprobs.append(logprob)
            if row.watch is not None and row.watch.ends_with(token):
                if stopped is None:
                    self._engine.abort([number])
                stopped = True
                break
        if stopped is not None:
            del self._rows[number]
            self._ended.append((row, self._candidate(row, stopped)))

    def _candidate(self, row: _Row, stopped: bool) -> SampledCandidate:
        logprob = math.fsum(row.logprobs)
        if not math.isfinite(logprob):
            raise WorkerError(
                "InternalError",
                f"vLLM's logits for prompt {row.prompt.id!r} are not finite: the model's weights are broken, "
                f"or its numbers do not fit {dtype_name(self._model.dtype)}",
            )
        cut = None if row.watch is None else row.watch.text
        return SampledCandidate(
            question_id=row.prompt.id,
            index=row.index,
            text=self._model.tokenizer.decode(row.ids) if cut is None else cut,
            token_ids=row.ids if cut is None else None,
            finish="stop" if stopped else "length",
            logprob=logprob if cut is None else None,
            tokens=len(row.ids),
        )

    def _hand_over(self, all_there_are: bool = False) -> None:
        """What has ended; nothing before the engine's first rows have been checked."""
        if not self._engine.checked:
            if not self._ended or (len(self._ended) < ROWS and self._rows and not all_there_are):
                return
            seen = [Seen(row.text, row.ids, row.logprobs) for row, _ in self._ended[:ROWS]]
            self._check(self._model, seen)
            self._engine.checked = True
        for task in list(self._tasks):
            ended = [candidate for row, candidate in self._ended if row.task is task]
            if ended:
                task.job.add(ended)
                task.left -= len(ended)
            if task.left == 0:
                self._tasks.remove(task)
                task.job.finish(self._info())
        self._ended = []

    def _end_cancelled(self) -> None:
        for task in list(self._tasks):
            try:
                task.job.check_cancelled()
            except Cancelled as error:
                own = [number for number, row in self._rows.items() if row.task is task]
                self._engine.abort(own)
                for number in own:
                    del self._rows[number]
                self._hand_over(all_there_are=True)
                if task in self._tasks:
                    self._tasks.remove(task)
                    task.job.fail(error)

    def _info(self) -> SamplerInfo:
        return SamplerInfo(
            name="vllm",
            version=self._engine.version,
            slots=self._engine.slots,
            step="plain" if self._model.device.type == "cpu" else "captured",
        )
