"""Samples with the model's own forward pass, in slots that are refilled as samples end."""

from collections.abc import Callable

from ..score import Model, evaluating, score_path
from .prompts import EncodedPrompt
from .sampler import SampleJob
from .session import Session
from .slot_room import most_slots, slot_length
from .ways import company


class TransformersSampler:
    """See `Sampler`. `slots`: the most samples at once; None: what the device has room for."""

    def __init__(self, model: Model, slots: int | None = None) -> None:
        self._model = model
        self._slots = slots
        self._session: Session | None = None

    @property
    def at_once(self) -> int | None:
        """Samples that are decoded at once; None before that is known, and where nothing is sampled."""
        return None if self._session is None else self._session.at_once

    @property
    def held(self) -> int:
        """Samples that are decoded or wait for a slot."""
        return 0 if self._session is None else self._session.held

    def room_for(self, prompt: EncodedPrompt) -> int:
        """Samples of such a prompt that would be decoded at once. Raises what `sample` raises."""
        model = self._model
        with score_path(model.module).without_graph():
            room = most_slots(model, company(model, prompt), slot_length([prompt]))
        limits = (self._slots, score_path(model.module).most_samples)
        return min([room, *(limit for limit in limits if limit is not None)])

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        module = self._model.module
        with score_path(module).without_graph(), evaluating(module):
            self._session = Session(self._model, self._slots, job, more)
            try:
                self._session.run()
            finally:
                self._session = None
