"""How fast a step trains: tokens a second, as a share of what the device can do, and against padded rows."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from io import StringIO

import torch
from aft_worker.model.loading import LoadedModel, checkpoint_gradients
from aft_worker.protocol import (
    AlignmentLoss,
    LossSettings,
    OptimizerSettings,
    ScheduleSettings,
    TrainGroup,
    VftLoss,
)
from aft_worker.train import Trainer
from clock import alternating, peak_bytes, ratio, timed
from padded_rows import PaddedRows
from random_models import Shape, group, made_on
from results import Results
from shapes import Lengths, named

K = 6  # candidates besides the reference
VFT: LossSettings = VftLoss()
AFT: LossSettings = AlignmentLoss(constraint="boundary", weight=1.0, beta=0.1, detach_boundary=True)
# so small a rate that the weights hardly move, whatever number of steps is timed: losses can be compared
ADAMW = OptimizerSettings(
    learning_rate=1e-9, betas=(0.9, 0.98), epsilon=1e-8, weight_decay=0.01, clip_norm=1.0
)
SCHEDULE = ScheduleSettings(shape="constant", total_steps=10_000_000, warmup_steps=0, minimum_ratio=0.0)


@dataclass(frozen=True)
class Training:
    """`questions` a step, of VFT and of AFT; micro-batches have `max_tokens`, or what fits."""

    title: str
    shape: Shape
    dtype: torch.dtype
    lengths: Lengths
    questions: tuple[int, int]
    max_tokens: int
    warmup: int = 2
    repeats: int = 7
    checkpointing: bool = False
    against_padded: int = 0  # rounds against padded rows; 0: none
    matrix: int = 8192  # side of the matrices whose product is the ceiling; 0: not measured


def measure_training(results: Results, device: torch.device, plan: Training) -> None:
    ceiling = 0.0
    if plan.matrix:
        ceiling = matmul_rate(device, plan.matrix, plan.dtype)
        title = f"product of random matrices, {plan.matrix} a side, {_short(plan.dtype)}"
        results.measure(title, ceiling / 1e12, "TFLOP/s")
    torch.manual_seed(11)
    model = made_on(device, plan.shape, plan.dtype)
    title = named(plan.title, plan.shape)
    if plan.checkpointing:
        title += f", batch {plan.questions[0]}, gradient checkpointing"
    if plan.checkpointing:
        checkpoint_gradients(model.module, "random")
    results.measure(f"{title}: parameters", sum(weight.numel() for weight in model.module.parameters()))
    rates = {}
    for name, loss, questions in (("VFT", VFT, plan.questions[0]), ("AFT", AFT, plan.questions[1])):
        if questions:
            groups = groups_for(plan.shape, plan.lengths, questions, aligned=name == "AFT")
            rates[name] = _measure_step(
                results, device, plan, model, f"{name}, {title}", loss, groups, ceiling
            )
    if len(rates) == 2:
        results.measure(f"{title}: a token of AFT over one of VFT, rate", rates["AFT"] / rates["VFT"])


def groups_for(shape: Shape, lengths: Lengths, questions: int, aligned: bool) -> list[TrainGroup]:
    draw = random.Random(1)
    return [
        group(draw, f"q{number}", shape.vocabulary, K, lengths.ranges, aligned=aligned)
        for number in range(questions)
    ]


def matmul_rate(device: torch.device, side: int, dtype: torch.dtype = torch.bfloat16) -> float:
    """FLOP/s of a square product of random numbers (zeros would draw less power and run faster)."""
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    batch = 10 if device.type == "cuda" else 1

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
        prompt, sizes = prompt_tokens(one), response_sizes(one)
        pairs = prompt * (prompt + 1) // 2 + sum(prompt * size + size * (size + 1) // 2 for size in sizes)
        total += 2 * body * (prompt + sum(sizes))
        total += 2 * shape.hidden * shape.vocabulary * sum(sizes)
        total += 4 * shape.hidden * shape.layers * pairs
    return 3.0 * total


def prompt_tokens(one: TrainGroup) -> int:
    return len(one.prompt.split()) + 1  # and BOS


def response_sizes(one: TrainGroup) -> list[int]:
    return [len(response.token_ids or ()) for response in one.responses]


def response_tokens(groups: Sequence[TrainGroup]) -> int:
    return sum(sum(response_sizes(one)) for one in groups)


class Step:
    """One more step of a training run at each call; `tokens`: of the last one, each prompt once."""

    def __init__(
        self, model: LoadedModel, loss: LossSettings, groups: Sequence[TrainGroup], max_tokens: int
    ) -> None:
        self.tokens = 0
        self.loss = 0.0
        self.max_tokens = max_tokens
        self._groups = groups
        self._run = Trainer(
            model,
            optimizer=ADAMW,
            schedule=SCHEDULE,
            loss=loss,
            seed=0,
            max_tokens_per_batch=max_tokens,
            halves=False,
        )

    def __call__(self) -> None:
        number = self._run.steps_done + 1
        # as in the worker, where the next step's request has arrived before this one has ended
        metrics = self._run.step(number, self._groups, upcoming=lambda: (number + 1, self._groups))
        self.tokens, self.loss = metrics.tokens, float(metrics.loss.total)


@contextmanager
def told() -> Iterator[StringIO]:
    """What is said on stderr within it, where the worker tells how it trains; it is said all the same."""
    lines = StringIO()
    try:
        with redirect_stderr(lines):
            yield lines
    finally:
        sys.stderr.write(lines.getvalue())


def _measure_step(
    results: Results,
    device: torch.device,
    plan: Training,
    model: LoadedModel,
    name: str,
    loss: LossSettings,
    groups: Sequence[TrainGroup],
    ceiling: float,
) -> float:
    """-> tokens a second."""
    started = time.perf_counter()
    with told() as lines:
        step, peak = _fitting_step(device, model, loss, groups, plan.max_tokens)
    set_up = time.perf_counter() - started
    timing = timed(device, step, plan.warmup, plan.repeats)
    tokens, rate = step.tokens, flops(plan.shape, groups) / timing.median
    results.measure(f"{name}: first two steps, what is set up included", set_up, "s")
    results.measure(
        f"{name}: rows", lines.getvalue().strip().splitlines()[-1] if lines.getvalue() else "padded"
    )
    results.measure(f"{name}: questions a step", len(groups))
    results.measure(f"{name}: tokens a micro-batch", step.max_tokens)
    results.measure(f"{name}: tokens a step (each prompt once)", tokens)
    results.measure(f"{name}: step time, median of {plan.repeats}", timing.median * 1000, "ms")
    results.measure(f"{name}: step time, fastest", timing.fastest * 1000, "ms")
    results.measure(f"{name}: step time, slowest", timing.slowest * 1000, "ms")
    results.measure(f"{name}: rate", tokens / timing.median, "tokens/s")
    results.measure(f"{name}: model FLOPs", rate / 1e12, "TFLOP/s")
    if ceiling:
        results.measure(f"{name}: share of the matrix product's rate", 100 * rate / ceiling, "%")
    results.measure(f"{name}: peak memory above weights and optimizer", peak / 2**30, "GiB")
    if device.type == "cuda":
        whole = torch.cuda.max_memory_allocated(device) / 2**30
        results.measure(f"{name}: peak memory in all", whole, "GiB")
    expected = sum(prompt_tokens(one) + sum(response_sizes(one)) for one in groups)
    results.equal(f"{name}: every token of the batch went through the model", tokens, expected)
    if plan.against_padded:
        _against_padded(results, device, plan, model, name, loss, groups, step)
    return tokens / timing.median


def _fitting_step(
    device: torch.device,
    model: LoadedModel,
    loss: LossSettings,
    groups: Sequence[TrainGroup],
    max_tokens: int,
) -> tuple[Step, int]:
    """-> (a step that fits in the device's memory, its peak above weights and optimizer in bytes).

    Micro-batches are halved until they fit, which changes no result. Raises OutOfMemoryError when even the
    smallest do not.
    """
    while True:
        try:
            step = Step(model, loss, groups, max_tokens)
            step()  # makes the optimizer's moments
            return step, peak_bytes(device, step)
        except torch.OutOfMemoryError:
            if max_tokens <= 1024:
                raise
        # only here, where the exception no longer holds the failed step's tensors
        step = None
        max_tokens //= 2
        torch.cuda.empty_cache()


def _against_padded(
    results: Results,
    device: torch.device,
    plan: Training,
    model: LoadedModel,
    name: str,
    loss: LossSettings,
    groups: Sequence[TrainGroup],
    step: Step,
) -> None:
    """The same step in the plain way, by turns with ours."""
    max_tokens = step.max_tokens
    while True:
        try:
            plain = PaddedRows(model, loss, groups, max_tokens, ADAMW)
            plain()
            break
        except torch.OutOfMemoryError:
            if max_tokens <= 1024:
                results.skip(
                    f"{name}: padded rows with full logits do not fit in {max_tokens} tokens at a time"
                )
                return
        plain = None
        max_tokens //= 2
        torch.cuda.empty_cache()
    step()
    tolerance = 1e-4 if plan.dtype == torch.float32 else 1e-2
    results.at_most(
        f"{name}: loss, padded rows against ours, relative", abs(plain.loss / step.loss - 1), tolerance
    )
    seconds = alternating(device, (step, plain), plan.against_padded)
    against = ratio(seconds, of=1, to=0)
    title = f"{name}: time of padded rows with full logits over ours"
    results.measure(f"{title}, median of {plan.against_padded}", against.median, "times")
    results.measure(f"{title}, lowest to highest", against.spread)
    results.measure(f"{name}: padded rows, tokens a micro-batch (padding and each prompt again)", max_tokens)


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def small(plan: Training) -> Training:
    """The same in little: a trial of the measurement."""
    from shapes import SHORT, TINY

    rounds = 1 if plan.against_padded else 0
    return replace(
        plan,
        shape=TINY,
        lengths=SHORT,
        questions=(min(plan.questions[0], 2), min(plan.questions[1], 2)),
        max_tokens=1024,
        warmup=0,
        repeats=1,
        against_padded=rounds,
        matrix=plan.matrix and 256,
    )
