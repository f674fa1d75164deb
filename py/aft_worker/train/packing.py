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

from .. import distributed
from ..callbacks import CheckCancelled
from ..errors import first_line
from ..protocol import LossSettings, TrainGroup
from ..score import PADDED, Model, Way, evaluating, go, layout_of, score_path
from .captured import CapturedPasses
from .dropout import own_dropout
from .global_batch import Batch, prepare

# Of a run, from which on compiling pays. On an H100 the attention takes some 20 s and saves 10 microseconds a
# token of a small model, the blocks take as long again and save 2.
LEAST_TOKENS = 2_000_000
LEAST_TOKENS_COMPILED = 10_000_000
# ||packed - padded|| / ||padded||: of the scores less their mean, and of the gradient by the first and the
# last weights. In bfloat16 30 layers of random weights rounded to 4e-2 and 6e-2; a wrong mask is off by 1.
TOLERANCE = {torch.float32: 1e-3, torch.float64: 1e-9}
LOW_PRECISION_TOLERANCE = 0.15
# Of larger models the device needs longer than the host, and captured passes would hold their memory for
# nothing.
MOST_CAPTURED_PARAMETERS = 500_000_000
PROBED_WEIGHTS = 12  # at either end
NAMES = {
    Way(packed=True, compiled=True, captured=True): "packed rows, compiled and captured",
    Way(packed=True, compiled=True): "packed rows, compiled",
    Way(packed=True, captured=True): "packed rows, captured",
    Way(packed=True): "packed rows",
}


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
) -> str | None:
    """Sets how the model's rows lie from now on; -> which way and why, where that was a question.

    A function of the run and its first step's groups but for two measured times; the weights are as before.
    Raises what `prepare` and `check_cancelled` raise.
    """
    go(model.module, PADDED)
    if model.device.type != "cuda":
        return None
    _see_whether_it_repeats(model, groups[:1], settings, max_tokens)
    why, ways = _refused(model), []
    if why is None:
        padded = prepare(model, groups, settings, max_tokens)
        tokens = total_steps * sum(piece.tokens for one in padded.passes for piece in one.pieces)
        ways = [way for way in NAMES if _possible(model, way) and tokens >= _least_tokens(way)]
        why = None if ways else f"compiling pays from {LEAST_TOKENS:,} tokens on, the run has {tokens:,}"
    if why is None:
        line = _tried(model, groups, settings, max_tokens, ways, check_cancelled)
    else:
        line = f"padded rows ({why})"
    print(f"aft_worker: training with {line}", file=sys.stderr, flush=True)
    return line


def _see_whether_it_repeats(
    model: Model, groups: Sequence[TrainGroup], settings: LossSettings, max_tokens: int
) -> None:
    """Whether padded rows can be computed by what adds up in a fixed order alone; if not, says so."""
    try:
        _probe(model, groups, settings, max_tokens)
    except RuntimeError as error:
        if "deterministic" not in str(error):
            raise
        score_path(model.module).repeats = False
        line = f"a resumed run will differ from an unbroken one by rounding: {first_line(error)}"
        print(f"aft_worker: {line}", file=sys.stderr, flush=True)


def keep_layout(model: Model, way: Way) -> str | None:
    """Takes over the choice of the run that is resumed, so that its bits are those of an unbroken one; -> as
    `choose_layout`."""
    can = model.device.type == "cuda" and _refused(model) is None and _possible(model, way)
    kept = way if can else PADDED
    go(model.module, kept)
    name = NAMES.get(kept, "padded rows")
    return f"{name} (as before the run was broken off)" if model.device.type == "cuda" else None


def _least_tokens(way: Way) -> int:
    return LEAST_TOKENS_COMPILED if way.compiled else LEAST_TOKENS


def _refused(model: Model) -> str | None:
    """Why packing is not even tried."""
    path = score_path(model.module)
    config = path.config
    if not path.share:
        return "its responses do not share rows"
    if path.head is None:
        return "its logits are its own"
    capped = getattr(config, "attn_logit_softcapping", None) is not None
    if capped and _checkpoints(model.module):
        return "a soft-cap in attention and gradient checkpointing are not had at once"
    return None


