"""The loss steps: one global batch in, one update of the weights out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from .. import distributed
from ..callbacks import CheckCancelled, OnProgress, Tell, never_cancelled, no_progress, untold
from ..errors import WorkerError
from ..losses import Objective, group_loss
from ..memory import advise, is_out_of_memory, release, told
from ..protocol import (
    LossSettings,
    OptimizerSettings,
    ScheduleSettings,
    StepMetrics,
    TrainGroup,
    VftLoss,
)
from ..score import PADDED, Model, go, score_path
from .batches import Batches, Upcoming, unknown
from .captured import CapturedPasses
from .dropout import tell_left_off
from .findings import Findings
from .global_batch import Batch
from .gradients import GradientPass
from .mode import parts_in_training
from .optimization import Optimizer, learning_rate
from .packing import choose_layout, keep_layout
from .saved_state import State, load_state, present_state
from .saving import Saving
from .start_weights import StartWeights
from .step_metrics import score_metrics


@dataclass(frozen=True, slots=True)
class _Collected:
    """A step's gradient, and what was found on the way; `totals`: counts over all processes."""

    batch: Batch
    totals: tuple[int, ...]
    gradients: GradientPass
    found: Findings
    began_ahead: bool


class Trainer:
    """A training run of a loaded model, whose weights it changes in place.

    The gradient of a step does not depend on how its global batch is cut into micro-batches, and a group that
    does not fit in one is scored first and differentiated piece by piece. `steps_done` counts the updates;
    `rows`: how they lie, and why, where that was a question. `halves`: where memory runs out a step begins
    anew with smaller micro-batches; False: for who looks for the size that fits. Raises InvalidParams, and
    ResumeRefused where `resume_from` (a folder that `save` wrote) does not fit, ResumeDamaged where it is not
    what was written, or of more steps than the `recorded` ones.
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
        recorded: int | None = None,
        halves: bool = True,
    ) -> None:
        _check_trainable(model, optimizer, loss)
        self.steps_done = 0
        self.rows: str | None = None
        self._model = model
        self._in_training = parts_in_training(model.module)
        self._highest_rate = optimizer.learning_rate
        self._schedule = schedule
        self._loss = loss
        self._seed = seed
        self._batches = Batches(model, loss, seed, max_tokens_per_batch)
        self._asked_tokens = max_tokens_per_batch
        self._halves = halves
        self._optimizer = Optimizer(model.module, optimizer)
        self._group_loss = group_loss(loss)
        self._start: StartWeights | None = None
        if self._group_loss is not None and self._group_loss.needs_start:
            self._start = StartWeights(model, list(self._optimizer.weights.values()))
        self._saving = Saving()
        # how rows lie is chosen at the first step that this process does
        self._chosen = False
        self._captured: CapturedPasses | None = None
        self._ended = 0.0
        # all that a resumed run must share with the one that was saved
        settings = {"optimizer": optimizer, "schedule": schedule, "loss": loss, "seed": seed}
        if self._start is not None:
            settings["startWeights"] = self._start.checksum
        # by way of JSON, so that they can be held against settings that were read back
        self._settings = msgspec.json.decode(msgspec.json.encode(settings))
        if resume_from is not None:
            self.steps_done, way, tokens = load_state(
                Path(resume_from), self._optimizer, self._settings, recorded
            )
            # as the run was cut since memory ran out, for the same bits as of an unbroken one
            self._batches.max_tokens = min(max_tokens_per_batch, tokens or max_tokens_per_batch)
            if self.steps_done:
                self.rows = keep_layout(model, way)
                self._chosen = True

    def save(self, directory: str | Path) -> int:
        """Writes weights, optimizer and step to a folder, whole or not at all; -> steps done."""
        self._saving.now(self._state(), Path(directory))
        return self.steps_done

    def save_beside(self, directory: str | Path, spare_bytes: int) -> WorkerError | None:
        """The same while the next steps go on, from a copy in main memory where that takes at most
        `spare_bytes`; -> why an earlier one could not be written, which is no reason to stop."""
        return self._saving.beside(self._state(), Path(directory), spare_bytes)

    def end(self) -> None:
        """Waits for a state that is being written, whatever becomes of it: nothing goes on from it."""
        self._saving.wait()

    def _state(self) -> State:
        way = score_path(self._model.module).way
        tokens = self._batches.max_tokens if self._batches.max_tokens < self._asked_tokens else None
        return present_state(self._optimizer, self.steps_done, self._settings, way, tokens)

    def step(
        self,
        number: int,
        groups: Sequence[TrainGroup],
        check_cancelled: CheckCancelled = never_cancelled,
        on_progress: OnProgress = no_progress,
        upcoming: Upcoming = unknown,
        tell: Tell = untold,
    ) -> StepMetrics:
        """One update from the global batch `groups`, which all ranks have and each does its share of.

        `check_cancelled` is called before each micro-batch, `on_progress` after each but the last, and
        `upcoming` while the device is still at work: the batch that it names is prepared meanwhile. Where
        memory runs out the step begins anew with micro-batches of half the size, which stay so; it stays an
        error where one response alone is too long, and, with what would do, where the other ranks are in an
        exchange meanwhile. `tell` gets a line of that, and of dropout that is off. Whatever is raised, the
        weights are as before the step: StepOutOfOrder, NonFiniteLoss, or what `encode_group` and the first
        two raise.
        """
        if number != self.steps_done + 1:
            message = f"step {number} asked for, but step {self.steps_done + 1} is next"
            raise WorkerError("StepOutOfOrder", message, expected=self.steps_done + 1, found=number)
        tell_left_off(score_path(self._model.module).config, tell)
        started = time.perf_counter()
        if self._model.module.training:
            self._model.module.eval()
        for part in self._in_training:
            part.training = True
        before = self._batches.max_tokens
        while True:
            try:
                done = self._collected(number, groups, check_cancelled, on_progress, upcoming)
                break
            except BaseException as error:
                self._optimizer.discard()
                if not self._cut(error, number, groups):
                    raise
        if self._batches.max_tokens < before:
            tell(told(self._batches.max_tokens, self._asked_tokens, "tokens are trained on at once"))
        batch, gradients, found = done.batch, done.gradients, done.found
        if done.began_ahead:
            # its work on the device began with the end of the step before
            started = self._ended
        rate = learning_rate(self._highest_rate, self._schedule, number)
        try:
            with distributed.agreed():
                self._optimizer.step(rate, found.norm)
        except BaseException:
            self._optimizer.discard()
            raise
        self.steps_done = number
        self._batches.begin_ahead(self._captured)
        paired_groups, taken_groups, target_tokens, *_ = done.totals
        loss = self._group_loss
        (tokens,) = distributed.total(gradients.tokens)
        self._ended = time.perf_counter()
        seconds = self._ended - started
        return StepMetrics(
            step=number,
            learning_rate=rate,
            loss=found.loss,
            gradient_norm=found.norm,
            groups=len(groups),
            paired_groups=paired_groups,
            taken_groups=taken_groups if loss is not None and not loss.needs_pair else None,
            target_tokens=target_tokens,
            tokens=tokens,
            seconds=seconds,
            tokens_per_second=tokens / seconds,
            divergence=found.divergence,
            **score_metrics(batch, found.scores, getattr(self._loss, "beta", None)),
        )

    def _collected(
        self,
        number: int,
        groups: Sequence[TrainGroup],
        check_cancelled: CheckCancelled,
        on_progress: OnProgress,
        upcoming: Upcoming,
    ) -> _Collected:
        """The step's gradient, in the optimizer's hands. What is raised leaves a part of it there."""
        if not self._chosen:
            self._choose_layout(groups, check_cancelled)
            self._chosen = True
        if self._captured is None and score_path(self._model.module).way.captured:
            weights, gradients = self._optimizer.weights.values(), self._optimizer.keep_gradients()
            by_token = self._group_loss is not None and self._group_loss.by_token is not None
            self._captured = CapturedPasses(self._model, list(weights), gradients, by_token)
        batch, begun = self._batches.take(number, groups)
        totals = distributed.total(
            len(batch.paired), len(batch.taken), batch.target_tokens, *batch.taking_part
        )
        _, _, target_tokens, responses, response_tokens = totals
        gradients = GradientPass(
            self._model,
            optimizer=self._optimizer,
            objective=Objective(self._loss, target_tokens, len(groups), responses, response_tokens),
            batch=batch,
            seed=self._seed,
            step=number,
            check_cancelled=check_cancelled,
            on_progress=on_progress,
            captured=self._captured,
            begun=begun,
            start=self._start,
        )
        gradients.run()
        self._optimizer.sum_over_processes()
        gradients.send()
        self._batches.prepare_ahead(upcoming)
        return _Collected(batch, totals, gradients, gradients.wait(), begun is not None)

    def _choose_layout(self, groups: Sequence[TrainGroup], check_cancelled: CheckCancelled) -> None:
        """Of several ranks rank 0 tries and measures, and the others go its way."""
        path = score_path(self._model.module)
        if path.is_shared_out:
            go(self._model.module, PADDED)
            return
        own, steps = distributed.share(groups), self._schedule.total_steps
        if distributed.world_size() > 1:
            check_cancelled()
            check_cancelled = never_cancelled
        with distributed.agreed():
            if distributed.is_main():
                self.rows = choose_layout(
                    self._model, own, self._loss, self._batches.max_tokens, steps, check_cancelled
                )
        way, path.repeats = distributed.from_main((path.way, path.repeats))
        if not distributed.is_main():
            go(self._model.module, way)

    def _cut(self, error: BaseException, number: int, groups: Sequence[TrainGroup]) -> bool:
        """Whether memory ran out, and the step may begin anew in smaller micro-batches."""
        if not self._halves or not is_out_of_memory(error):
            return False
        if not distributed.is_agreed(error):
            advise(error, self._batches.smaller)
            return False
        # batches and captured passes of the larger size hold memory, too
        self._captured = None
        self._batches.forget()
        release(error)
        return self._batches.cut(number, groups)


def _check_trainable(model: Model, optimizer: OptimizerSettings, loss: LossSettings) -> None:
    for index, beta in enumerate(optimizer.betas):
        if not 0 <= beta < 1:
            message = f"AdamW's betas lie in [0, 1), found {beta}"
            pointer = f"/optimizer/betas/{index}"
            raise WorkerError("InvalidParams", message, pointer=pointer, found=str(beta))
    if (
        not isinstance(loss, VftLoss)
        and loss.constraint == "boundary"
        and getattr(loss, "beta", None) is None
    ):
        message = "the boundary constraint needs beta: the boundary lies at min s(better) - beta"
        raise WorkerError("InvalidParams", message, pointer="/loss/beta", found="nothing")
    if any(w.dtype == torch.float16 for w in model.module.parameters()):
        # gradients in it underflow without loss scaling, also on their way through a frozen base
        message = "float16 weights cannot be trained: load the model in bfloat16 or float32"
        raise WorkerError("InvalidParams", message, pointer="/model", found="float16")
