"""What a step finds on its way: scores, its loss and the gradient's norm, in one copy from the device."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .. import distributed
from ..device import wide, wide_device
from ..errors import WorkerError, real
from ..losses import LossShare, Objective
from ..protocol import LossParts
from ..score import FromDevice
from .global_batch import Batch


@dataclass(frozen=True, slots=True)
class Findings:
    """Of a whole step: `scores` (sum / tokens, one a response), the gradient's norm, the loss's parts, and
    both of them with their weighted sum in `loss`."""

    scores: list[float]
    norm: float
    vft: float
    alignment: float
    loss: LossParts
    divergence: float | None = None


class Finds:
    """Gathers them: `note` each pass, then `send`, then `wait`. Until then nothing is read."""

    def __init__(self, batch: Batch, objective: Objective, step: int) -> None:
        self._batch = batch
        self._objective = objective
        self._step = step
        # of each pass: [its responses] scores, then its two parts of the loss
        self._noted: list[list[Tensor]] = [[] for _ in batch.passes]
        self._copied: FromDevice | None = None

    def note(self, number: int, scores: Tensor, loss: LossShare) -> None:
        """Of the pass of this number; scores [R] as `Findings` has them."""
        self._noted[number] = [scores, torch.stack([loss.vft, loss.alignment])]

    def send(self, norm: Tensor, device: torch.device) -> None:
        """Starts the copy of all that was noted, and of the gradient's norm [], from the model's device."""
        flat = [tensor for one in self._noted for tensor in one]
        self._copied = FromDevice(torch.cat([*flat, wide(norm).reshape(1).to(wide_device(device))]))

    def wait(self) -> Findings:
        """Raises NonFiniteLoss, naming the groups of the first pass that is at fault."""
        with distributed.agreed():
            scores, norm, vft, alignment = self._here()
        parts = vft, alignment = distributed.total(vft, alignment)
        return Findings(
            scores, norm, vft, alignment, loss=self._loss(*parts), divergence=self._objective.divergence
        )

    def _here(self) -> tuple[list[float], float, float, float]:
        """This process's scores and parts of the loss, and the norm of the whole gradient."""
        assert self._copied is not None
        values = self._copied.wait()[0].tolist()
        scores = [0.0] * len(self._batch.responses)
        parts: list[tuple[float, float]] = []
        faults: list[tuple[str, list[str]]] = []
        start = 0
        for one in self._batch.passes:
            own = values[start : start + len(one.numbers)]
            parts.append((values[start + len(own)], values[start + len(own) + 1]))
            start += len(own) + 2
            for number, score in zip(one.numbers, own, strict=True):
                scores[number] = score
            if not math.isfinite(sum(parts[-1])):
                faults.append(("the loss", one.groups))
            elif not all(map(math.isfinite, own)):
                # a negative of -inf gives a loss of 0, and is broken all the same
                faults.append(("a score", one.groups))
        norm = values[-1]
        vft, alignment = (sum(part) for part in zip(*parts, strict=True)) if parts else (0.0, 0.0)
        if not faults and not math.isfinite(norm):
            faults.append(("the gradient", self._batch.ids))
        if faults:
            raise self._non_finite(*faults[0], self._loss(vft, alignment))
        return scores, norm, vft, alignment

    def _loss(self, vft: float, alignment: float) -> LossParts:
        total = self._objective.total(vft, alignment)
        return LossParts(total=real(total), vft=real(vft), alignment=real(alignment))

    def _non_finite(self, what: str, groups: Sequence[str], loss: LossParts) -> WorkerError:
        """The error that says which step and groups gave it."""
        names = ", ".join(groups[:5]) + (f" and {len(groups) - 5} more" if len(groups) > 5 else "")
        message = f"step {self._step}: {what} is not finite; groups {names}. The weights are unchanged"
        return WorkerError("NonFiniteLoss", message, step=self._step, groups=list(groups), loss=loss)
