"""The paper's two constraints, put on any loss that is made of pairs (arXiv 2309.02144).

A pair loss is a function of f(v_i, v_j), v_i the value (a score, or DPO's log-probability) of the better
response and v_j that of the worse one. D is stop-gradient.

- none: f(v_i, v_j).
- detached: f(v_i, D(v_j)). Worse responses only set how hard the better ones are pulled up.
- boundary: f(v_i, v_j) and, added where the loss adds up its pairs, f(D(v_i), D(2 B_j) - v_j): the same
  term of v_j's mirror image in its boundary B_j. The added term acts on v_j alone, with the force of the
  first at the mirrored place and the opposite sign, so that the two cancel exactly at v_j = B_j: below it
  the worse response is pulled up (or left alone), above it pushed down (or left alone).

With the alignment loss these are the equations of arXiv 2309.02144. For the published losses, whose papers
have no such term, the mirror image is this project's reading of "with the boundary constraint".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from torch import Tensor


class PairTerm(NamedTuple):
    """The responses' values [G, R] as f takes them: as the better one of a pair, and as the worse one."""

    better: Tensor
    worse: Tensor

    @property
    def gaps(self) -> Tensor:
        """v_i - v_j [G, R, R] for every i and j of a group."""
        return self.better.unsqueeze(2) - self.worse.unsqueeze(1)


@dataclass(frozen=True, slots=True)
class Constraint:
    """`beta` >= 0: how far (nats a token) the boundary lies below the lowest better score; boundary only.

    `detach_boundary` false leaves the whole added term in the gradient: f(v_i, 2 B_j - v_j). ValueError
    for a boundary without beta.
    """

    kind: Literal["none", "detached", "boundary"]
    beta: float | None = None
    detach_boundary: bool = True

    def __post_init__(self) -> None:
        if self.kind == "boundary" and self.beta is None:
            raise ValueError("the boundary constraint needs beta")

    @classmethod
    def of(cls, settings: Any) -> Constraint:
        """That of a loss's settings: `constraint` and, where they have them, `beta` and `detach_boundary`."""
        beta = getattr(settings, "beta", None)
        return cls(settings.constraint, beta, getattr(settings, "detach_boundary", True))

    def terms(self, values: Tensor, boundary: Callable[[float], Tensor]) -> list[PairTerm]:
        """values [G, R] -> what f is taken of: once, and once more for the mirror images.

        boundary: beta -> B [G, R] in the unit of the values. It is +inf, and so is the mirror image, for a
        response with nothing above it, which is the worse one of no pair; its gaps are left out, not weighed
        by 0.
        """
        if self.beta is None or self.kind != "boundary":
            return [PairTerm(values, values.detach() if self.kind == "detached" else values)]
        limit, better = boundary(self.beta), values
        if self.detach_boundary:
            limit, better = limit.detach(), values.detach()
        return [PairTerm(values, values), PairTerm(better, 2 * limit - values)]
