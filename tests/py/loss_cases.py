"""Groups of scores to try losses on, and the losses by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import reference_losses as reference
import torch
from aft_worker.losses import Members, Response, group_loss
from aft_worker.protocol import AlignmentLoss, DpoLoss, LossSettings, ProLoss, RrhfLoss

DPO_BETA = 0.1
CONSTRAINTS = ("none", "detached", "boundary")


@dataclass(frozen=True)
class Case:
    """The R responses of a group: float64 vectors, and integer counts and ranks."""

    sums: np.ndarray
    counts: np.ndarray
    ranks: np.ndarray
    rewards: np.ndarray
    references: np.ndarray

    @property
    def scores(self) -> np.ndarray:
        return self.sums / self.counts

    def taken(self, places) -> Case:
        """The responses at these places, in their order."""
        fields = (self.sums, self.counts, self.ranks, self.rewards, self.references)
        return Case(*(field[places] for field in fields))

    def moved(self, sums) -> Case:
        return replace(self, sums=np.asarray(sums, dtype=np.float64))

    def leaf(self) -> torch.Tensor:
        """The sums, float64, as a leaf that requires a gradient."""
        return torch.tensor(self.sums, dtype=torch.float64, requires_grad=True)

    def members(self) -> Members:
        """The group alone."""
        return Members.of([self.responses()])

    def responses(self) -> list[Response]:
        """What the losses know of them beside their sums."""
        return [
            Response(
                tokens=int(count), rank=int(rank), reward=float(reward), reference_logprob=float(reference)
            )
            for count, rank, reward, reference in zip(
                self.counts, self.ranks, self.rewards, self.references, strict=True
            )
        ]


def case(scores, ranks, counts=None, rewards=None, references=None) -> Case:
    """One token a response, rewards the negated ranks, references 0, where nothing else is said."""
    counts = np.ones(len(scores), dtype=np.int64) if counts is None else np.array(counts)
    ranks = np.array(ranks)
    return Case(
        np.array(scores, dtype=np.float64) * counts,
        counts,
        ranks,
        -ranks.astype(np.float64) if rewards is None else np.array(rewards, dtype=np.float64),
        np.zeros(len(scores)) if references is None else np.array(references, dtype=np.float64),
    )


def settings_of(kind: str, constraint: str, beta: float | None = None, detach: bool = True) -> LossSettings:
    if constraint == "boundary" and beta is None:
        beta = 0.2
    match kind:
        case "alignment":
            return AlignmentLoss(constraint=constraint, weight=1.0, beta=beta, detach_boundary=detach)
        case "rrhf":
            return RrhfLoss(constraint=constraint, weight=1.0, vft_weight=1.0, beta=beta)
        case "pro":
            return ProLoss(constraint=constraint, weight=1.0, vft_weight=1.0, beta=beta)
        case "dpo":
            return DpoLoss(constraint=constraint, weight=1.0, vft_weight=1.0, beta=beta, dpo_beta=DPO_BETA)
    raise ValueError(kind)


def value_and_gradient(settings: LossSettings, of: Case) -> tuple[float, np.ndarray]:
    """The loss and its gradient by the scores [R]."""
    sums, loss = of.leaf(), group_loss(settings)
    assert loss is not None
    (value,) = loss(sums[None], of.members())
    (gradient,) = torch.autograd.grad(value, sums)
    return value.item(), gradient.numpy() * of.counts


def expected(
    kind: str, constraint: str, of: Case, beta: float, detach: bool = True
) -> tuple[float, np.ndarray]:
    """The same by the independent reference."""
    match kind:
        case "alignment":
            return reference.alignment(constraint, of.scores, of.ranks, beta, detach)
        case "rrhf":
            return reference.rrhf(constraint, of.scores, of.ranks, beta)
        case "pro":
            return reference.pro(constraint, of.scores, of.rewards, beta)
    value, gradient = reference.dpo(constraint, of.sums, of.counts, of.references, of.ranks, beta, DPO_BETA)
    return value, gradient * of.counts


def random_case(rng: np.random.Generator, size: int, feedback: str, scale: float) -> Case:
    """feedback: binary, ranked (with ties), distinct, equal. A scale of 1e4 draws 0 and -1e4 alone."""
    ranks = {
        "binary": rng.integers(1, 3, size),
        "ranked": rng.integers(1, 1 + max(2, size // 2), size),
        "distinct": 1 + rng.permutation(size),
        "equal": np.full(size, rng.integers(1, 3)),
    }[feedback]
    scores = -scale * (rng.integers(0, 2, size) if scale == 1e4 else rng.random(size))
    counts = rng.integers(1, 400, size)
    # rewards in the order of the ranks, at uneven distances
    levels = np.cumsum(rng.choice([0.25, 1.0, 1.7], size + 2))
    rewards = -levels[ranks] if rng.random() < 0.5 else -ranks.astype(np.float64)
    sums = scores * counts
    found = Case(sums, counts, ranks, rewards, sums + rng.normal(size=size) * rng.choice([0.1, 30]))
    if rng.random() < 0.3:
        # some responses twice over: the same score, of an equal or another rank
        twins = rng.integers(0, size, size)
        found = replace(found.taken(twins), ranks=found.ranks, rewards=found.rewards)
    return found


def random_cases(seed: int, count: int) -> Iterator[Case]:
    """1 to 64 responses, mostly few; every kind of feedback; usual, wide and extreme scores."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        size = (
            64
            if index % 50 == 49
            else int(rng.integers(9, 33))
            if index % 10 == 9
            else int(rng.integers(1, 9))
        )
        feedback = ("binary", "ranked", "distinct", "equal")[rng.choice(4, p=[0.35, 0.35, 0.25, 0.05])]
        yield random_case(
            rng, size, feedback, float(rng.choice([0.1, 1.0, 20.0, 1e4], p=[0.3, 0.4, 0.2, 0.1]))
        )
