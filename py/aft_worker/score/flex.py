"""Attention over packed rows, and the blocks of a model compiled around it.

On a GPU the attention is compiled to one kernel (Triton), without which it would hold all scores at once, and
so are, where that is wanted, whole blocks: in small models most of the time goes to elementwise work, which
compiling joins. On a CPU both run as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor, nn
from torch.nn.attention.flex_attention import BlockMask, flex_attention
from transformers import AttentionInterface
from transformers.modeling_layers import GradientCheckpointingLayer

NAME = "aft_packed"


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled at its first call, once for tensors of any size."""
    return torch.compile(function, dynamic=True)


def packed_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: BlockMask,
    dropout: float = 0.0,
    scaling: float | None = None,
    softcap: float | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """As transformers' blocks call it: query [1, H, L, D], key and value [1, K, L, D] -> [1, L, H, D].

    ValueError for what it does not compute: dropout, sinks, biases by position.
    """
    refused = [name for name in ("s_aux", "position_bias", "head_mask") if kwargs.get(name) is not None]
    refused += ["dropout"] if dropout else []
    if refused or not isinstance(attention_mask, BlockMask):
        raise ValueError(f"packed rows cannot be had with {', '.join(refused) or 'another mask'}")
    alone = query.device.type == "cuda" and not torch.compiler.is_compiling()
    attend = compiled(flex_attention) if alone else flex_attention
    found = attend(
        query,
        key,
        value,
        score_mod=None if softcap is None else _capped(softcap),
        block_mask=attention_mask,
        scale=scaling,
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return found.transpose(1, 2).contiguous(), None


@cache
def _capped(cap: float) -> Callable[..., Tensor]:
    def capped(score: Tensor, _batch: Tensor, _head: Tensor, _query: Tensor, _key: Tensor) -> Tensor:
        return cap * torch.tanh(score / cap)

    return capped


AttentionInterface.register(NAME, packed_attention)


_compiling: WeakSet[nn.Module] = WeakSet()


def compile_blocks(backbone: nn.Module) -> None:
    """From now on blocks run compiled where they get packed rows and a gradient is wanted.

    All that are alike share one compilation.
    """
    for block in _blocks(backbone):
        if "forward" not in vars(block):
            block.forward = partial(_run_block, block, block.forward)
        _compiling.add(block)


def run_plainly(backbone: nn.Module) -> None:
    """Takes that back."""
    for block in _blocks(backbone):
        _compiling.discard(block)


def _blocks(backbone: nn.Module) -> list[GradientCheckpointingLayer]:
    return [part for part in backbone.modules() if isinstance(part, GradientCheckpointingLayer)]


def _run_block(
    block: GradientCheckpointingLayer, plain: Callable[..., Any], *args: Any, **kwargs: Any
) -> Any:
    masks = [value for value in (*args, *kwargs.values()) if isinstance(value, BlockMask)]
    if not masks or block not in _compiling or not torch.is_grad_enabled():
        return plain(*args, **kwargs)
    whole: Any = type(block).forward
    # newer releases of transformers checkpoint in `forward`, older ones around it
    within = _checkpoints(whole)
    own = whole.__wrapped__ if within else whole
    run = partial(compiled(_call), own, block)
    if within and block.gradient_checkpointing and block.training:
        checkpoint: Any = block._gradient_checkpointing_func
        return checkpoint(partial(run, **kwargs), *args)
    return run(*args, **kwargs)


def _checkpoints(function: Callable[..., Any]) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and "_gradient_checkpointing_func" in code.co_names


def _call(own: Callable[..., Any], block: nn.Module, *args: Any, **kwargs: Any) -> Any:
    return own(block, *args, **kwargs)
