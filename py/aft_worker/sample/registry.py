"""The engines that sample."""

from collections.abc import Callable

from ..score import Model
from .sampler import Sampler
from .transformers_sampler import TransformersSampler

_SAMPLERS: dict[str, Callable[[Model, int | None], Sampler]] = {"transformers": TransformersSampler}


def open_sampler(name: str, model: Model, slots: int | None = None) -> Sampler:
    """The engine of this name with the model in it; `slots`: most samples at once. KeyError: no such name."""
    return _SAMPLERS[name](model, slots)
