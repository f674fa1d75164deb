"""What the way to the worker costs: a step's time by the worker's own clock against that of its client."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch
from aft_worker.device import dtype_name
from aft_worker.model.saving import save_model
from aft_worker.protocol import LossSettings, TrainGroup
from client import Request, Worker
from random_models import Shape, made_on
from results import Results
from shapes import Lengths, named
from training_speed import ADAMW, AFT, SCHEDULE, VFT, groups_for

IN_FLIGHT = 3  # as ts/experiment/train has it
SET_UP = 2  # steps that are not counted


def measure_bridge(
    results: Results,
    device: torch.device,
    title: str,
    shape: Shape,
    dtype: torch.dtype,
    lengths: Lengths,
    questions: tuple[int, int],
    max_tokens: int,
    rounds: int,
    folder: Path,
) -> None:
    """Steps as a run sends them, some ahead of the one that is awaited; `questions` a step of VFT and AFT."""
    title = named(title, shape)
    model = made_on(device, shape, dtype)
    save_model(model, str(folder / "model"))
    spelled = {
        name: _spelled(model.tokenizer.decode, groups_for(shape, lengths, count, aligned=name == "AFT"))
        for name, count in (("VFT", questions[0]), ("AFT", questions[1]))
    }
    del model
    with Worker() as worker:
        loaded = worker.call(
            "model/load",
            **{
                "source": str(folder / "model"),
                "dtype": dtype_name(dtype),
                "device": str(device),
                "attention": "auto",
            },
        )
        for name, loss in (("VFT", VFT), ("AFT", AFT)):
            inside, whole = _steps(worker, loaded["model"], loss, spelled[name], max_tokens, rounds)
            shares = [100 * (1 - a / b) for a, b in zip(inside, whole, strict=True)]
            start = f"{name}, {title}, through the worker"
            results.measure(f"{start}: step time, median of {rounds}", 1000 * statistics.median(whole), "ms")
            results.measure(f"{start}: of it in the worker's step", 1000 * statistics.median(inside), "ms")
            results.measure(
                f"{start}: share of the bridge (client in Python)", statistics.median(shares), "%"
            )
            results.measure(f"{start}: lowest to highest", f"{min(shares):.1f} to {max(shares):.1f} %")
        worker.call("shutdown")


def _spelled(decode: Any, groups: Sequence[TrainGroup]) -> list[dict[str, Any]]:
    """As they go over the wire: with their texts, which the worker holds against the ids."""
    for one in groups:
        for response in one.responses:
            response.text = decode(response.token_ids)
    return [msgspec.to_builtins(one) for one in groups]


def _steps(
    worker: Worker,
    model: str,
    loss: LossSettings,
    groups: list[dict[str, Any]],
    max_tokens: int,
    rounds: int,
) -> tuple[list[float], list[float]]:
    """Seconds of each step: (by the worker's clock, from the answer before it to its own)."""
    settings = {
        "optimizer": msgspec.to_builtins(ADAMW),
        "schedule": msgspec.to_builtins(SCHEDULE),
        "loss": msgspec.to_builtins(loss),
    }
    run = worker.call("train/begin", model=model, seed=0, maxTokensPerBatch=max_tokens, **settings)["run"]
    inside, whole = [], []
    sent: deque[Request] = deque()
    answered = time.perf_counter()
    for number in range(1, SET_UP + rounds + IN_FLIGHT):
        if number <= SET_UP + rounds:
            sent.append(worker.send("train/step", {"run": run, "step": number, "groups": groups}))
        if number >= IN_FLIGHT:
            metrics = sent.popleft().result()
            before, answered = answered, time.perf_counter()
            if metrics["step"] > SET_UP:
                inside.append(metrics["seconds"])
                whole.append(answered - before)
    worker.call("train/end", run=run)
    return inside, whole
