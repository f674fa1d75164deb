"""Trainings, step by step."""

import torch

from .. import protocol as p
from ..device import free_bytes
from ..rpc import Context, CountReporter
from ..train import Trainer
from .registries import TrainingRun, models, runs, vllm


def begin(params: p.TrainBeginParams, context: Context) -> p.TrainBeginResult:
    model = models.get(params.model)
    vllm.close()  # its memory is needed
    # a resumed run puts its own weights in, and may fail on the way
    model.weights_changed()
    trainer = Trainer(
        model,
        optimizer=params.optimizer,
        schedule=params.schedule,
        loss=params.loss,
        seed=params.seed,
        max_tokens_per_batch=params.max_tokens_per_batch,
        resume_from=params.resume_from,
        recorded=params.recorded_steps,
    )
    return p.TrainBeginResult(run=runs.add(TrainingRun(trainer, model)), step=trainer.steps_done)


def step(params: p.TrainStepParams, context: Context) -> p.StepMetrics:
    run = runs.get(params.run)
    run.model.weights_changed()

    def upcoming() -> tuple[int, list[p.TrainGroup]] | None:
        following: p.TrainStepParams | None = context.upcoming()
        if following is None or following.run != params.run:
            return None
        return following.step, following.groups

    report = CountReporter(context)
    return run.trainer.step(
        params.step, params.groups, context.check_cancelled, report, upcoming, report.note
    )


def save(params: p.TrainSaveParams, context: Context) -> p.TrainSaveResult:
    trainer = runs.get(params.run).trainer
    if not params.background:
        return p.TrainSaveResult(step=trainer.save(params.directory))
    # memory that is free now may be wanted by the next step
    failed = trainer.save_beside(params.directory, free_bytes(torch.device("cpu")) // 2)
    return p.TrainSaveResult(step=trainer.steps_done, failed=None if failed is None else failed.message)


def end(params: p.TrainEndParams, context: Context) -> p.TrainEndResult:
    """Lets go of the optimizer; the model keeps the trained weights."""
    run = runs.remove(params.run)
    run.model.module.eval()
    trainer = run.trainer
    trainer.end()
    return p.TrainEndResult(step=trainer.steps_done, digest=run.model.digest(), rows=trainer.rows)
