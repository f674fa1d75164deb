"""The methods that need torch: each decodes nothing and prints nothing, it calls one function and answers."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from transformers.utils import logging as transformers_logging

from . import protocol as p
from .chat import render
from .create import create_model
from .device import device_info
from .digest import tokenizer_digest
from .inspection import count_tokens, inspect_model
from .merging import merge
from .model import LoadedModel, load_model, save_model
from .model_source import open_tokenizer
from .registry import Registry
from .reporting import CandidateReporter, CountReporter
from .sampling import sample
from .scoring import score_groups
from .speed import measure_speed
from .tokenizer_training import train_tokenizer
from .tracking.handlers import METHODS as TRACKING
from .training import Trainer

if TYPE_CHECKING:
    from .engine import Context


@dataclass
class Run:
    """A training run and the model whose weights it changes."""

    trainer: Trainer
    model: LoadedModel


models: Registry[LoadedModel] = Registry("model")
runs: Registry[Run] = Registry("run")


def info(params: p.Nothing, context: Context) -> p.DeviceInfoResult:
    return device_info()


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


def model_create(params: p.ModelCreateParams, context: Context) -> p.ModelInfo:
    model = create_model(params)
    return model.info(models.add(model))


def model_load(params: p.ModelLoadParams, context: Context) -> p.ModelInfo:
    model = load_model(
        params.source,
        params.revision,
        params.dtype,
        params.device,
        params.attention,
        params.adapter,
        params.adapter_seed or 0,
        bool(params.gradient_checkpointing),
    )
    return model.info(models.add(model))


def model_merge(params: p.ModelMergeParams, context: Context) -> p.ModelMergeResult:
    return merge(params.source, params.directory)


def model_inspect(params: p.ModelInspectParams, context: Context) -> p.ModelShape:
    return inspect_model(params.source, params.revision)


def tokens_count(params: p.TokensCountParams, context: Context) -> p.TokensCountResult:
    return p.TokensCountResult(counts=count_tokens(params.source, params.revision, params.texts))


def device_speed(params: p.DeviceSpeedParams, context: Context) -> p.DeviceSpeedResult:
    return measure_speed(params.device, params.dtype)


def model_save(params: p.ModelSaveParams, context: Context) -> p.ModelSaveResult:
    model = models.get(params.model)
    files = save_model(model, params.directory)
    return p.ModelSaveResult(digest=model.digest(), files=files)


def model_digest(params: p.ModelDigestParams, context: Context) -> p.ModelDigestResult:
    return p.ModelDigestResult(digest=models.get(params.model).digest())


def model_unload(params: p.ModelUnloadParams, context: Context) -> p.Nothing:
    """Lets go of the model and of the runs that train it."""
    model = models.remove(params.model)
    for handle, run in runs.items():
        if run.model is model:
            runs.remove(handle)
    model = run = None
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
    return p.Nothing()


def prompt_render(params: p.PromptRenderParams, context: Context) -> p.PromptRenderResult:
    tokenizer = open_tokenizer(params.source, params.revision)
    return p.PromptRenderResult(texts=render(tokenizer, params.conversations, params.source))


def generate(params: p.GenerateParams, context: Context) -> p.GenerateResult:
    started = time.perf_counter()
    model = models.get(params.model)
    reporter = CandidateReporter(context, sum(len(prompt.indices) for prompt in params.prompts))
    try:
        totals = sample(
            model,
            params.prompts,
            max_new_tokens=params.max_new_tokens,
            temperature=params.temperature,
            top_p=params.top_p,
            seed=params.seed,
            max_tokens_per_batch=params.max_tokens_per_batch,
            stop=params.stop or (),
            checkpoint=reporter.checkpoint,
            on_candidates=reporter.add,
        )
    finally:
        reporter.flush()
    return p.GenerateResult(
        candidates=totals.candidates,
        tokens=totals.tokens,
        seconds=time.perf_counter() - started,
        digest=model.digest(),
    )


def score(params: p.ScoreParams, context: Context) -> p.ScoreResult:
    started = time.perf_counter()
    model = models.get(params.model)
    scored, tokens = score_groups(
        model, params.groups, params.max_tokens_per_batch, context.checkpoint, CountReporter(context)
    )
    groups = []
    for group, responses in zip(params.groups, scored, strict=True):
        scores = [p.Score(logprob=one.logprob, tokens=len(one.token_ids)) for one in responses]
        if params.per_token:
            for told, one in zip(scores, responses, strict=True):
                told.token_ids = one.token_ids
                told.token_logprobs = list[p.Real](one.token_logprobs)
                told.token_texts = model.tokenizer.pieces(one.token_ids)
        groups.append(p.ScoredGroup(id=group.id, scores=scores))
    return p.ScoreResult(groups=groups, tokens=tokens, seconds=time.perf_counter() - started)


def train_begin(params: p.TrainBeginParams, context: Context) -> p.TrainBeginResult:
    model = models.get(params.model)
    # a resumed run puts its own weights in, and may fail on the way
    model.weights_changed()
    trainer = Trainer(
        model,
        params.optimizer,
        params.schedule,
        params.loss,
        params.seed,
        params.max_tokens_per_batch,
        params.resume_from,
    )
    return p.TrainBeginResult(run=runs.add(Run(trainer, model)), step=trainer.steps_done)


def train_step(params: p.TrainStepParams, context: Context) -> p.StepMetrics:
    run = runs.get(params.run)
    run.model.weights_changed()
    return run.trainer.step(params.step, params.groups, context.checkpoint, CountReporter(context))


def train_save(params: p.TrainSaveParams, context: Context) -> p.TrainSaveResult:
    return p.TrainSaveResult(step=runs.get(params.run).trainer.save(params.directory))


def train_end(params: p.TrainEndParams, context: Context) -> p.TrainEndResult:
    """Lets go of the optimizer; the model keeps the trained weights."""
    run = runs.remove(params.run)
    run.model.module.eval()
    return p.TrainEndResult(step=run.trainer.steps_done, digest=run.model.digest())


def _quiet() -> None:
    """The worker's stderr is shown only when it fails: no progress bars in it."""
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()


_quiet()
if os.environ.get("AFT_THREADS"):
    torch.set_num_threads(int(os.environ["AFT_THREADS"]))

METHODS: dict[str, Callable[[Any, Context], Any]] = {
    "device/info": info,
    "device/speed": device_speed,
    "tokenizer/train": tokenizer_train,
    "model/create": model_create,
    "model/load": model_load,
    "model/merge": model_merge,
    "model/inspect": model_inspect,
    "tokens/count": tokens_count,
    "model/save": model_save,
    "model/digest": model_digest,
    "model/unload": model_unload,
    "prompt/render": prompt_render,
    "generate": generate,
    "score": score,
    "train/begin": train_begin,
    "train/step": train_step,
    "train/save": train_save,
    "train/end": train_end,
    **TRACKING,
}
