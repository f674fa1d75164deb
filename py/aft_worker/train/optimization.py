"""AdamW with float32 master weights, its learning-rate schedule, and clipping by the global norm."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from .. import distributed, shared_weights
from ..protocol import OptimizerSettings, ScheduleSettings

# what runs over many tensors at once is exported under no public name
_torch: Any = torch


def learning_rate(highest: float, schedule: ScheduleSettings, step: int) -> float:
    """The learning rate of step 1..total: linear warm-up to `highest` at the last warm-up step, then down.

    The last step has `minimum_ratio` x highest (cosine, linear), and so has every step after it.
    """
    warmup = schedule.warmup_steps
    if step < warmup:
        return highest * step / warmup
    if schedule.shape == "constant":
        return highest
    peak = max(warmup, 1)
    done = min(1.0, (step - peak) / max(1, schedule.total_steps - peak))
    fall = (1 + math.cos(math.pi * done)) / 2 if schedule.shape == "cosine" else 1 - done
    return highest * (schedule.minimum_ratio + (1 - schedule.minimum_ratio) * fall)


class Optimizer:
    """AdamW (arXiv 1711.05101) over the module's trainable weights.

    Weights below float32 (bfloat16) get a float32 master copy: gradients are summed over micro-batches and
    applied there, and the rounded result is copied back, since a bfloat16 weight loses updates under 1/256 of
    its size. Weight decay is for weights of two dimensions and more (embeddings included); norms and biases
    are not decayed.
    """

    def __init__(self, module: nn.Module, settings: OptimizerSettings) -> None:
        self.weights: dict[str, nn.Parameter] = {
            name: weight for name, weight in module.named_parameters() if weight.requires_grad
        }
        self.masters: dict[str, Tensor] = {name: _master(weight) for name, weight in self.weights.items()}
        self._copied = [
            (weight, self.masters[name]) for name, weight in self.weights.items() if not _is_full(weight)
        ]
        # all of them or none: an adapter is never shared out, and its base is not trained
        self._is_shared_out = any(map(shared_weights.is_part, self.weights.values()))
        self._collecting = False
        self._kept: list[Tensor] = []
        # once for all, not at each pass: a model has hundreds of weights
        this: weakref.ref[Optimizer] = weakref.ref(self)
        for weight, master in self._copied:
            hook = weight.register_post_accumulate_grad_hook(partial(_collect, this, master))
            # the model may live longer, and must not hold what this holds
            weakref.finalize(self, hook.remove)
        self._clip = settings.clip_norm
        masters = list(self.masters.values())
        groups = [
            {"params": [m for m in masters if m.dim() >= 2], "weight_decay": settings.weight_decay},
            {"params": [m for m in masters if m.dim() < 2], "weight_decay": 0.0},
        ]
        self._adamw = torch.optim.AdamW(
            [group for group in groups if group["params"]],
            lr=settings.learning_rate,
            betas=settings.betas,
            eps=settings.epsilon,
            fused=all(m.device.type in ("cpu", "cuda") for m in masters) or None,
        )

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Around each backward pass: adds low-precision gradients to the masters' in float32.

        Each as soon as it is whole, so that there are never low-precision gradients of all weights beside the
        float32 ones: 2 bytes a weight less at the peak.
        """
        self._collecting = True
        try:
            yield
        finally:
            self._collecting = False

    def sum_over_processes(self) -> None:
        """Makes what has been collected here the sum of what all processes have collected. Of a weight that
        is shared out the gradient is, too, and is the sum already."""
        if not self._is_shared_out:
            shared_weights.sum_gradients(self.masters.values())
            return
        for name, weight in self.weights.items():
            if weight.grad is not None:
                self.masters[name].grad = shared_weights.part(weight.grad)

    def gradient_norm(self) -> Tensor:
        """Global 2-norm [] of what has been collected, on its device; 0 when nothing has."""
        gradients = self._gradients()
        norm = torch.nn.utils.get_total_norm(gradients) if gradients else torch.zeros(())
        if not self._is_shared_out:
            return norm
        (squares,) = distributed.total(float(norm) ** 2)
        return torch.tensor(squares, dtype=torch.float64).sqrt()

    def step(self, rate: float, norm: float) -> None:
        """Clips (`norm` is the present global norm), updates the weights, forgets the gradients."""
        if 0 < self._clip < norm:
            _torch._foreach_mul_(self._gradients(), self._clip / norm)
        for group in self._adamw.param_groups:
            group["lr"] = rate
        first = not self._adamw.state
        try:
            self._adamw.step()
        except BaseException:
            # memory may run out while the moments are made: half of them would break the next step
            if first:
                self._adamw.state.clear()
            raise
        if self._copied:
            with torch.no_grad():
                weights, masters = zip(*self._copied, strict=True)
                _torch._foreach_copy_(weights, masters)
        self.discard()

    def discard(self) -> None:
        """Forgets all gradients."""
        for name, weight in self.weights.items():
            weight.grad = None
            self.masters[name].grad = None

    def state(self) -> dict[str, Tensor]:
        """Moments and step counts, "<weight>/<moment>" to tensor; empty before the first step."""
        return {
            f"{name}/{key}": value
            for name, master in self.masters.items()
            for key, value in self._adamw.state.get(master, {}).items()
        }

    @torch.no_grad()
    def restore(self, masters: dict[str, Tensor], state: dict[str, Tensor]) -> None:
        """Takes over weights and moments of an earlier run; the names and shapes must be this model's."""
        for name, weight in self.weights.items():
            self.masters[name].copy_(masters[name])
            if not shared_weights.is_part(weight):
                weight.copy_(self.masters[name])
        self._adamw.state.clear()
        for key, value in state.items():
            name, _, moment = key.rpartition("/")
            master = self.masters[name]
            # a step count lives where AdamW made it: with fused on the weight's device
            self._adamw.state[master][moment] = value.to(master.device).clone()

    def _gradients(self) -> list[Tensor]:
        return [master.grad for master in self.masters.values() if master.grad is not None]

    def keep_gradients(self) -> list[Tensor]:
        """From now on the gradient of each weight stays in one tensor, zero at first: these, in order."""
        self._kept = [torch.zeros_like(master) for master in self.masters.values()]
        return self._kept

    def begin(self) -> None:
        """Before a step's first pass."""
        if self._kept:
            _torch._foreach_zero_(self._kept)
            for master, gradient in zip(self.masters.values(), self._kept, strict=True):
                master.grad = gradient

    @property
    def is_collecting(self) -> bool:
        return self._collecting


def _collect(optimizer: weakref.ref[Optimizer], master: Tensor, weight: Tensor) -> None:
    owner = optimizer()
    if owner is None or not owner.is_collecting or weight.grad is None:
        return
    if master.grad is None:
        master.grad = weight.grad.float()
    else:
        master.grad += weight.grad
    weight.grad = None


def _master(weight: nn.Parameter) -> Tensor:
    if shared_weights.is_part(weight):
        # in float32 already
        return shared_weights.part(weight).requires_grad_()
    return weight if _is_full(weight) else weight.detach().float().requires_grad_()


def _is_full(weight: Tensor) -> bool:
    return weight.dtype in (torch.float32, torch.float64)
