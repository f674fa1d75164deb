"""One run of sampling: which sample lies in which slot, and what comes next when one has ended."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import transformers
from torch import Tensor

from ..device import sizes_of, wide_device
from ..memory import advise, is_out_of_memory, release, told
from ..protocol import SamplerInfo
from ..score import Model, place_lists, score_path
from .captured import Steps
from .decoder import Decoder
from .prompts import EncodedPrompt
from .rows import Row, candidate, start
from .sampler import SampleJob
from .slot_room import open_decoder, slot_length
from .slots import Ended, Slots
from .stop_texts import StopWatch
from .waiting import Jobs, Waiting

# Decode steps between two looks at what has ended: on a GPU a look waits for all that was queued.
_STEPS_AT_ONCE = {"cpu": 1, "cuda": 8}
_LOOKS_PER_CHECK = {"cpu": 8, "cuda": 1}


def _nothing() -> None:
    """What there is to hand over where nothing has ended."""


class Session:
    """Samples of one job and of those that join it. Slots in use are always the first ones.

    A look at what has ended, and whatever comes of it on the host, goes on while the next steps are queued.
    """

    def __init__(
        self, model: Model, slots: int | None, job: SampleJob, more: Callable[[], SampleJob | None]
    ) -> None:
        self._model = model
        self._path = score_path(model.module)
        known = [limit for limit in (slots, self._path.most_samples) if limit is not None]
        self._most = min(known, default=None)
        self._tried = 0  # slots, when they were last opened
        self._had = 0  # slots, when memory ran out
        self._request = job.request
        self._more = more
        self._jobs = Jobs(model)
        self._queue = self._jobs.waiting
        self._rows: list[Row] = []
        self._decoder: Decoder | None = None
        self._slow: dict[str, None] = {}  # why, each reason once
        self._jobs.join(job)

    @property
    def at_once(self) -> int | None:
        """Samples that are decoded at once; None before that is known."""
        return None if self._decoder is None else self._count

    @property
    def held(self) -> int:
        """Samples that wait for a slot or are in one. Slots that are filled all at once are in use as long as
        one of them is."""
        busy = sum(not row.over for row in self._rows)
        if busy and self._decoder is not None and not self._decoder.refills:
            busy = self._count
        return len(self._queue) + busy

    def run(self) -> None:
        """Until each job is finished or has failed; see `Sampler` for what is raised."""
        device = sizes_of(self._model.device)
        looks = 0
        hand_over = _nothing
        while True:
            if looks % _LOOKS_PER_CHECK[device] == 0:
                self._check_cancelled()
            looks += 1
            self._take_more()
            try:
                self._refill()
                self._compact()
                if self._rows:
                    self._run_steps()
                    self._tell_of_fewer()
                ended, hand_over = hand_over, _nothing
                ended()
                if self._rows:
                    hand_over = self._look()
                elif not self._queue:
                    return
            except Exception as error:
                hand_over()
                hand_over = _nothing
                if not self._begins_anew(error):
                    raise

    def _take_more(self) -> None:
        """Jobs join as soon as slots might run empty."""
        while len(self._queue) < self._slot_count and (job := self._more()) is not None:
            self._jobs.join(job)

    @property
    def _slot_count(self) -> int:
        return self.at_once or 1

    def _check_cancelled(self) -> None:
        if self._jobs.end_cancelled():
            gone = [at for at, row in enumerate(self._rows) if row.sample.of.over and not row.over]
            if gone:
                self._slots.end(self._places(gone))
                self._free(gone)

    def _refill(self) -> None:
        """Samples that wait into the slots that are free; a new set of slots where none is in use."""
        if not self._queue or (self._rows and self._decoder is not None and not self._decoder.refills):
            return
        if self._decoder is None or not (self._rows or self._fitting(1)):
            self._open()
        decoder = self._decoder
        assert decoder is not None
        free = [at for at, row in enumerate(self._rows) if row.over]
        free += range(len(self._rows), self._count)
        taken = self._fitting(len(free))
        if not taken:
            return
        slots = free[: len(taken)]
        for _ in taken:
            self._queue.popleft()
        try:
            decoder.fill(
                [(one.prompt, slot) for one, slot in zip(taken, slots, strict=True)],
                (one.prompt for one in self._queue if self._fits(one)),
            )
            self._slots.put(self._places(slots), [start(one) for one in taken])
        except BaseException:
            self._queue.extendleft(reversed(taken))
            raise
        stops = self._request.stop
        for one, slot in zip(taken, slots, strict=True):
            watch = StopWatch(self._model.tokenizer, stops) if stops else None
            row = Row(one, len(one.prompt.ids) - 1, watch)
            if slot < len(self._rows):
                self._rows[slot] = row
            else:
                self._rows.append(row)

    def _begins_anew(self, error: Exception) -> bool:
        """Whether memory ran out, and what was under way waits for half as many slots: a sample that is drawn
        anew is the same."""
        if not is_out_of_memory(error) or self._tried < 2:
            return False
        if self._path.in_pass:
            advise(error, self._tried // 2)
            return False
        self._queue.extendleft(row.sample for row in reversed(self._rows) if not row.over)
        self._rows.clear()
        self._decoder = self._steps = None
        release(error)
        self._most = self._tried // 2
        self._had = self._had or self._tried
        return True

    def _tell_of_fewer(self) -> None:
        """Once fewer slots go well. So many are tried from the first on from now on."""
        if self._had and self._jobs.open:
            self._path.most_samples = self._count
            self._jobs.open[0].job.note(told(self._count, self._had, "samples are drawn at once"))
            self._had = 0

    def _compact(self) -> None:
        """Rows from the end into the slots that stay free, so that a step computes no row in vain."""
        decoder, rows = self._decoder, self._rows
        free = [at for at, row in enumerate(rows) if row.over]
        if len(free) == len(rows):
            rows.clear()
            return
        assert decoder is not None
        # where moving is dear, or impossible, rows that have ended are computed on for a while
        if not free or not decoder.compacts or (not decoder.refills and 4 * len(free) < len(rows)):
            return
        left = len(rows) - len(free)
        source = [at for at in range(left, len(rows)) if not rows[at].over]
        target = [at for at in free if at < left]
        decoder.move(source, target, left)
        if source:
            self._slots.move(self._places(source), self._places(target))
        for old, new in zip(source, target, strict=True):
            rows[new] = rows[old]
        del rows[left:]

    def _fitting(self, room: int) -> list[Waiting]:
        """The next samples for which there is room, long enough slots, and that may begin together."""
        assert self._decoder is not None
        taken: list[Waiting] = []
        prompts: list[EncodedPrompt] = []
        for one in islice(self._queue, room):
            if not self._fits(one) or not self._decoder.together(one.prompt, prompts):
                break
            taken.append(one)
            prompts.append(one.prompt)
        return taken

    def _fits(self, one: Waiting) -> bool:
        assert self._decoder is not None
        return one.company == self._company and self._decoder.fits(one.prompt)

    def _open(self) -> None:
        """Slots for what waits now."""
        self._decoder = self._steps = None
        model, request = self._model, self._request
        while (job := self._more()) is not None:
            self._jobs.join(job)
        self._company = self._queue[0].company
        beside = [one.prompt for one in self._queue if one.company == self._company]
        length = slot_length(beside)
        wanted = min(self._most or len(beside), len(beside))
        self._tried = wanted
        self._decoder, self._count = open_decoder(model, self._company, wanted, length)
        self._tried = self._count
        self._slots = Slots(
            self._count,
            request.max_new_tokens,
            model.tokenizer.eos_ids,
            request.temperature,
            request.top_p,
            wide_device(model.device),
        )
        self._steps = Steps(self._step, self._count, model.device, self._decoder.captures)
        if self._decoder.slow is not None:
            self._slow[self._decoder.slow] = None

    def _run_steps(self) -> None:
        assert self._steps is not None
        count = self._steps_at_once
        for row in self._rows:
            row.reach += count
        self._reach = max(row.reach for row in self._rows)
        self._steps.run(len(self._rows), count)

    @property
    def _steps_at_once(self) -> int:
        # a batch that begins together may end at the model's last position, with nothing to compute beyond it
        together = self._decoder is not None and not self._decoder.refills
        return 1 if together else _STEPS_AT_ONCE[sizes_of(self._model.device)]

    def _step(self, n: int) -> None:
        slots, decoder = self._slots, self._decoder
        assert decoder is not None
        device = self._model.device
        token, position = slots.token[:n].to(device), slots.position[:n].to(device)
        slots.advance(decoder.step(token, position, self._reach).to(slots.token.device))

    def _look(self) -> Callable[[], None]:
        """Frees the slots of what has ended; -> what hands its candidates over."""
        done = self._slots.done(len(self._rows))
        if self._request.stop:
            self._watch(done)
        ended = [at for at, is_done in enumerate(done) if is_done and not self._rows[at].over]
        if not ended:
            return _nothing
        rows = [self._rows[at] for at in ended]
        read = self._slots.read(self._places(ended))
        self._free(ended)
        return lambda: self._hand_over(rows, read.ended())

    def _watch(self, done: list[bool]) -> None:
        """Ends what a stop text ends."""
        latest = self._slots.latest(len(self._rows), self._steps_at_once)
        stopped = []
        for at, (row, (tokens, count)) in enumerate(zip(self._rows, latest, strict=True)):
            if not row.over and row.watch is not None and row.watch.takes(tokens, count):
                stopped.append(at)
                done[at] = True
        if stopped:
            self._slots.end(self._places(stopped))

    def _free(self, slots: list[int]) -> None:
        for slot in slots:
            self._rows[slot].over = True

    def _hand_over(self, rows: list[Row], ended: list[Ended]) -> None:
        model = self._model
        found = [(row.sample.of, candidate(row, one, model)) for row, one in zip(rows, ended, strict=True)]
        self._jobs.add(found, self._info)

    def _info(self) -> SamplerInfo:
        assert self._decoder is not None and self._steps is not None
        return SamplerInfo(
            name="transformers",
            version=transformers.__version__,
            slots=self._count,
            step=self._steps.how,
            note="; ".join(self._slow) or self._steps.slow,
        )

    def _places(self, slots: range | list[int]) -> Tensor:
        return place_lists(self._slots.token.device, slots)[0]
