"""The engines that sample."""

from collections.abc import Callable

from ..score import Model
from .sampler import Sampler
from .transformers_sampler import TransformersSampler

_SAMPLERS: dict[str, Callable[[Model], Sampler]] = {"transformers": TransformersSampler}


def open_sampler(name: str, model: Model) -> Sampler:
    """The engine of this name with the model in it. KeyError: there is none."""
    return _SAMPLERS[name](model)
