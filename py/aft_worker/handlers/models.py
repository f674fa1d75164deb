"""The device, models and tokenizers: made, loaded, looked into, saved."""

import gc

from .. import protocol as p
from ..device import describe_machine, forget_unused, measure_speed
from ..model import (
    convert_gguf,
    count_tokens,
    create_model,
    inspect_model,
    load_model,
    merge_adapter,
    save_model,
    tokenizer_digest,
)
from ..rpc import Context
from ..tokens import train_tokenizer
from .registries import models, runs, vllm


def device_info(params: p.Nothing, context: Context) -> p.DeviceInfoResult:
    return describe_machine()


def device_speed(params: p.DeviceSpeedParams, context: Context) -> p.DeviceSpeedResult:
    return measure_speed(params.device, params.dtype)


def tokenizer_train(params: p.TokenizerTrainParams, context: Context) -> p.TokenizerTrainResult:
    tokenizer = train_tokenizer(
        params.kind,
        params.texts,
        params.vocabulary_size,
        params.directory,
        bos=params.bos is not False,
        chat_template=params.chat_template,
    )
    return p.TokenizerTrainResult(vocabulary_size=len(tokenizer), digest=tokenizer_digest(tokenizer))


def tokens_count(params: p.TokensCountParams, context: Context) -> p.TokensCountResult:
    return p.TokensCountResult(counts=count_tokens(params.source, params.revision, params.texts))


def create(params: p.ModelCreateParams, context: Context) -> p.ModelInfo:
    vllm.close()  # with other weights: their memory is needed
    model = create_model(params)
    return model.info(models.add(model))


def load(params: p.ModelLoadParams, context: Context) -> p.ModelInfo:
    model = load_model(
        params.source,
        revision=params.revision,
        dtype=params.dtype,
        device=params.device,
        attention=params.attention,
        adapter=params.adapter,
        adapter_seed=params.adapter_seed or 0,
        gradient_checkpointing=bool(params.gradient_checkpointing),
        sketch_layers=params.sketch_layers,
        sharding=params.sharding or "none",
        trained=bool(params.trained),
    )
    vllm.keep_for(model.digest())
    return model.info(models.add(model))


def convert(params: p.ModelConvertParams, context: Context) -> p.ModelConvertResult:
    return convert_gguf(params.source, params.directory)


def merge(params: p.ModelMergeParams, context: Context) -> p.ModelMergeResult:
    return merge_adapter(params.source, params.directory)


def inspect(params: p.ModelInspectParams, context: Context) -> p.ModelShape:
    return inspect_model(params.source, params.revision, params.adapter)


def save(params: p.ModelSaveParams, context: Context) -> p.ModelSaveResult:
    model = models.get(params.model)
    files = save_model(model, params.directory)
    return p.ModelSaveResult(digest=model.digest(), files=files)


def digest(params: p.ModelDigestParams, context: Context) -> p.ModelDigestResult:
    return p.ModelDigestResult(digest=models.get(params.model).digest())


def unload(params: p.ModelUnloadParams, context: Context) -> p.Nothing:
    """Lets go of the model and of the runs that train it."""
    model = models.remove(params.model)
    for handle, run in runs.items():
        if run.model is model:
            runs.remove(handle)
    model = run = None
    gc.collect()
    forget_unused()
    return p.Nothing()
