"""Handlers without a model, chosen by AFT_HANDLERS: what they do is written in their params' texts."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from aft_worker import protocol as p
from aft_worker.errors import WorkerError
from aft_worker.rpc import Context

NAN = float("nan")

SAMPLER = p.SamplerInfo(name="transformers", version="0", slots=1, step="plain")


def info(params: p.ModelCreateParams | p.ModelLoadParams, context: Context) -> p.ModelInfo:
    return p.ModelInfo(
        model="model-1",
        parameters=1,
        vocabulary_size=2,
        max_positions=3,
        dtype=params.dtype,
        device=params.device,
        digest="d",
        tokenizer_digest="t",
    )


def load(params: p.ModelLoadParams, context: Context) -> p.ModelInfo:
    match params.source:
        case "print":
            print("printed by Python")
            sys.stdout.write("written by Python\n")
            os.write(1, b"written to fd 1\n")
            ctypes.CDLL(None).puts(b"printed by C")
            ctypes.CDLL(None).fflush(None)
        case "raise":
            raise ValueError("as planned")
        case "lie":
            return info(params, context).__class__(**{**_fields(info(params, context)), "parameters": "many"})
        case "out of memory":
            raise MemoryError("no more")
        case "die":
            print("about to die", file=sys.stderr)
            os.kill(os.getpid(), 9)
        case "exit":
            os._exit(3)
        case "say and sleep":
            print("going to sleep", file=sys.stderr, flush=True)
            time.sleep(60)
        case "missing package":
            import no_such_package  # noqa: F401
    return info(params, context)


def _fields(struct: Any) -> dict[str, Any]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


def render(params: p.PromptRenderParams, context: Context) -> p.PromptRenderResult:
    """Roles and contents, joined; "none" has no template, and no template takes the role system."""
    if params.source == "none":
        raise WorkerError("NoChatTemplate", "as planned", source="none", pointer="/source")
    for at, conversation in enumerate(params.conversations):
        if any(message.role == "system" for message in conversation.messages):
            where = {"source": params.source, "pointer": f"/conversations/{at}"}
            raise WorkerError("ChatTemplateRefused", "no system", conversation=at, **where)
    return p.PromptRenderResult(
        texts=["|".join(f"{m.role}:{m.content}" for m in one.messages) for one in params.conversations]
    )


def generate(params: p.GenerateParams, context: Context) -> p.GenerateResult:
    """One candidate a prompt. A `seed` over 0: that many milliseconds go by first, in which it can be
    cancelled; the first, empty progress says that it runs."""
    done = 0
    if params.seed > 0:
        context.progress(p.GenerateProgress(candidates=[], done=0, total=len(params.prompts), tokens=0))
    until = time.monotonic() + params.seed / 1000
    while time.monotonic() < until:
        time.sleep(0.005)
        context.check_cancelled()
    for prompt in params.prompts:
        context.check_cancelled()
        done += 1
        text = prompt.prompt[::-1]
        cut = next((text[: text.index(stop)] for stop in params.stop or () if stop in text), None)
        candidate = p.SampledCandidate(
            question_id=prompt.id,
            index=prompt.indices[0],
            text=text if cut is None else cut,
            token_ids=[1, 2] if cut is None else None,
            finish="stop",
            logprob=None if cut is not None else NAN if prompt.prompt == "nan" else -1.5,
            tokens=2,
        )
        progress = p.GenerateProgress(
            candidates=[candidate], done=done, total=len(params.prompts), tokens=2 * done
        )
        context.progress(progress)
    return p.GenerateResult(candidates=done, tokens=2 * done, seconds=0.5, digest="d", sampler=SAMPLER)


def score(params: p.ScoreParams, context: Context) -> p.ScoreResult:
    """A response's score is its length in characters, negative; NaN and infinities by name."""
    context.progress(p.ProgressCount(done=1, total=1, tokens=1))
    groups = [
        p.ScoredGroup(
            id=group.id,
            scores=[
                p.Score(
                    logprob=float(response.text)
                    if response.text in ("nan", "inf", "-inf")
                    else -len(response.text),
                    tokens=1,
                    token_ids=response.token_ids,
                    token_logprobs=[NAN, -0.5] if params.per_token else None,
                )
                for response in group.responses
            ],
        )
        for group in params.groups
    ]
    return p.ScoreResult(groups=groups, tokens=1, seconds=0.0)


