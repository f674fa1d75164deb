"""Devices of other ranks for rank 0's vLLM: their weights wait in main memory until they are needed again.

Rank 0 keeps its own weights beside vLLM, which is held against them. Weights that are shared out stay where
they are: all parts are needed for that, and each is small. All ranks call these functions.
"""

from __future__ import annotations

from functools import wraps
from typing import Any, cast

import torch

from .. import distributed
from ..device import forget_unused
from ..rpc import Context, Handler
from ..score import score_path
from .registries import models, vllm

_MAIN_MEMORY = torch.device("cpu")
_lent = False


def lend(devices: int) -> None:
    """To a vLLM on so many devices, from rank 0's on; on one it needs no other's. Returns when they are free,
    as vLLM takes what is free when it starts."""
    global _lent
    if _lent or devices == 1:
        return
    _lent = True
    _move(home=False)


def take_back() -> None:
    """vLLM ends, as it has the other ranks' devices."""
    global _lent
    if not _lent:
        return
    _lent = False
    with distributed.agreed():
        vllm.close()
    _move(home=True)


def on_own_devices(handler: Handler) -> Handler:
    """Of a method in which the ranks use their models, or load others."""

    @wraps(handler)
    def run(params: Any, context: Context) -> Any:
        take_back()
        return handler(params, context)

    return run


def _move(home: bool) -> None:
    with distributed.agreed():
        if distributed.is_main():
            return
        for _, model in models.items():
            if not score_path(model.module).is_shared_out:
                cast(torch.nn.Module, model.module).to(model.device if home else _MAIN_MEMORY)
        forget_unused()
