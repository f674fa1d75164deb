"""Training on the device: the step in its fast form against padded rows, and the same bits twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import KtoLoss, LossSettings, NftLoss, ScheduleSettings, TrainGroup
from aft_worker.train import Trainer
from numerics import ADAMW, BFLOAT16_GRADIENT, BFLOAT16_LOSS, FLOAT32, LOSSES, SHAPE, SMALL, K
from padded_rows import PaddedRows
from random_models import converted, group, rounded
from results import Results
from training_speed import told

STEPS = 3
# In float32 the losses of the first step differ by rounding, 1e-7 to 1e-5. The later ones follow from weights
# that AdamW moved by nearly the same amount whatever the size of a gradient: where that is next to nothing,
# rounding decides its sign.
FLOAT32_FIRST, FLOAT32_LATER = 1e-5, 1e-3
MAX_TOKENS = 8192
# a GPU packs and compiles in long runs alone
RUNS = {"short": STEPS, "long": 10_000_000}
KINDS = ("VFT", "boundary", "DPO detached")
# those that go by the starting weights: on the device as on the CPU, padded and captured
BOTH: dict[str, Any] = {"constraint": "none", "weight": 1.0, "vft_weight": 1.0}
START_LOSSES: dict[str, LossSettings] = {
    "KTO": KtoLoss(**BOTH, kto_beta=0.1, desirable_weight=1.0, undesirable_weight=1.0),
    "NFT": NftLoss(**BOTH, negative_weight=1.0, epsilon=1.0, prompt_weight="hard", per="token"),
}


def check_training(results: Results, device: torch.device, small: bool) -> None:
    shape = SMALL if small else SHAPE
    draw = random.Random(17)
    lengths = (range(60, 121), range(80, 151))
    groups = [group(draw, f"q{number}", shape.vocabulary, K, lengths) for number in range(4 if small else 12)]
    base = rounded(shape, seed=17)
    for run, steps in RUNS.items():
        # to compile for each number type takes long enough
        for kind in KINDS if run == "short" else KINDS[1:2]:
            _check_against_padded(results, base, device, kind, groups, run, steps)
        for dtype in (torch.float32, torch.bfloat16) if run == "short" else (torch.bfloat16,):
            _check_twice(results, base, device, dtype, groups, run, steps)
    for name, loss in START_LOSSES.items():
        _check_start_loss(results, base, device, name, loss, groups[:4])


def _check_start_loss(
    results: Results,
    base: LoadedModel,
    device: torch.device,
    name: str,
    loss: LossSettings,
    groups: Sequence[TrainGroup],
) -> None:
    """NFT's own loss is 0 at first: its gradient tells more."""
    cpu = torch.device("cpu")
    expected = _run(converted(base, cpu, torch.float32), loss, groups, STEPS)
    for run, steps in RUNS.items():
        dtype = torch.float32 if run == "short" else torch.bfloat16
        found = _run(converted(base, device, dtype), loss, groups, steps)
        losses, norms = (
            [abs(a[part] / b[part] - 1) for a, b in zip(found, expected, strict=True)] for part in (0, 1)
        )
        title = f"{name}, {run} run, against the CPU"
        first, later, norm = (
            (FLOAT32_FIRST, FLOAT32_LATER, FLOAT32)
            if run == "short"
            else (BFLOAT16_LOSS, 10 * BFLOAT16_LOSS, BFLOAT16_GRADIENT)
        )
        results.at_most(f"{title}: loss of the first step, relative", losses[0], first)
        results.at_most(f"{title}: loss of later steps, relative", max(losses[1:]), later)
        results.at_most(f"{title}: gradient norm of the first step, relative", norms[0], norm)
        again = _run(converted(base, device, dtype), loss, groups, steps)
        results.equal(f"{name}, {run} run twice: losses and norms", again == found, True)


def _check_against_padded(
    results: Results,
    base: LoadedModel,
    device: torch.device,
    kind: str,
    groups: Sequence[TrainGroup],
    run: str,
    steps: int,
) -> None:
    """Whatever ours does to be fast (shared prompts, packed rows, compiled kernels), its losses are those of
    the plain way, and stay so as the weights follow the gradients."""
    name = f"{kind}, {run} run"
    with told() as lines:
        ours = _losses(converted(base, device, torch.float32), kind, groups, steps)
    results.measure(f"{name}: rows", lines.getvalue().strip() or "padded")
    plain = PaddedRows(converted(base, device, torch.float32), LOSSES[kind], groups, MAX_TOKENS, ADAMW)
    theirs = []
    for _ in range(STEPS):
        plain()
        theirs.append(plain.loss)
    errors = [abs(a / b - 1) for a, b in zip(ours, theirs, strict=True)]
    title = f"{name}, float32 against plain padded rows: loss, relative"
    results.at_most(f"{title}, first step", errors[0], FLOAT32_FIRST)
    results.at_most(f"{title}, later steps", max(errors[1:]), FLOAT32_LATER)
    results.holds(f"{name}: the loss falls, or no gradient arrived", ours[-1] < ours[0])
    low = _losses(converted(base, device, torch.bfloat16), kind, groups, steps)
    results.at_most(
        f"{name}, bfloat16 against plain padded rows in float32: loss of the first step, relative",
        abs(low[0] / theirs[0] - 1),
        BFLOAT16_LOSS,
    )


def _check_twice(
    results: Results,
    base: LoadedModel,
    device: torch.device,
    dtype: torch.dtype,
    groups: Sequence[TrainGroup],
    run: str,
    steps: int,
) -> None:
    models = [converted(base, device, dtype) for _ in range(2)]
    runs = [_run(model, LOSSES["boundary"], groups, steps) for model in models]
    name = f"{str(dtype).removeprefix('torch.')}, {run} run"
    results.equal(f"{name} twice: losses and norms of {STEPS} steps", runs[0] == runs[1], True)
    pairs = zip(models[0].module.named_parameters(), models[1].module.parameters(), strict=True)
    differing = [weight for (weight, a), b in pairs if not torch.equal(a, b)]
    results.equal(
        f"{name} twice: weights that are not the same bits", ", ".join(differing[:4]) or "none", "none"
    )


def _losses(model: LoadedModel, kind: str, groups: Sequence[TrainGroup], steps: int) -> list[float]:
    return [loss for loss, _ in _run(model, LOSSES[kind], groups, steps)]


def _run(
    model: LoadedModel, loss: LossSettings, groups: Sequence[TrainGroup], steps: int
) -> list[tuple[float, float]]:
    """(loss, gradient norm) of each of the first steps of a run of so many."""
    schedule = ScheduleSettings(shape="constant", total_steps=steps, warmup_steps=0, minimum_ratio=0.0)
    run = Trainer(
        model, optimizer=ADAMW, schedule=schedule, loss=loss, seed=0, max_tokens_per_batch=MAX_TOKENS
    )
    metrics = [run.step(number, groups) for number in range(1, STEPS + 1)]
    return [(float(one.loss.total), one.gradient_norm) for one in metrics]
