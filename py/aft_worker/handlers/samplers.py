"""Which engine samples for a request."""

from pathlib import Path

from .. import distributed
from .. import protocol as p
from ..board import open_board
from ..model import LoadedModel, merge_adapter
from ..sample import (
    DealtSampler,
    Idle,
    Sampler,
    StoredWeights,
    TransformersSampler,
    VllmSampler,
    VllmSettings,
    vllm_failed,
)
from .registries import vllm

_LEAST_TEMPERATURE = 0.01  # vLLM's own; what is less it raises, and says so in its log alone


def sampler_for(params: p.GenerateParams, model: LoadedModel) -> Sampler:
    """Of several ranks each has its own, and they share the work, but vLLM is rank 0's. Raises SamplerFailed
    for weights that vLLM cannot read, and a temperature that it does not take."""
    if params.vllm is None:
        own = TransformersSampler(model, params.slots)
        return own if distributed.world_size() == 1 else DealtSampler(open_board("generate"), own, model)
    if not distributed.is_main():
        return Idle()
    if 0 < params.temperature < _LEAST_TEMPERATURE:
        raise vllm_failed(
            f"it takes no temperature below {_LEAST_TEMPERATURE} but 0, and would raise "
            f"{params.temperature:g} to that"
        )
    asked = params.vllm
    settings = VllmSettings(
        python=asked.python,
        tensor_parallel=asked.tensor_parallel or 1,
        data_parallel=asked.data_parallel or 1,
        memory_share=asked.memory_share,
        slots=params.slots,
    )
    return VllmSampler(model, settings, stored_weights(model), vllm)


def stored_weights(model: LoadedModel) -> StoredWeights:
    """Where the weights lie, for one that reads them; an adapter is merged then. Raises SamplerFailed."""
    source = Path(model.source)
    if model.changed:
        raise vllm_failed("it reads weights from a folder; these were made or trained here and lie in none")
    if not source.is_dir():
        raise vllm_failed(f"it reads weights from a folder; {model.source!r} is none")

    def folder(scratch: Path) -> Path:
        if model.adapter is None:
            return source
        merged = scratch / "merged"
        merge_adapter(model.source, str(merged))
        return merged

    return StoredWeights(model.digest(), folder)
