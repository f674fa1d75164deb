"""Whether a run packs its rows: tried at its first step against padded rows, on the step's own groups.

Packing and compiling change no result but by rounding, and cost the time to compile. So they are for a GPU,
for runs that are long enough, and only where what they give was held against padded rows and came sooner.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..callbacks import CheckCancelled
from ..protocol import LossSettings, TrainGroup
from ..score import Model, compile_blocks, evaluating, layout_of, response_scores, run_plainly, score_path
from .global_batch import Batch, prepare

# Compiling takes about a minute, and packing saves a few microseconds a token, whatever the model's size.
LEAST_TOKENS = 10_000_000
# ||packed - padded|| / ||padded||: of the scores less their mean, and of the gradient by the first and the
# last weights. Rounding alone: half of what checks on a GPU against a CPU's float64 are given.
TOLERANCE = {torch.float32: 1e-3, torch.float64: 1e-9}
LOW_PRECISION_TOLERANCE = 5e-2
PROBED_WEIGHTS = 12  # at either end


@dataclass(frozen=True, slots=True)
class _Probe:
    scores: Tensor  # [R] float64, nats a token
    gradients: list[Tensor]
    tokens: int
    seconds: float


def choose_layout(
    model: Model,
    groups: Sequence[TrainGroup],
    settings: LossSettings,
    max_tokens: int,
    total_steps: int,
    check_cancelled: CheckCancelled,
) -> None:
    """Sets how the model's rows lie from now on, and says so in one line on stderr where that was a question.

    A function of the run and its first step's groups but for two measured times; the weights are as before.
    Raises what `prepare` and `check_cancelled` raise.
    """
    path = score_path(model.module)
    path.packed = False
    if model.device.type != "cuda":
        return
    why = _refused(model)
    if why is None:
        padded = prepare(model, groups, settings, max_tokens)
        tokens = total_steps * sum(piece.tokens for one in padded.passes for piece in one.pieces)
        if tokens < LEAST_TOKENS:
            why = f"compiling pays from {LEAST_TOKENS:,} tokens on, the run has {tokens:,}"
    line = f"padded rows ({why})" if why else _tried(model, groups, settings, max_tokens, check_cancelled)
    print(f"aft_worker: training with {line}", file=sys.stderr, flush=True)


def keep_layout(model: Model, packed: bool) -> None:
    """Takes over the choice of the run that is resumed, so that its bits are those of an unbroken one."""
    path = score_path(model.module)
    path.packed = packed and model.device.type == "cuda" and _refused(model) is None
    if path.packed and _compilable(model.module):
        compile_blocks(path.backbone)


def _refused(model: Model) -> str | None:
    """Why packing is not even tried."""
    path = score_path(model.module)
    config = path.config
    if not path.share:
        return "its attention takes no mask of ours"
    if getattr(config, "attention_dropout", 0.0):
        return "its attention has dropout"
    capped = getattr(config, "attn_logit_softcapping", None) is not None
    if capped and getattr(model.module, "is_gradient_checkpointing", False):
        return "a soft-cap in attention and gradient checkpointing are not had at once"
    return None


def _compilable(module: nn.Module) -> bool:
    """Compiled, dropout would draw other numbers in the two passes of a large group."""
    return not any(isinstance(part, nn.Dropout) and part.p > 0 for part in module.modules())


def _tried(
    model: Model,
    groups: Sequence[TrainGroup],
    settings: LossSettings,
    max_tokens: int,
    check_cancelled: CheckCancelled,
) -> str:
    """What was chosen, and why."""
    path = score_path(model.module)
    part = _one_micro_batch(model, groups, settings, max_tokens)
    padded = _probe(model, part, settings, max_tokens)
    reasons: list[str] = []
    for kind in ("packed rows, compiled", "packed rows") if _compilable(model.module) else ("packed rows",):
        path.packed = True
        (compile_blocks if kind.endswith("compiled") else run_plainly)(path.backbone)
        check_cancelled()
        started = time.perf_counter()
        try:
            found = _probe(model, part, settings, max_tokens)
        except Exception as error:  # whatever a compiler and its kernels may raise
            reasons.append(f"{kind}: {type(error).__name__}: {str(error).strip().splitlines()[:1]}")
            continue
        compiling = time.perf_counter() - started - 2 * found.seconds
        scores, gradient = _apart(found, padded)
        faster = padded.seconds / found.seconds
        measured = (
            f"{faster:.2f} times as fast as padded ones, {found.tokens / found.seconds:,.0f} tokens/s; "
            f"scores {scores:.1e} and gradients {gradient:.1e} apart; compiled in {compiling:.0f} s"
        )
        if max(scores, gradient) <= TOLERANCE.get(model.dtype, LOW_PRECISION_TOLERANCE) and faster > 1:
            return f"{kind} ({'; '.join([measured, *reasons])})"
        reasons.append(f"{kind}: {measured}")
    path.packed = False
    run_plainly(path.backbone)
    return f"padded rows ({'; '.join(reasons)})"


def _one_micro_batch(
    model: Model, groups: Sequence[TrainGroup], settings: LossSettings, max_tokens: int
) -> list[TrainGroup]:
    """As many of the groups, from the first, as make one padded micro-batch; at least one."""
    count = len(groups)
    while count > 1 and len(prepare(model, groups[:count], settings, max_tokens).passes) > 1:
        count //= 2
    return list(groups[:count])


def _probe(model: Model, groups: Sequence[TrainGroup], settings: LossSettings, max_tokens: int) -> _Probe:
    """Forward and backward, twice: the first time compiles, the second is measured."""
    batch = prepare(model, groups, settings, max_tokens)
    weights = [weight for weight in model.module.parameters() if weight.requires_grad]
    if len(weights) > 2 * PROBED_WEIGHTS:
        weights = weights[:PROBED_WEIGHTS] + weights[-PROBED_WEIGHTS:]
    # without dropout, which would draw other numbers for rows that lie otherwise
    with nullcontext() if _compilable(model.module) else evaluating(model.module):
        _differentiated(model, batch, weights)
        _wait(model.device)
        started = time.perf_counter()
        scores, gradients = _differentiated(model, batch, weights)
        _wait(model.device)
        seconds = time.perf_counter() - started
    tokens = sum(piece.tokens for one in batch.passes for piece in one.pieces)
    return _Probe(scores, gradients, tokens, seconds)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _differentiated(
    model: Model, batch: Batch, weights: Sequence[nn.Parameter]
) -> tuple[Tensor, list[Tensor]]:
    """(score of each response, the gradient of their sum by the weights)."""
    scores = torch.zeros(len(batch.responses), dtype=torch.float64, device=model.device)
    gradients = [torch.zeros_like(weight, dtype=torch.float32) for weight in weights]
    with layout_of(model).attending():
        for one in batch.passes:
            for piece in one.pieces:
                sums, lengths = response_scores(model, piece)
                means = sums.double() / lengths
                scores[torch.tensor(piece.numbers, device=model.device)] = means.detach()
                found = torch.autograd.grad(means.sum(), weights, allow_unused=True)
                for total, gradient in zip(gradients, found, strict=True):
                    if gradient is not None:
                        total += gradient
    return scores, gradients


def _apart(found: _Probe, expected: _Probe) -> tuple[float, float]:
    centred = [one.scores - one.scores.mean() for one in (found, expected)]
    flat = [torch.cat([gradient.flatten() for gradient in one.gradients]) for one in (found, expected)]
    return _relative(*centred), _relative(*flat)


def _relative(found: Tensor, expected: Tensor) -> float:
    size = float(expected.norm())
    # one response alone has no spread
    return float((found - expected).norm()) / size if size > 0 else 0.0
