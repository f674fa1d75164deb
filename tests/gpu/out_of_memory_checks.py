"""Memory that is too small for what is asked at once: steps and scores go on in smaller micro-batches."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import ScheduleSettings, ScoreGroup, ScoreResponse, StepMetrics, TrainGroup
from aft_worker.score import score_groups, scoring
from aft_worker.train.trainer import Trainer
from clock import peak_bytes
from numerics import ADAMW, LOSSES, SHAPE, SMALL
from random_models import converted, group, rounded
from results import Results

K = 32
LARGE = 1 << 20  # tokens: all at once
SCHEDULE = ScheduleSettings(shape="constant", total_steps=2, warmup_steps=0, minimum_ratio=0.0)
# of a gradient's norm, and of a score: bfloat16's rounding, of batches that are cut otherwise
TOLERANCE = 2e-2


def check_out_of_memory(results: Results, device: torch.device, small: bool) -> None:
    shape = SMALL if small else SHAPE
    lengths = (range(100, 101), range(130, 131)) if not small else (range(20, 21), range(30, 31))
    one = group(random.Random(3), "q", shape.vocabulary, K, lengths)

    def training() -> Trainer:
        model = converted(rounded(shape, seed=13), device, torch.bfloat16)
        run = Trainer(
            model,
            optimizer=ADAMW,
            schedule=SCHEDULE,
            loss=LOSSES["boundary"],
            seed=0,
            max_tokens_per_batch=LARGE,
        )
        run.step(1, [one])  # makes the moments
        return run

    expected, peak = _unbound(device, training(), one)
    cut, notes = training(), list[str]()
    with _room(device, peak // 2):
        found = cut.step(2, [one], tell=notes.append)
    results.equal("memory runs out in a step: what is said", len(notes), 1)
    apart = abs(found.gradient_norm / expected.gradient_norm - 1)
    results.at_most("the same step in half the memory: gradient norms apart", apart, TOLERANCE)
    del cut
    model = converted(rounded(shape, seed=13), device, torch.bfloat16)
    before = _scores(model, one, [])
    peak = peak_bytes(device, lambda: _scores(model, one, []))
    with _room(device, peak // 2):
        after = _scores(model, one, notes)
    results.equal("memory runs out while it scores: what is said", len(notes), 2)
    apart = max(abs(a / b - 1) for a, b in zip(after, before, strict=True))
    results.at_most("the same scores in half the memory: apart", apart, TOLERANCE)


def _unbound(device: torch.device, run: Trainer, one: TrainGroup) -> tuple[StepMetrics, int]:
    """The second step, and its peak in bytes."""
    found: list[StepMetrics] = []
    peak = peak_bytes(device, lambda: found.append(run.step(2, [one])))
    return found[0], peak


def _scores(model: LoadedModel, one: TrainGroup, notes: list[str]) -> list[float]:
    responses = [ScoreResponse(text=each.text, token_ids=each.token_ids) for each in one.responses]
    asked = ScoreGroup(id=one.id, prompt=one.prompt, responses=responses)
    ((scored,), _) = score_groups(model, [asked], LARGE, tell=notes.append)
    return [response.logprob for response in scored]


@contextmanager
def _room(device: torch.device, spare: int) -> Iterator[None]:
    """Within it this process has so many bytes more than now; on the CPU micro-batches of 300 places."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        whole = torch.cuda.get_device_properties(device).total_memory
        share = (torch.cuda.memory_reserved(device) + spare) / whole
        torch.cuda.set_per_process_memory_fraction(min(1.0, share), device)
        try:
            yield
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0, device)
        return
    own = scoring.token_logprobs

    def narrow(model, batch, chunk=None):
        if batch.input_ids.numel() > 300:
            raise torch.OutOfMemoryError("as planned")
        return own(model, batch, chunk)

    scoring.token_logprobs = narrow
    try:
        yield
    finally:
        scoring.token_logprobs = own
