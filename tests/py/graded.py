"""Steps of every group loss through a tiny model: settings, groups of all feedback, the gradient."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import tiny
import torch
from aft_worker.callbacks import never_cancelled, no_progress
from aft_worker.losses.objective import Objective
from aft_worker.protocol import (
    DpoLoss,
    LossSettings,
    ProLoss,
    RrhfLoss,
    TrainGroup,
    TrainResponse,
    VftLoss,
)
from aft_worker.train.global_batch import prepare
from aft_worker.train.gradients import GradientPass
from aft_worker.train.optimization import Optimizer

BETA = 0.3


def _group_losses() -> dict[str, LossSettings]:
    found: dict[str, LossSettings] = {}
    found["boundary attached"] = tiny.alignment("boundary", weight=2.0, beta=BETA, detach_boundary=False)
    for constraint in ("none", "detached", "boundary"):
        beta = BETA if constraint == "boundary" else None
        found[constraint] = tiny.alignment(constraint, weight=2.0, beta=beta)
        usual = {"constraint": constraint, "beta": beta}
        found[f"rrhf {constraint}"] = RrhfLoss(weight=1.5, vft_weight=0.5, **usual)
        found[f"pro {constraint}"] = ProLoss(weight=0.7, vft_weight=0.05, **usual)
        found[f"dpo {constraint}"] = DpoLoss(weight=1.0, vft_weight=0.0, dpo_beta=0.1, **usual)
    return found


GROUP_LOSSES = _group_losses()
LOSSES: dict[str, LossSettings] = {"vft": VftLoss(), **GROUP_LOSSES}


def member(
    text: str, label: str | None, rank: int | None, reward: float | None = None, **more
) -> TrainResponse:
    """Not a target. Its log-probability under the reference model is made up: about -4 nats a character."""
    logprob = -4.0 * (len(text) + 1) - 0.5 * (sum(map(ord, text)) % 7)
    given = {"target": False, "label": label, "rank": rank, "reward": reward, "reference_logprob": logprob}
    return TrainResponse(text=text, **{**given, **more})


def gold(text: str, **more) -> TrainResponse:
    """The reference COT, as the target of the maximum-likelihood term."""
    return TrainResponse(text=text, target=True, reference=True, **more)


def group(id: str, prompt: str, *responses: TrainResponse) -> TrainGroup:
    return TrainGroup(id=id, prompt=prompt, responses=list(responses))


# ragged: ties, a target that is a member too, ranks among right answers alone, a group without a target
GROUPS = [
    group(
        "a",
        "2 boxes of 3?",
        gold("2 * 3 = 6"),
        member("6", "positive", 1, 2.0),
        member("3 * 2 = 6", "positive", 2, 1.5),
        member("2 + 3 = 5. longer", "negative", 3, 0.25),
        member("9", "negative", 3, 0.25),
        member("9 9", "negative", 4, -1.0),
    ),
    group(
        "b",
        "how many are left, if any?",
        member("none at all", "positive", 1, target=True, reference=True),
        member("0", "positive", 1),
        member("4 4 4", "negative", 2),
    ),
    group("c", "only right?", gold("it is 1"), member("1", "positive", 1), member("11", "positive", 2)),
    group("d", "A", gold("b")),
    group("e", "no target", member("1 2 3", "positive", 1, 0.5), member("4", "negative", 2, 0.0)),
]


def large(k: int, seed: int = 0) -> TrainGroup:
    """A target and k candidates of 2 to 14 characters; ranks with ties, rewards at uneven distances.

    No text twice: two of one score lie at RRHF's kink, where rounding chooses the gradient.
    """
    draw = random.Random(seed)
    ranks = [1, 2, *(draw.randint(1, max(2, k // 3)) for _ in range(k - 2))]
    draw.shuffle(ranks)
    dense = {rank: place for place, rank in enumerate(sorted(set(ranks)), 1)}
    members = [
        member(
            tiny.CHARACTERS[place % 40]
            + "".join(draw.choice("ab 12") for _ in range(place // 40 + place % 11)),
            "positive" if rank == 1 else "negative",
            dense[rank],
            1.0 / rank,
        )
        for place, rank in enumerate(ranks)
    ]
    return group(f"k{k}", "which of them?", gold("x"), *members)


@dataclass(frozen=True)
class Found:
    """loss: total of the global batch; gradient: by all weights, as the optimizer would get it."""

    loss: float
    vft: float
    alignment: float
    gradient: torch.Tensor
    two_pass_groups: int


def differentiated(
    model: tiny.TinyModel,
    settings: LossSettings,
    groups: Sequence[TrainGroup],
    limit: int = 100_000,
    seed: int = 0,
) -> Found:
    """One step's accumulation, without the update."""
    model.module.train()
    optimizer = Optimizer(model.module, tiny.optimizer())
    batch = prepare(model, groups, settings, limit)
    objective = Objective(settings, batch.target_tokens, len(groups))
    step = GradientPass(
        model,
        optimizer=optimizer,
        objective=objective,
        batch=batch,
        seed=seed,
        step=1,
        check_cancelled=never_cancelled,
        on_progress=no_progress,
    )
    step.run()
    step.send()
    found = step.wait()
    weights = [
        torch.zeros_like(weight) if weight.grad is None else weight.grad.clone()
        for weight in model.module.parameters()
    ]
    optimizer.discard()
    return Found(
        objective.total(found.vft, found.alignment),
        found.vft,
        found.alignment,
        torch.cat([weight.flatten() for weight in weights]),
        sum(len(one.pieces) > 1 for one in batch.passes),
    )


def distance(a: torch.Tensor, b: torch.Tensor) -> float:
    """||a - b|| / ||b||."""
    return float((a.double() - b.double()).norm() / b.double().norm())
