"""Handlers of ranks of which one has too little memory: `AFT_HANDLERS=full`, and AFT_FULL names

    RANK PLACE AT_ONCE

the rank that raises what torch raises where memory runs out. Places: "train", "score" and "generate", in the
middle of the model, where more than so many tokens (samples) go through it at once; "backward", on the way
back; "optimizer".
"""

from __future__ import annotations

import os
from typing import Any

import torch
from aft_worker.handlers.catalogue import METHODS as LIVING
from aft_worker.handlers.catalogue import SHARED  # noqa: F401 - the worker asks for them
from aft_worker.train.optimization import Optimizer
from torch.nn.modules import module as modules
from transformers.modeling_layers import GradientCheckpointingLayer

RANK, PLACE, AT_ONCE = os.environ["AFT_FULL"].split()
METHOD = ""


def full() -> None:
    raise torch.OutOfMemoryError(f"CUDA out of memory: pretended in {METHOD}")


def exceeds(hidden: torch.Tensor) -> bool:
    sampling = METHOD == "generate"
    return hidden.shape[0] * (1 if sampling else hidden.shape[1]) > int(AT_ONCE)


def before(module: Any, given: tuple[Any, ...]) -> None:
    # the second block: the first one's exchanges are over, and the others are in those that follow
    if isinstance(module, GradientCheckpointingLayer) and getattr(module.self_attn, "layer_idx", 0) == 1:
        if METHOD.partition("/")[0] == PLACE and exceeds(given[0]):
            full()
        if PLACE == "backward" and torch.is_grad_enabled() and exceeds(given[0]):
            given[0].register_hook(lambda _: full())


def watched(method: str) -> Any:
    def handler(params: Any, context: Any) -> Any:
        global METHOD
        METHOD = method
        return LIVING[method](params, context)

    return handler


METHODS = {method: watched(method) for method in LIVING}
if os.environ.get("RANK", "0") == RANK:
    modules.register_module_forward_pre_hook(before)
    if PLACE == "optimizer":
        Optimizer.step = lambda *_: full()  # pyright: ignore[reportAttributeAccessIssue]
