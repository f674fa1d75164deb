"""Log-probabilities of target tokens without ever holding [tokens, vocabulary] logits."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .flex import compiled

# Elements of one chunk of logits. In float32: 64 MiB on a CPU, 512 MiB on an accelerator; fused they stay in
# the model's own dtype, and in bfloat16 are 512 MiB too.
CPU_CHUNK_ELEMENTS = 1 << 24
ACCELERATOR_CHUNK_ELEMENTS = 1 << 27
FUSED_CHUNK_ELEMENTS = 1 << 28
# Up to as many are kept for the backward pass, which else makes them again: 2 GiB in bfloat16.
KEPT_ELEMENTS = 1 << 30


def default_chunk(vocabulary: int, device: torch.device, fused: bool = False) -> int:
    """Rows of logits that are held at a time."""
    if fused:
        return max(1, FUSED_CHUNK_ELEMENTS // vocabulary)
    elements = CPU_CHUNK_ELEMENTS if device.type == "cpu" else ACCELERATOR_CHUNK_ELEMENTS
    return max(1, elements // vocabulary)


def chunked_logprobs(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    softcap: float | None = None,
    chunk: int | None = None,
    fused: bool = False,
    scale: float = 1.0,
) -> Tensor:
    """log P(target) under softmax(cap(scale * (hidden @ weight.T + bias))), differentiable in hidden, weight
    and bias.

    hidden [N, H], weight [V, H], bias [V] or None, targets [N] int64 -> [N] in float32 (float64 for float64
    inputs), in nats. `softcap` c turns logits z into c * tanh(z / c), as Gemma 2 does. The logits are made
    `chunk` rows at a time and made again in the backward pass, so the peak is chunk x V whatever N is;
    neither value nor gradient depends on `chunk`. The product runs in the model's own dtype, as in its head;
    everything after it in float32.

    fused: compiled, so that no float32 copy of the logits is ever written, and up to `KEPT_ELEMENTS` logits
    are kept for the backward pass.
    """
    chunk = chunk or default_chunk(weight.shape[0], weight.device, fused)
    return _ChunkedLogprobs.apply(hidden, weight, bias, targets, scale, softcap, chunk, fused)


def own_logprobs(logits: Tensor, targets: Tensor) -> Tensor:
    """log P(target) of a model's own logits [N, V], targets [N] -> [N] in float32 or wider, in nats."""
    wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
    return wide.log_softmax(-1).gather(1, targets[:, None]).squeeze(1)


def _wide(logits: Tensor, scale: float, softcap: float | None) -> Tensor:
    """[n, V] in float32 or float64."""
    wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
    if scale != 1:
        wide = wide * scale
    return wide if softcap is None else torch.tanh(wide / softcap) * softcap


def _normalized(
    logits: Tensor, targets: Tensor, scale: float, softcap: float | None
) -> tuple[Tensor, Tensor]:
    """(log P of the targets [n], log of the sum of exponentials [n])."""
    wide = _wide(logits, scale, softcap)
    normalizers = wide.logsumexp(-1)
    return wide.gather(1, targets[:, None]).squeeze(1) - normalizers, normalizers


def _differentiated(
    logits: Tensor,
    targets: Tensor,
    normalizers: Tensor,
    gradient: Tensor,
    scale: float,
    softcap: float | None,
) -> Tensor:
    """The gradient by the logits [n, V], in their dtype: each element from its own logit alone."""
    wide = _wide(logits, scale, softcap)
    chosen = torch.arange(logits.shape[1], device=logits.device) == targets[:, None]
    found = (chosen.to(wide.dtype) - (wide - normalizers[:, None]).exp()) * gradient[:, None]
    if softcap is not None:
        found = found * (1 - (wide / softcap).square())
    if scale != 1:
        found = found * scale
    return found.to(logits.dtype)


def _differentiated_in_place(
    logits: Tensor,
    targets: Tensor,
    normalizers: Tensor,
    gradient: Tensor,
    scale: float,
    softcap: float | None,
) -> Tensor:
    """The same without a compiler: in few passes over memory."""
    wide = _wide(logits, scale, softcap)
    # d tanh: 1 - tanh^2, taken before the logits are overwritten
    slope = None if softcap is None else 1 - (wide / softcap).square_()
    weights = gradient[:, None]
    # a fresh tensor where the logits were not float32 already, or were scaled; those are needed no more
    found = wide.sub_(normalizers[:, None]).exp_().mul_(weights).neg_()
    found.scatter_add_(1, targets[:, None], weights.to(found.dtype))
    if slope is not None:
        found.mul_(slope)
    if scale != 1:
        found.mul_(scale)
    return found.to(logits.dtype)


class _ChunkedLogprobs(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden, weight, bias, targets, scale, softcap, chunk, fused):
        dtype = torch.promote_types(hidden.dtype, torch.float32)
        logprobs = hidden.new_empty(hidden.shape[0], dtype=dtype)
        normalizers = torch.empty_like(logprobs)
        normalized = _compiled(_normalized) if fused else _normalized
        keep = fused and any(ctx.needs_input_grad) and hidden.shape[0] * weight.shape[0] <= KEPT_ELEMENTS
        kept = []
        for start in range(0, hidden.shape[0], chunk):
            rows = slice(start, start + chunk)
            logits = F.linear(hidden[rows], weight, bias)
            if keep:
                kept.append(logits)
            logprobs[rows], normalizers[rows] = normalized(logits, targets[rows], scale, softcap)
        ctx.save_for_backward(hidden, weight, bias, targets, normalizers, *kept)
        ctx.scale, ctx.softcap, ctx.chunk, ctx.fused = scale, softcap, chunk, fused
        return logprobs

    @staticmethod
    @once_differentiable
    # the decorator's own signature hides ours from the checker
    def backward(ctx, gradient):  # pyright: ignore[reportIncompatibleMethodOverride]
        hidden, weight, bias, targets, normalizers, *kept = ctx.saved_tensors
        need_hidden, need_weight, need_bias = ctx.needs_input_grad[:3]
        dtype = normalizers.dtype
        d_hidden = torch.empty_like(hidden) if need_hidden else None
        d_weight = torch.zeros_like(weight, dtype=dtype) if need_weight else None
        d_bias = torch.zeros_like(bias, dtype=dtype) if need_bias else None
        differentiated = _compiled(_differentiated) if ctx.fused else _differentiated_in_place
        for number, start in enumerate(range(0, hidden.shape[0], ctx.chunk)):
            rows = slice(start, start + ctx.chunk)
            logits = kept[number] if kept else F.linear(hidden[rows], weight, bias)
            d_logits = differentiated(
                logits, targets[rows], normalizers[rows], gradient[rows], ctx.scale, ctx.softcap
            )
            if d_bias is not None:
                d_bias += d_logits.sum(0, dtype=dtype)
            if d_hidden is not None:
                d_hidden[rows] = d_logits @ weight
            if d_weight is not None and weight.dtype == dtype:
                d_weight.addmm_(d_logits.t(), hidden[rows])
            elif d_weight is not None:
                d_weight += d_logits.t() @ hidden[rows]
        if d_weight is not None:
            d_weight = d_weight.to(weight.dtype)
        if d_bias is not None:
            d_bias = d_bias.to(bias.dtype)
        return d_hidden, d_weight, d_bias, None, None, None, None, None


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """On a GPU, for any number of rows; elsewhere the function itself."""

    def run(logits: Tensor, *rest: Any) -> Any:
        if logits.device.type != "cuda":
            return function(logits, *rest)
        return compiled(function)(logits, *rest)

    return run
