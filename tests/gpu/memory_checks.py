"""Memory does not bound k: a group that is scored first and differentiated piece by piece has a flat peak."""

from __future__ import annotations

import random

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import LossSettings, ScheduleSettings, TrainGroup
from aft_worker.train.trainer import Trainer
from clock import peak_bytes
from numerics import ADAMW, LOSSES, SHAPE, SMALL
from random_models import converted, group, rounded
from results import Results

SIZES = (8, 16, 32, 64)
# What grows with k is the scores and the row's bookkeeping, some bytes a token, and how full the pieces are.
LARGEST_GROWTH = 1.25
# The contrast: in one pass all of a group is held. k = 64 has about 7 times the tokens of k = 8.
LEAST_CONTRAST = 3.0
# One of each kind; what a loss itself holds is its pairs, some bytes each.
KINDS = ("boundary", "RRHF boundary", "PRO boundary", "DPO boundary")


def check_memory(results: Results, device: torch.device, small: bool) -> None:
    shape = SMALL if small else SHAPE
    lengths = (range(100, 101), range(130, 131)) if not small else (range(20, 21), range(30, 31))
    piece = lengths[0][0] + 4 * lengths[1][0]  # a prompt with four responses
    draw = random.Random(3)
    groups = {k: group(draw, f"k{k}", shape.vocabulary, k, lengths) for k in SIZES}
    model = converted(rounded(shape, seed=13), device, torch.bfloat16)
    # the first step of a process allocates work space that stays
    _peak(device, model, LOSSES[KINDS[0]], groups[8], piece)
    for kind in KINDS:
        sizes = SIZES if kind == KINDS[0] else (SIZES[0], SIZES[-1])
        two = {k: _peak(device, model, LOSSES[kind], groups[k], piece) for k in sizes}
        for k, found in two.items():
            results.measure(f"{kind}: peak of a step's tensors, two passes, k = {k}", found / 2**20, "MiB")
        growth = max(two.values()) / two[SIZES[0]]
        results.at_most(f"{kind}, two passes: highest peak over that of k = 8", growth, LARGEST_GROWTH)
    one = {k: _peak(device, model, LOSSES[KINDS[0]], groups[k], 1 << 20) for k in (SIZES[0], SIZES[-1])}
    for k, found in one.items():
        results.measure(f"peak of a step's tensors, one pass, k = {k}", found / 2**20, "MiB")
    contrast = one[SIZES[-1]] / one[SIZES[0]]
    results.at_most(
        "one pass grows, or nothing was measured: k = 8 over k = 64", 1 / contrast, 1 / LEAST_CONTRAST
    )


def _peak(
    device: torch.device, model: LoadedModel, loss: LossSettings, one: TrainGroup, max_tokens: int
) -> int:
    """Bytes above the model and the optimizer of one step, of which the moments are there already."""
    schedule = ScheduleSettings(shape="constant", total_steps=2, warmup_steps=0, minimum_ratio=0.0)
    run = Trainer(
        model, optimizer=ADAMW, schedule=schedule, loss=loss, seed=0, max_tokens_per_batch=max_tokens
    )
    run.step(1, [one])
    return peak_bytes(device, lambda: run.step(2, [one]))
