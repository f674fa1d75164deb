"""The loss steps: one global batch in, one update of the weights out."""

import math
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import torch

from .. import distributed
from ..callbacks import CheckCancelled, OnProgress, never_cancelled, no_progress
from ..errors import WorkerError
from ..losses import Objective
from ..protocol import (
    LossSettings,
    OptimizerSettings,
    ScheduleSettings,
    StepMetrics,
    TrainGroup,
    VftLoss,
)
from ..score import Model
from .global_batch import prepare
from .gradients import GradientPass
from .optimization import Optimizer, learning_rate
from .saved_state import load_state, save_state
from .step_metrics import score_metrics


class Trainer:
    """A training run of a loaded model, whose weights it changes in place.

    The gradient of a step does not depend on how its global batch is cut into micro-batches, and a group that
    does not fit in one is scored first and differentiated piece by piece. `steps_done` counts the updates.
    Raises InvalidParams, and ResumeRefused where `resume_from` (a folder that `save` wrote) does not fit.
    """

    def __init__(
        self,
        model: Model,
        *,
        optimizer: OptimizerSettings,
        schedule: ScheduleSettings,
        loss: LossSettings,
        seed: int,
        max_tokens_per_batch: int,
        resume_from: str | Path | None = None,
    ) -> None:
        _check_trainable(model, optimizer, loss)
        self.steps_done = 0
        self._model = model
        self._highest_rate = optimizer.learning_rate
        self._schedule = schedule
        self._loss = loss
        self._seed = seed
        self._max_tokens = max_tokens_per_batch
        self._optimizer = Optimizer(model.module, optimizer)
        # all that a resumed run must share with the one that was saved
        settings = {"optimizer": optimizer, "schedule": schedule, "loss": loss, "seed": seed}
        # by way of JSON, so that they can be held against settings that were read back
        self._settings = msgspec.json.decode(msgspec.json.encode(settings))
        if resume_from is not None:
            self.steps_done = load_state(Path(resume_from), self._optimizer, self._settings)

    def save(self, directory: str | Path) -> int:
        """Writes weights, optimizer and step to a folder, whole or not at all; -> steps done."""
        save_state(Path(directory), self._optimizer, self.steps_done, self._settings)
        return self.steps_done

    def step(
        self,
        number: int,
        groups: Sequence[TrainGroup],
        check_cancelled: CheckCancelled = never_cancelled,
        on_progress: OnProgress = no_progress,
    ) -> StepMetrics:
        """One update from the global batch `groups`, which all processes have and each does its share of.

        `check_cancelled` is called before each micro-batch, `on_progress` after each but the last. Whatever
        is raised, the weights are as before the step: StepOutOfOrder, NonFiniteLoss, or what `encode_group`
        and the two raise.
        """
        if number != self.steps_done + 1:
            message = f"step {number} asked for, but step {self.steps_done + 1} is next"
            raise WorkerError("StepOutOfOrder", message, expected=self.steps_done + 1, found=number)
        started = time.perf_counter()
        if not self._model.module.training:
            self._model.module.train()
        batch = prepare(self._model, distributed.share(groups), self._loss, self._max_tokens)
        paired_groups, target_tokens = distributed.total(len(batch.paired), batch.target_tokens)
        gradients = GradientPass(
            self._model,
            optimizer=self._optimizer,
            objective=Objective(self._loss, target_tokens, len(groups)),
            batch=batch,
            max_tokens=self._max_tokens,
            seed=self._seed,
            step=number,
            check_cancelled=check_cancelled,
            on_progress=on_progress,
        )
        try:
            gradients.run()
            self._optimizer.sum_over_processes()
            norm = self._optimizer.gradient_norm()
            if not math.isfinite(norm):
                raise gradients.non_finite("the gradient", batch.ids)
            rate = learning_rate(self._highest_rate, self._schedule, number)
            self._optimizer.step(rate, norm)
        except BaseException:
            self._optimizer.discard()
            raise
        self.steps_done = number
        (tokens,) = distributed.total(gradients.tokens)
        seconds = time.perf_counter() - started
        return StepMetrics(
            step=number,
            learning_rate=rate,
            loss=gradients.loss,
            gradient_norm=norm,
            groups=len(groups),
            paired_groups=paired_groups,
            target_tokens=target_tokens,
            tokens=tokens,
            seconds=seconds,
            tokens_per_second=tokens / seconds,
            **score_metrics(batch, gradients.scores, getattr(self._loss, "beta", None)),
        )


def _check_trainable(model: Model, optimizer: OptimizerSettings, loss: LossSettings) -> None:
    for index, beta in enumerate(optimizer.betas):
        if not 0 <= beta < 1:
            message = f"AdamW's betas lie in [0, 1), found {beta}"
            pointer = f"/optimizer/betas/{index}"
            raise WorkerError("InvalidParams", message, pointer=pointer, found=str(beta))
    if not isinstance(loss, VftLoss) and loss.constraint == "boundary" and loss.beta is None:
        message = "the boundary constraint needs beta: the boundary lies at min s(better) - beta"
        raise WorkerError("InvalidParams", message, pointer="/loss/beta", found="nothing")
    if any(w.dtype == torch.float16 for w in model.module.parameters()):
        # gradients in it underflow without loss scaling, also on their way through a frozen base
        message = "float16 weights cannot be trained: load the model in bfloat16 or float32"
        raise WorkerError("InvalidParams", message, pointer="/model", found="float16")
