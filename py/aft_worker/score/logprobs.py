"""Log-probabilities of target tokens without ever holding [tokens, vocabulary] logits."""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

# Elements of one chunk of logits. In float32: 64 MiB on a CPU, 512 MiB on an accelerator.
CPU_CHUNK_ELEMENTS = 1 << 24
ACCELERATOR_CHUNK_ELEMENTS = 1 << 27


def default_chunk(vocabulary: int, device: torch.device) -> int:
    """Rows of logits that are held at a time."""
    elements = CPU_CHUNK_ELEMENTS if device.type == "cpu" else ACCELERATOR_CHUNK_ELEMENTS
    return max(1, elements // vocabulary)


def chunked_logprobs(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    targets: Tensor,
    softcap: float | None = None,
    chunk: int | None = None,
) -> Tensor:
    """log P(target) under softmax(cap(hidden @ weight.T + bias)), differentiable in hidden, weight and bias.

    hidden [N, H], weight [V, H], bias [V] or None, targets [N] int64 -> [N] in float32 (float64 for float64
    inputs), in nats. `softcap` c turns logits z into c * tanh(z / c), as Gemma 2 does. The logits are made
    `chunk` rows at a time and made again in the backward pass, so the peak is chunk x V whatever N is;
    neither value nor gradient depends on `chunk`. The product runs in the model's own dtype, as in its head;
    everything after it in float32.
    """
    chunk = chunk or default_chunk(weight.shape[0], weight.device)
    return _ChunkedLogprobs.apply(hidden, weight, bias, targets, softcap, chunk)


def _logits(hidden: Tensor, weight: Tensor, bias: Tensor | None, softcap: float | None) -> Tensor:
    """[n, V] in float32 or float64; a fresh tensor that the caller may overwrite."""
    logits = F.linear(hidden, weight, bias)
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    if softcap is not None:
        logits = logits.div_(softcap).tanh_().mul_(softcap)
    return logits


class _ChunkedLogprobs(torch.autograd.Function):
    @staticmethod
    def forward(ctx, hidden, weight, bias, targets, softcap, chunk):
        dtype = torch.promote_types(hidden.dtype, torch.float32)
        logprobs = hidden.new_empty(hidden.shape[0], dtype=dtype)
        normalizers = torch.empty_like(logprobs)
        for start in range(0, hidden.shape[0], chunk):
            rows = slice(start, start + chunk)
            logits = _logits(hidden[rows], weight, bias, softcap)
            normalizers[rows] = logits.logsumexp(-1)
            chosen = logits.gather(1, targets[rows, None]).squeeze(1)
            logprobs[rows] = chosen - normalizers[rows]
        ctx.save_for_backward(hidden, weight, bias, targets, normalizers)
        ctx.softcap, ctx.chunk = softcap, chunk
        return logprobs

    @staticmethod
    @once_differentiable
    # the decorator's own signature hides ours from the checker
    def backward(ctx, gradient):  # pyright: ignore[reportIncompatibleMethodOverride]
        hidden, weight, bias, targets, normalizers = ctx.saved_tensors
        need_hidden, need_weight, need_bias = ctx.needs_input_grad[:3]
        dtype = normalizers.dtype
        d_hidden = torch.empty_like(hidden) if need_hidden else None
        d_weight = torch.zeros_like(weight, dtype=dtype) if need_weight else None
        d_bias = torch.zeros_like(bias, dtype=dtype) if need_bias else None
        for start in range(0, hidden.shape[0], ctx.chunk):
            rows = slice(start, start + ctx.chunk)
            logits = _logits(hidden[rows], weight, bias, ctx.softcap)
            # d tanh: 1 - tanh^2, taken before the logits are overwritten
            slope = None if ctx.softcap is None else 1 - (logits / ctx.softcap).square_()
            weights = gradient[rows, None]
            d_logits = logits.sub_(normalizers[rows, None]).exp_().mul_(weights).neg_()
            d_logits.scatter_add_(1, targets[rows, None], weights.to(dtype))
            if slope is not None:
                d_logits.mul_(slope)
            if d_bias is not None:
                d_bias += d_logits.sum(0)
            d_logits = d_logits.to(weight.dtype)
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
        return d_hidden, d_weight, d_bias, None, None, None