def _possible(model: Model, way: Way) -> bool:
    """Dropout would be drawn otherwise in the two passes of a large group where one of them is compiled, and
    captured as often the same; checkpointed blocks ask for the state of random numbers, which a capture
    cannot give."""
    if way.captured and distributed.world_size() > 1:
        return False
    if own_dropout(model.module):
        return not (way.compiled or way.captured)
    if way.captured and sum(w.numel() for w in model.module.parameters()) > MOST_CAPTURED_PARAMETERS:
        return False
    return not (way.captured and _checkpoints(model.module))


def _checkpoints(module: nn.Module) -> bool:
    return any(getattr(part, "gradient_checkpointing", False) for part in module.modules())


def _tried(
    model: Model,
    groups: Sequence[TrainGroup],
    settings: LossSettings,
    max_tokens: int,
    ways: Sequence[Way],
    check_cancelled: CheckCancelled,
) -> str:
    """Goes the first of the ways that does; -> which, and why."""
    part = _one_micro_batch(model, groups, settings, max_tokens)
    padded = _probe(model, part, settings, max_tokens)
    reasons: list[str] = []
    for way in ways:
        go(model.module, way)
        check_cancelled()
        started = time.perf_counter()
        try:
            found = _probe(model, part, settings, max_tokens)
        except Exception as error:  # whatever a compiler and its kernels may raise
            reasons.append(f"not {NAMES[way]}: {first_line(error)}")
            continue
        compiling = time.perf_counter() - started - 2 * found.seconds
        scores, gradient = _apart(found, padded)
        faster = padded.seconds / found.seconds
        measured = (
            f"{faster:.2f} times as fast as padded ones, {found.tokens / found.seconds:,.0f} tokens/s; "
            f"scores {scores:.1e} and gradients {gradient:.1e} apart; ready after {compiling:.0f} s"
        )
        if max(scores, gradient) <= TOLERANCE.get(model.dtype, LOW_PRECISION_TOLERANCE) and faster > 1:
            return f"{NAMES[way]} ({'; '.join([measured, *reasons])})"
        reasons.append(f"not {NAMES[way]}: {measured}")
    go(model.module, PADDED)
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
    """Forward and backward, some times: the first ones compile and capture, the last is measured."""
    batch = prepare(model, groups, settings, max_tokens)
    weights = [weight for weight in model.module.parameters() if weight.requires_grad]
    if len(weights) > 2 * PROBED_WEIGHTS:
        weights = weights[:PROBED_WEIGHTS] + weights[-PROBED_WEIGHTS:]
    gradients = [torch.zeros_like(weight, dtype=torch.float32) for weight in weights]
    passes = CapturedPasses(model, weights, gradients)
    captured = layout_of(model).way.captured
    scores, seconds = torch.zeros(0), 0.0
    # without dropout, which would draw other numbers for rows that lie otherwise
    with evaluating(model.module) if own_dropout(model.module) else nullcontext():
        for _ in range(3 if captured else 2):
            for gradient in gradients:
                gradient.zero_()
            _wait(model.device)
            started = time.perf_counter()
            scores = _differentiated(model, batch, passes, captured)
            _wait(model.device)
            seconds = time.perf_counter() - started
    if captured and passes.slow is not None:
        raise RuntimeError(passes.slow)
    tokens = sum(piece.tokens for one in batch.passes for piece in one.pieces)
    return _Probe(scores, gradients, tokens, seconds)


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _differentiated(model: Model, batch: Batch, passes: CapturedPasses, captured: bool) -> Tensor:
    """The score of each response; the gradient of their sum is added up in the passes' tensors."""
    scores = torch.zeros(len(batch.responses), dtype=torch.float64, device=model.device)
    with layout_of(model).attending(training=True):
        for one in batch.passes:
            for piece in one.pieces:
                run = passes.of(piece) if captured else passes.plainly(piece)
                lengths = piece.lengths[: len(piece.counts)]
                scores[torch.tensor(piece.numbers, device=model.device)] = run.forward().double() / lengths
                run.backward(1 / lengths)
    return scores


def _apart(found: _Probe, expected: _Probe) -> tuple[float, float]:
    centred = [one.scores - one.scores.mean() for one in (found, expected)]
    flat = [torch.cat([gradient.flatten() for gradient in one.gradients]) for one in (found, expected)]
    return _relative(*centred), _relative(*flat)


def _relative(found: Tensor, expected: Tensor) -> float:
    size = float(expected.norm())
    # one response alone has no spread
    return float((found - expected).norm()) / size if size > 0 else 0.0
