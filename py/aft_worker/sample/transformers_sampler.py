"""Samples with the model's own forward, batch by batch: the rows in flight decide, the decoder computes."""

from collections.abc import Callable, Iterator

import torch
import transformers

from ..callbacks import CheckCancelled
from ..errors import Cancelled, WorkerError
from ..protocol import SampledCandidate, SamplerInfo
from ..score import Model, evaluating
from .decoder import Decoder
from .in_flight import RowsInFlight
from .prompts import EncodedPrompt, encode_prompts, split_batches
from .sampler import SampleJob, SampleRequest

_COMPACT_SHARE = 4  # finished rows leave the batch once they are one in so many
_CHECK_EVERY = 8  # decode steps between two polls for a cancellation


class TransformersSampler:
    """A batch is filled once and runs until its last row is finished."""

    def __init__(self, model: Model, slots: int | None = None) -> None:
        self._model = model

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        """See `Sampler`."""
        current: SampleJob | None = job
        while current is not None:
            try:
                self._sample_job(current)
            except (WorkerError, Cancelled) as error:
                current.fail(error)
            current = more()

    def _sample_job(self, job: SampleJob) -> None:
        model, request = self._model, job.request
        prompts = encode_prompts(
            request.prompts, model.tokenizer, model.max_positions, request.max_new_tokens
        )
        with evaluating(model.module):
            for batch in split_batches(prompts, 8192):
                job.check_cancelled()
                for finished in self._sample_batch(request, batch, job.check_cancelled):
                    job.add(finished)
        job.finish(SamplerInfo(name="transformers", version=transformers.__version__, slots=0, step="plain"))

    @torch.inference_mode()
    def _sample_batch(
        self, request: SampleRequest, prompts: list[EncodedPrompt], check_cancelled: CheckCancelled
    ) -> Iterator[list[SampledCandidate]]:
        decoder = Decoder(self._model, prompts)
        rows = RowsInFlight(request, prompts, self._model)
        logits = decoder.prefill()
        for step in range(rows.longest):
            rows.choose(logits)
            if rows.finished == len(rows):
                break
            if decoder.drops_rows and rows.finished * _COMPACT_SHARE >= len(rows):
                candidates, going_on = rows.take_finished()
                yield candidates
                decoder.keep(going_on)
            if step % _CHECK_EVERY == _CHECK_EVERY - 1:
                check_cancelled()
            logits = decoder.step(rows.last_tokens)
        yield rows.candidates()
