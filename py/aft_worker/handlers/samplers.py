"""Which engine samples for a request."""

from pathlib import Path

from .. import protocol as p
from ..model import LoadedModel, merge_adapter
from ..sample import Sampler, StoredWeights, VllmSampler, VllmSettings, open_sampler, vllm_failed
from .registries import vllm


def sampler_for(params: p.GenerateParams, model: LoadedModel) -> Sampler:
    """Raises SamplerFailed for weights that vLLM cannot read."""
    if params.vllm is None:
        return open_sampler("transformers", model, params.slots)
    asked = params.vllm
    settings = VllmSettings(
        python=asked.python,
        tensor_parallel=asked.tensor_parallel or 1,
        data_parallel=asked.data_parallel or 1,
        memory_share=asked.memory_share,
        slots=params.slots,
    )
    return VllmSampler(model, settings, _stored(model), vllm)


def _stored(model: LoadedModel) -> StoredWeights:
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
