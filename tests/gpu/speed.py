"""Tokens a second, step time and memory of a VFT and an AFT step, as a share of what the device can do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import LossSettings, OptimizerSettings, ScheduleSettings, TrainGroup
from aft_worker.train.trainer import Trainer
from clock import peak_bytes, timed
from numerics import LOSSES
from random_models import Shape, group, made_on
from results import Results

# About 1.04e9 parameters: the shape of Llama 3.2 1B with a vocabulary of 32k
LARGE = Shape(hidden=2048, intermediate=8192, layers=16, heads=32, key_value_heads=8, vocabulary=32_000)
TINY = Shape(hidden=64, intermediate=256, layers=2, heads=4, key_value_heads=2, vocabulary=512)
PROMPT, RESPONSE, K = 100, 130, 6  # tokens, as GSM8K's; the candidates besides the reference
MAX_TOKENS = 32_768  # as configs/hardware/one-gpu.yaml has it


# so small a rate that random targets cannot make the weights diverge, whatever number of steps is timed
ADAMW = OptimizerSettings(
    learning_rate=1e-6, betas=(0.9, 0.98), epsilon=1e-8, weight_decay=0.01, clip_norm=1.0
)
SCHEDULE = ScheduleSettings(shape="constant", total_steps=1000, warmup_steps=0, minimum_ratio=0.0)


@dataclass(frozen=True)
class Plan:
    shape: Shape
    questions: int
    warmup: int
    repeats: int
    matrix: int  # side of the matrices whose product is the ceiling


FULL = Plan(LARGE, questions=128, warmup=2, repeats=7, matrix=8192)
QUICK = Plan(TINY, questions=4, warmup=1, repeats=3, matrix=512)


def check_speed(results: Results, device: torch.device, small: bool) -> None:
    plan = QUICK if small else FULL
    ceiling = matmul_rate(device, plan.matrix)
    results.measure(f"bfloat16 product of random matrices, {plan.matrix} a side", ceiling / 1e12, "TFLOP/s")
    model = made_on(device, plan.shape, torch.bfloat16)
    results.measure("parameters", sum(weight.numel() for weight in model.module.parameters()))
    results.measure("questions a step", plan.questions)
    for name, loss in (("VFT", "VFT"), ("AFT", "boundary")):
        _measure_step(results, device, plan, model, name, LOSSES[loss], ceiling)


def matmul_rate(device: torch.device, side: int) -> float:
    """FLOP/s of a square bfloat16 product of random numbers (zeros would draw less power and run faster)."""
    left, right = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
    batch = 10

    def call() -> None:
        for _ in range(batch):
            torch.mm(left, right)

    return 2 * side**3 * batch / timed(device, call, warmup=2, repeats=5).median


def flops(shape: Shape, groups: Sequence[TrainGroup]) -> float:
    """What the step's mathematics needs, forward and backward (3 times the forward pass).

    2 FLOPs a weight and token, the prompt once a question; the head only for response tokens; 4 * hidden a
    layer and pair of tokens that attend to each other. What is computed again to save memory, masked pairs
    and the optimizer do not count.
    """
    head_size = shape.hidden // shape.heads
    attention = shape.hidden * (2 * shape.hidden + 2 * shape.key_value_heads * head_size)
    body = shape.layers * (attention + 3 * shape.hidden * shape.intermediate)
    total = 0
    for one in groups:
        sizes = [len(response.token_ids or ()) for response in one.responses]
        pairs = PROMPT * (PROMPT + 1) // 2 + sum(PROMPT * size + size * (size + 1) // 2 for size in sizes)
        total += 2 * body * (PROMPT + sum(sizes))
        total += 2 * shape.hidden * shape.vocabulary * sum(sizes)
        total += 4 * shape.hidden * shape.layers * pairs
    return 3.0 * total


def _measure_step(
    results: Results,
    device: torch.device,
    plan: Plan,
    model: LoadedModel,
    name: str,
    loss: LossSettings,
    ceiling: float,
) -> None:
    draw = random.Random(1)
    lengths = (range(PROMPT, PROMPT + 1), range(RESPONSE, RESPONSE + 1))
    groups = [
        group(draw, f"q{number}", plan.shape.vocabulary, K, lengths, aligned=name == "AFT")
        for number in range(plan.questions)
    ]
    step, peak = _fitting_step(device, model, loss, groups)
    timing = timed(device, step, plan.warmup, plan.repeats)
    tokens = step.tokens
    rate = flops(plan.shape, groups) / timing.median
    results.measure(f"{name}: tokens a micro-batch", step.max_tokens)
    results.measure(f"{name}: tokens a step (each prompt once)", tokens)
    results.measure(f"{name}: step time, median of {plan.repeats}", timing.median * 1000, "ms")
    results.measure(f"{name}: step time, fastest", timing.fastest * 1000, "ms")
    results.measure(f"{name}: step time, slowest", timing.slowest * 1000, "ms")
    results.measure(f"{name}: rate", tokens / timing.median, "tokens/s")
    results.measure(f"{name}: questions", plan.questions / timing.median, "questions/s")
    results.measure(f"{name}: model FLOPs", rate / 1e12, "TFLOP/s")
    results.measure(f"{name}: share of the matrix product's rate", 100 * rate / ceiling, "%")
    results.measure(f"{name}: peak memory above weights and optimizer", peak / 2**30, "GiB")
    if device.type == "cuda":
        whole = torch.cuda.max_memory_allocated(device) / 2**30
        results.measure(f"{name}: peak memory in all", whole, "GiB")
    results.equal(
        f"{name}: every token of the batch went through the model", tokens, _expected_tokens(groups)
    )


class _Step:
    """One more step of a training run at each call."""

    def __init__(
        self, model: LoadedModel, loss: LossSettings, groups: Sequence[TrainGroup], max_tokens: int
    ) -> None:
        self.tokens = 0
        self.max_tokens = max_tokens
        self._groups = groups
        self._run = Trainer(
            model, optimizer=ADAMW, schedule=SCHEDULE, loss=loss, seed=0, max_tokens_per_batch=max_tokens
        )

    def __call__(self) -> None:
        self.tokens = self._run.step(self._run.steps_done + 1, self._groups).tokens


def _fitting_step(
    device: torch.device, model: LoadedModel, loss: LossSettings, groups: Sequence[TrainGroup]
) -> tuple[_Step, int]:
    """-> (a step that fits in the device's memory, its peak above weights and optimizer in bytes).

    Micro-batches are halved until they fit, which changes no result. Raises OutOfMemoryError when even the
    smallest do not.
    """
    max_tokens = MAX_TOKENS
    while True:
        try:
            step = _Step(model, loss, groups, max_tokens)
            step()  # makes the optimizer's moments
            return step, peak_bytes(device, step)
        except torch.OutOfMemoryError:
            if max_tokens <= 1024:
                raise
        # only here, where the exception no longer holds the failed step's tensors
        step = None
        max_tokens //= 2
        torch.cuda.empty_cache()


def _expected_tokens(groups: Sequence[TrainGroup]) -> int:
    return sum(PROMPT + RESPONSE * len(one.responses) for one in groups)
