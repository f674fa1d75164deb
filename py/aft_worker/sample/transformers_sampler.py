"""Samples with the model's own forward pass, in slots that are refilled as samples end."""

from collections.abc import Callable

import torch

from ..score import Model, evaluating
from .sampler import SampleJob
from .session import Session


class TransformersSampler:
    """See `Sampler`. `slots`: the most samples at once; None: what the device has room for."""

    def __init__(self, model: Model, slots: int | None = None) -> None:
        self._model = model
        self._slots = slots

    @torch.inference_mode()
    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        with evaluating(self._model.module):
            Session(self._model, self._slots, job, more).run()
