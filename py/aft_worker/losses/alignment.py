"""Alignment losses of "Making Large Language Models Better Reasoners with Alignment" (arXiv 2309.02144).

L = log(1 + sum over pairs of exp(x)), over all pairs of a response i ranked strictly above a response j:

- none      x = s_j - s_i
- detached  x = D(s_j) - s_i                                                    L_A^DC
- boundary  x = s_j - s_i, and again x = D(2 s_j* - 2 beta - s_i) - s_j         L_A^BC

with s(c) = (1 / |c|) sum_j log P(c_j | c_<j, q), D = stop-gradient, and s_j* the lowest score ranked above j.

Under binary feedback (ranks 1 and 2) i runs over the positives, j over the negatives and s_j* is the lowest
positive: the paper's equations. That the paper extends them to rankings is confirmed; this form of it is
our reading. So is that the boundary is out of the gradient: inside it (`detach_boundary` false) the lowest
positive is pushed down. Whether |c| counts EOS, and whether the reference is one of the positives, is the
caller's matter: this project's reading is that EOS counts and that the reference is not.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..protocol import AlignmentLoss
from .constraint import Constraint
from .members import Members
from .ranking import boundaries
from .registry import register


@register("alignment", "the alignment loss")
def alignment_loss(sums: Tensor, members: Members, settings: AlignmentLoss) -> Tensor:
    """sums [G, R] -> [G], computed as logsumexp over {0, x...}: finite wherever the scores are.

    With Z = exp(L), e_ij = exp(s_j - s_i), and f_ij = exp(2 B_j - s_i - s_j) for the boundary, else 0:
    dL/ds_k = (1 / Z) (sum_{i > k} (e_ik - f_ik) - sum_{j < k} e_kj), the first sum left out when detached.
    With the boundary in the gradient, also (1 / Z) (sum_j 2 m_kj sum_{i > j} f_ij - sum_{j < k} f_kj),
    m_kj the share of k in s_j*: 1 for the lowest response above j, in equal parts if several are. No pair: 0.

    Two settings that the paper has not, for the study of what its exponentials see. `scale` a (1) multiplies
    every exponent: x = a (s_j - s_i). `scores: sum` puts v = log pi, summed over the response, into the
    exponents in the place of s. The boundary lies at s_j* - beta in mean scores in any case, beta in nats a
    token: the mirror image is a (2 B_j - s_j), or a |j| (2 B_j - s_j) of sums (as for DPO), so that its
    forces cancel where they always do.
    """
    scores, above = members.means(sums), members.above
    is_sum, scale = settings.scores == "sum", 1.0 if settings.scale is None else settings.scale
    lengths = members.tokens.to(sums.dtype) if is_sum else 1
    terms = Constraint.of(settings).terms(
        sums if is_sum else scores, lambda beta: lengths * boundaries(scores, above, beta)
    )
    exponents = [torch.where(above, -scale * term.gaps, -torch.inf).flatten(1) for term in terms]
    return torch.cat([scores.new_zeros(len(scores), 1), *exponents], 1).logsumexp(1)
