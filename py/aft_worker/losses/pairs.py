"""What losses of pairs share: the mean over a question's pairs, and log-ratios to the reference model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .constraint import Constraint
from .members import Members
from .ranking import boundaries


class RatioTerm(NamedTuple):
    """r = log pi - log ref, both summed over the response, as one term of a constraint takes it.

    better: r_w [G, R]. gaps: r_w - r_l [G, R, R] for every pair, 0 where there is none.
    """

    better: Tensor
    gaps: Tensor


def references_of(members: Members, title: str, dtype: torch.dtype) -> Tensor:
    """log ref [G, R]. ValueError where a response has none."""
    if members.references is None:
        raise ValueError(f"{title} needs the log-probabilities under the reference model")
    return members.references.to(dtype)


def ratio_terms(sums: Tensor, members: Members, settings: Any, title: str) -> list[RatioTerm]:
    """One term, and under the boundary constraint one more for the losers' mirror images.

    The mirror image of log pi(l) is |l| (2 B_l - s_l) = D(2 |l| B_l) - log pi(l): the boundary lies in the
    space of scores, as for every other loss. Our reading (see `constraint`).
    """
    references = references_of(members, title, sums.dtype)
    scores, above = members.means(sums), members.above
    terms = Constraint.of(settings).terms(
        sums, lambda beta: members.tokens.to(sums.dtype) * boundaries(scores, above, beta)
    )
    reference = references.unsqueeze(2) - references.unsqueeze(1)
    # where there is no pair the gap may be infinite: it is left out before anything is made of it
    return [
        RatioTerm(term.better - references, torch.where(above, term.gaps - reference, 0)) for term in terms
    ]


def mean_over_pairs(losses: Sequence[Tensor], above: Tensor) -> Tensor:
    """Losses [G, R, R], finite everywhere, one for each term of a pair -> [G]; 0 for a group without a pair.

    The mean over a group's pairs, so that a question counts once however many responses it has, is our
    reading: the papers have one pair a question.
    """
    total = torch.stack([(loss * above).sum((1, 2)) for loss in losses]).sum(0)
    return total / above.sum((1, 2)).clamp(min=1)
