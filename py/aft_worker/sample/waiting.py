"""The jobs of a run of sampling, and those of their samples that have no slot yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..errors import Cancelled, WorkerError
from ..protocol import SampledCandidate, SamplerInfo
from ..score import Model
from .prompts import EncodedPrompt, encode_prompts
from .sampler import SampleJob
from .ways import Company, company


class Job:
    """A job and how many of its samples are still to come; `over`: nobody waits for them any more."""

    def __init__(self, job: SampleJob, left: int) -> None:
        self.job = job
        self.left = left
        self.over = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sample that has no slot yet."""

    of: Job
    prompt: EncodedPrompt
    index: int
    company: Company


class Jobs:
    """`open`: those that have neither finished nor failed; `waiting`: their samples without a slot, in the
    order in which they get one."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.open: list[Job] = []
        self.waiting: deque[Waiting] = deque()

    def join(self, job: SampleJob) -> None:
        """Its samples wait from now on, those of long prompts first: prompts of a length go through the model
        together, and memory is at its height at once. One whose prompts cannot be sampled fails."""
        model, request = self._model, job.request
        try:
            prompts = encode_prompts(
                request.prompts, model.tokenizer, model.max_positions, request.max_new_tokens
            )
        except WorkerError as error:
            job.fail(error)
            return
        prompts.sort(key=lambda prompt: (-len(prompt.ids), prompt.id))
        joined = Job(job, sum(len(prompt.indices) for prompt in prompts))
        kept = [company(model, prompt) for prompt in prompts]
        self.open.append(joined)
        for prompt, beside in zip(prompts, kept, strict=True):
            self.waiting.extend(Waiting(joined, prompt, index, beside) for index in prompt.indices)

    def end_cancelled(self) -> bool:
        """Fails jobs for which nobody waits any more; False: there are none."""
        for job in self.open:
            try:
                job.job.check_cancelled()
            except Cancelled as error:
                job.over = True
                job.job.fail(error)
        if not any(job.over for job in self.open):
            return False
        self.open = [job for job in self.open if not job.over]
        left = [one for one in self.waiting if not one.of.over]
        self.waiting.clear()
        self.waiting.extend(left)
        return True

    def add(self, found: Iterable[tuple[Job, SampledCandidate]], by: Callable[[], SamplerInfo]) -> None:
        """Hands candidates to the jobs that are still open; what is complete is finished."""
        by_job: dict[int, list[SampledCandidate]] = {}
        for job, candidate in found:
            by_job.setdefault(id(job), []).append(candidate)
        for job in list(self.open):
            candidates = by_job.get(id(job))
            if candidates is None:
                continue
            job.job.add(candidates)
            job.left -= len(candidates)
            if job.left == 0:
                self.open.remove(job)
                job.job.finish(by())
