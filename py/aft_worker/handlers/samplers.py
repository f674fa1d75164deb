"""Which engine samples for a request."""

from pathlib import Path

from .. import distributed
from .. import protocol as p
from ..board import open_board
from ..model import LoadedModel, merge_adapter
from ..sample import (
    Check,
    DealtSampler,
    FollowingVllm,
    LeadingVllm,
    Sampler,
    StoredWeights,
    TransformersSampler,
    VllmSampler,
    VllmSettings,
    check_logprobs,
    vllm_failed,
)
from .lending import lend, take_back
from .registries import vllm

_LEAST_TEMPERATURE = 0.01  # vLLM's own; what is less it raises, and says so in its log alone


def sampler_for(params: p.GenerateParams, model: LoadedModel) -> Sampler:
    """Of several ranks each has its own, and they share the work; but vLLM is rank 0's, on devices that the
    others lend it. Raises SamplerFailed for weights that vLLM cannot read, and for a temperature that it does
    not take: with several ranks once it samples."""
    alone = distributed.world_size() == 1
    asked = params.vllm
    if asked is None:
        take_back()
        own = TransformersSampler(model, params.slots)
        return own if alone else DealtSampler(open_board("generate"), own, model)
    if alone:
        return _vllm(params, asked, model, check_logprobs)
    lend((asked.tensor_parallel or 1) * (asked.data_parallel or 1))
    board = open_board("vllm")
    if distributed.is_main():
        return LeadingVllm(board, lambda check: _vllm(params, asked, model, check))
    return FollowingVllm(board, model)


def _vllm(params: p.GenerateParams, asked: p.VllmSettings, model: LoadedModel, check: Check) -> VllmSampler:
    if 0 < params.temperature < _LEAST_TEMPERATURE:
        raise vllm_failed(
            f"it takes no temperature below {_LEAST_TEMPERATURE} but 0, and would raise "
            f"{params.temperature:g} to that"
        )
    settings = VllmSettings(
        python=asked.python,
        tensor_parallel=asked.tensor_parallel or 1,
        data_parallel=asked.data_parallel or 1,
        memory_share=asked.memory_share,
        slots=params.slots,
    )
    return VllmSampler(model, settings, stored_weights(model), vllm, check)


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
