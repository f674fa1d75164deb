"""vLLM with a model in it: one process, or several that share the rows, each on its part of the machine."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue

from ..callbacks import CheckCancelled
from ..device import dtype_name
from ..score import Model
from .sampler import SampleJob
from .vllm_machine import VllmSettings, parts_of
from .vllm_process import MOST_SILENCE, Message, VllmProcess, failed

_WAIT = 0.2  # seconds between two looks for a cancellation while it starts


@dataclass(frozen=True)
class StoredWeights:
    """`digest`: of the weights; `folder` gives where they lie whole, in Hugging Face format, and may fill the
    empty folder that it gets."""

    digest: str
    folder: Callable[[Path], Path]


class VllmEngine:
    """`positions`: the longest prompt with its response. `slots`: rows that are decoded at once. `checked`
    once its log-probabilities have been held against the worker's own."""

    def __init__(
        self,
        model: Model,
        settings: VllmSettings,
        weights: StoredWeights,
        positions: int,
        check_cancelled: CheckCancelled,
    ) -> None:
        """Returns when the model is loaded. Raises SamplerFailed, what the weights' folder raises, and
        Cancelled; then nothing is left of it."""
        self.positions = positions
        self.slots = 0
        self.version = ""
        self.checked = False
        self._inbox: Queue[tuple[VllmProcess, Message]] = Queue()
        self._numbers = itertools.count()
        self._processes: list[VllmProcess] = []
        self._starting: set[VllmProcess] = set()
        self._place: dict[int, int] = {}
        self._scratch = Path(tempfile.mkdtemp(prefix="aft-vllm-"))
        try:
            self._start(model, settings, weights, check_cancelled)
        except BaseException:
            self.close()
            raise
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def alive(self) -> bool:
        return all(process.alive for process in self._processes)

    def new_row(self) -> int:
        return next(self._numbers)

    def add(self, prompts: Sequence[Sequence[int]], rows: Sequence[Sequence[int]], common: Message) -> None:
        """`rows`: [number, place of its prompt, seed, most tokens]; all of a prompt go the same way, which
        computes it once. `common`: what they share, as the program takes it."""
        parts: list[list[Sequence[int]]] = [[] for _ in self._processes]
        load = [0] * len(parts)
        for place in self._place.values():
            load[place] += 1
        for _, same in itertools.groupby(rows, key=lambda row: row[1]):
            place = min(range(len(parts)), key=load.__getitem__)
            taken = list(same)
            parts[place] += taken
            load[place] += len(taken)
            self._place.update({row[0]: place for row in taken})
        for process, part in zip(self._processes, parts, strict=True):
            if part:
                used = {row[1]: None for row in part}
                number = {prompt: at for at, prompt in enumerate(used)}
                own = [[row, number[prompt], *rest] for row, prompt, *rest in part]
                process.send(
                    {**common, "type": "add", "prompts": [list(prompts[at]) for at in used], "rows": own}
                )

    def abort(self, rows: Sequence[int]) -> None:
        for at, process in enumerate(self._processes):
            own = [row for row in rows if self._place.get(row) == at]
            if own:
                process.send({"type": "abort", "rows": own})
        for row in rows:
            self._place.pop(row, None)

    def receive(self, timeout: float) -> Message | None:
        """The next `tokens` or `done`; None when none has come in these seconds. Raises SamplerFailed for a
        process that has died, has failed or hangs."""
        try:
            process, message = self._inbox.get(timeout=timeout)
        except Empty:
            for process in self._starting | {self._processes[at] for at in self._place.values()}:
                if process.silence > MOST_SILENCE:
                    raise process.hang() from None
            return None
        if message["type"] == "ended":
            raise process.death()
        if message["type"] == "failed":
            raise process.failure(message["message"])
        if message["type"] == "ready":
            self._starting.remove(process)
        if message["type"] == "done":
            for row, *_ in message["rows"]:
                self._place.pop(row, None)
        return message

    def close(self) -> None:
        for process in self._processes:
            process.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _start(
        self, model: Model, settings: VllmSettings, weights: StoredWeights, check_cancelled: CheckCancelled
    ) -> None:
        parts, share = parts_of(model.device, settings)
        folder = weights.folder(self._scratch)
        for part in parts:
            self._processes.append(VllmProcess(settings.python, part, self._inbox))
        self._starting = set(self._processes)
        for process in self._processes:
            process.send(
                {
                    "type": "open",
                    "model": str(folder),
                    "dtype": dtype_name(model.dtype),
                    "positions": self.positions,
                    "tensorParallel": settings.tensor_parallel,
                    "memoryShare": share,
                    "slots": settings.slots,
                    # compiled and captured: on a CPU it does not pay
                    "eager": model.device.type == "cpu",
                    "scratch": [str(self._scratch)],
                }
            )
        while self._starting:
            message = self.receive(_WAIT)
            check_cancelled()
            if message is None:
                continue
            if message["type"] == "hello":
                self.version = message["version"]
                _check_platform(message["platform"], model.device.type, settings.python)
            elif message["type"] == "ready":
                self.slots += message["slots"]


class KeptEngine:
    """The one engine that a worker has: it stays from one use to the next as long as the weights and settings
    are the same."""

    def __init__(self) -> None:
        self._engine: VllmEngine | None = None
        self._key: object = None
        self._digest = ""

    def get(
        self,
        model: Model,
        settings: VllmSettings,
        weights: StoredWeights,
        positions: int,
        job: SampleJob,
    ) -> VllmEngine:
        """An engine for prompts with responses of so many positions, started where there is none; see
        `VllmEngine`. `job` waits for it."""
        key = (settings, weights.digest, model.device, model.dtype)
        engine = self._engine
        if engine is not None and not (engine.alive and self._key == key and engine.positions >= positions):
            self.close()
        if self._engine is None:
            longest = max(positions, _usual_positions(model.max_positions, positions))
            copies = f", {settings.data_parallel} copies" if settings.data_parallel > 1 else ""
            job.note(
                f"vLLM is starting ({dtype_name(model.dtype)}, {model.device}{copies}, prompt and response "
                f"of up to {longest} tokens); this can take some minutes"
            )
            self._engine = VllmEngine(model, settings, weights, longest, job.check_cancelled)
            self._key, self._digest = key, weights.digest
        return self._engine

    def keep_for(self, digest: str) -> None:
        """Ends an engine with other weights than these."""
        if self._digest != digest:
            self.close()

    def close(self) -> None:
        """Ends it; frees its memory."""
        if self._engine is not None:
            self._engine.close()
        self._engine, self._digest = None, ""


def _usual_positions(max_positions: int, needed: int) -> int:
    """Room for longer prompts that may come, without the cache that a model of 128k positions would need."""
    usual = max(4096, 2 * needed)
    return min(usual, max_positions) if max_positions else usual


def _check_platform(platform: str, device: str, python: str) -> None:
    if platform == device:
        return
    runs = f"runs on {platform}" if platform else "finds no device that it can use"
    raise failed(f"the one of {python} {runs}; the worker's model is on {device} (worker.device)")