def step(params: p.TrainStepParams, context: Context) -> p.StepMetrics:
    if params.run == "nan":
        raise WorkerError(
            "NonFiniteLoss",
            "the loss of step 1 is not finite",
            step=1,
            groups=["q1"],
            loss=p.LossParts(total=NAN, vft=float("inf"), alignment=0.5),
        )
    return p.StepMetrics(
        step=params.step,
        learning_rate=NAN if params.run == "nan rate" else 0.1,
        loss=p.LossParts(total=NAN, vft=float("-inf"), alignment=0.5),
        gradient_norm=1.0,
        groups=1,
        paired_groups=1,
        target_tokens=1,
        tokens=1,
        seconds=0.1,
        tokens_per_second=10.0,
    )


def device_info(params: p.DeviceInfoParams, context: Context) -> p.DeviceInfoResult:
    cpu = p.DeviceInfo(name="cpu", description="a CPU", total_bytes=1, free_bytes=1, dtypes=["float32"])
    return p.DeviceInfoResult(
        python="3",
        executable=sys.executable,
        platform="here",
        packages={"torch": "2"},
        devices=[cpu],
        default_device="cpu",
        threads=int(os.environ.get("OMP_NUM_THREADS", "1")),
        cores=1,
        memory_total_bytes=1,
        memory_free_bytes=1,
        warnings=[],
    )


def save(params: p.ModelSaveParams, context: Context) -> p.ModelSaveResult:
    if params.directory == "/full":
        raise OSError(28, "No space left on device", "/full/model.safetensors")
    return p.ModelSaveResult(digest="d", files=["model.safetensors"])


METHODS: dict[str, Callable[[Any, Context], Any]] = {
    "device/info": device_info,
    "tokenizer/train": lambda params, context: p.TokenizerTrainResult(
        vocabulary_size=len("".join(params.texts)) or 1, digest="d"
    ),
    "model/create": info,
    "model/load": load,
    "model/merge": lambda params, context: p.ModelMergeResult(files=[], dtype="float32"),
    "model/convert": lambda params, context: p.ModelConvertResult(
        **{"files": [], "architecture": "llama", "parameters": 1, "vocabulary_size": 1, "dtype": "float32"},
        **{"digest": "d", "tokenizer_digest": "d", "tensors": [], "chat_template": False, "eos": []},
    ),
    "model/inspect": lambda params, context: p.ModelShape(
        **{"parameters": 9, "embedding_parameters": 2, "tied": True, "layers": 1, "hidden_size": 2},
        **{"intermediate_size": 4, "vocabulary_size": 3, "heads": 1, "key_value_heads": 1, "head_size": 2},
        **{"max_positions": 0, "dtype": "float32", "linear_layers": []},
    ),
    "tokens/count": lambda params, context: p.TokensCountResult(counts=[len(text) for text in params.texts]),
    "device/speed": lambda params, context: p.DeviceSpeedResult(
        device=params.device,
        dtype="float32",
        flops_per_second=1e9,
        bytes_per_second=1e9,
        seconds_per_call=1e-6,
    ),
    "model/save": save,
    "model/digest": lambda params, context: p.ModelDigestResult(digest="d"),
    "model/unload": lambda params, context: p.ModelUnloadResult(),
    "prompt/render": render,
    "generate": generate,
    "score": score,
    "train/begin": lambda params, context: p.TrainBeginResult(run="run-1", step=0),
    "train/step": step,
    "train/save": lambda params, context: p.TrainSaveResult(step=1),
    "train/end": lambda params, context: p.TrainEndResult(step=1, digest="d"),
    "track/open": lambda params, context: p.TrackOpenResult(tracker="tracker-1"),
    "track/log": lambda params, context: p.TrackLogResult(),
    "track/close": lambda params, context: p.TrackCloseResult(failed="as planned"),
}
