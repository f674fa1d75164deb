"""Every group loss against numbers worked out by hand from the published equations."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import pytest
import torch
from aft_worker.losses import Members, Response, boundaries, group_loss, has_pair, registry, vft_loss
from aft_worker.protocol import AlignmentLoss, DpoLoss, LossSettings, ProLoss, RrhfLoss, VftLoss
from loss_cases import case, settings_of, value_and_gradient

# the worked example of the method's description, the negative first
SCORES, RANKS, BETA = [-0.95, -0.20, -0.35, -0.50], [2, 1, 1, 1], 0.15


def found(kind: str, constraint: str, of, beta: float | None = None, detach: bool = True):
    value, gradient = value_and_gradient(settings_of(kind, constraint, beta, detach), of)
    return value, gradient.tolist()


def test_the_alignment_losses_worked_out_by_hand() -> None:
    of = case([-1.0, -2.0, -3.0], [1, 1, 2])
    e2, e1 = 0.1353352832366127, 0.36787944117144233
    z = 1 + e2 + e1
    value, gradient = found("alignment", "none", of)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    assert gradient == pytest.approx([-e2 / z, -e1 / z, (e2 + e1) / z], rel=1e-14)
    value, gradient = found("alignment", "detached", of)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    assert gradient == pytest.approx([-e2 / z, -e1 / z, 0], rel=1e-14)
    # beta 1/2: T = 2 * -2 - 1 - s_p = -4 and -3; T - s_n = -1 and 0
    z += e1 + 1
    value, gradient = found("alignment", "boundary", of, 0.5)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    assert gradient == pytest.approx([-e2 / z, -e1 / z, (e2 + e1 - e1 - 1) / z], rel=1e-13)


def test_the_numbers_of_the_boundary_with_and_without_its_threshold_in_the_gradient() -> None:
    of = case(SCORES, RANKS)
    detached = found("alignment", "boundary", of, BETA)
    attached = found("alignment", "boundary", of, BETA, detach=False)
    assert detached[0] == attached[0]
    assert detached[1][1:] == pytest.approx((-0.083, -0.097, -0.112), abs=5e-4)
    assert attached[1][1:] == pytest.approx((-0.235, -0.273, 0.747), abs=5e-4)
    assert attached[1][0] == detached[1][0]


def test_lowest_better_scores_that_are_equal_share_the_gradient_of_an_attached_boundary() -> None:
    # e = exp(-0.3), f = exp(2 * -0.7 - -0.5 + 0.8) = exp(-0.1), each twice
    of = case([-0.5, -0.5, -0.8], [1, 1, 2])
    e, f = 0.7408182206817179, 0.9048374180359595
    z = 1 + 2 * e + 2 * f
    value, gradient = found("alignment", "boundary", of, 0.2, detach=False)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    # 2 * (2 f) in halves, less its own f
    assert gradient == pytest.approx([(f - e) / z, (f - e) / z, (2 * e - 2 * f) / z], rel=1e-13)


def test_ranked_alignment_worked_out_by_hand() -> None:
    # pairs (1, 2), (1, 3), (2, 3): s_j - s_i = -1, -1/2, 1/2
    of = case([-1.0, -2.0, -1.5], [1, 2, 3])
    a, b, c = math.exp(-1), math.exp(-0.5), math.exp(0.5)
    z = 1 + a + b + c
    value, gradient = found("alignment", "detached", of)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    assert gradient == pytest.approx([-(a + b) / z, -c / z, 0], rel=1e-14)
    # beta 1/2: B_2 = -1.5, B_3 = -2.5; -3 + 1 + 2, -5 + 1 + 1.5, -5 + 2 + 1.5 = 0, -2.5, -1.5
    d, e, f = 1.0, math.exp(-2.5), math.exp(-1.5)
    z += d + e + f
    value, gradient = found("alignment", "boundary", of, 0.5)
    assert value == pytest.approx(math.log(z), rel=1e-14)
    assert gradient == pytest.approx([-(a + b) / z, (a - d - c) / z, (b + c - e - f) / z], rel=1e-13)


def test_rrhf_worked_out_by_hand() -> None:
    # pairs (1, 2): 0.5, (1, 3): 0.2, (2, 3): -0.3, which is nothing
    of = case([-1.0, -0.5, -0.8], [1, 2, 3])
    value, gradient = found("rrhf", "none", of)
    assert value == pytest.approx(0.7, rel=1e-14)
    assert gradient == [-2, 1, 1]
    value, gradient = found("rrhf", "detached", of)
    assert value == pytest.approx(0.7, rel=1e-14)
    assert gradient == [-2, 0, 0]
    # the boundary at -1.5 mirrors -3 to 0, which is 1 above the better score
    assert found("rrhf", "boundary", case([-1.0, -3.0], [1, 2]), 0.5) == (1.0, [0, -1])


def test_rrhf_divides_by_each_responses_own_length() -> None:
    # sums -4 over 4 tokens and -5 over 10: means -1 and -0.5. Over the padded length, 10, the loss were 0
    of = case([-1.0, -0.5], [1, 2], counts=[4, 10])
    assert of.sums.tolist() == [-4, -5]
    assert found("rrhf", "none", of) == (0.5, [-1, 1])


def test_rrhf_has_no_force_between_equal_scores() -> None:
    assert found("rrhf", "none", case([-1.0, -1.0], [1, 2])) == (0.0, [0, 0])


def test_pro_with_two_ranks_one_apart_is_log_of_1_and_the_sum_of_exponentials() -> None:
    # one better response: -0.3 - -1, -0.3 - -2
    e1, e2 = 0.4965853037914095, 0.18268352405273466
    value, gradient = found("pro", "none", case([-0.3, -1.0, -2.0], [1, 2, 2]))
    z = 1 + e1 + e2
    assert value == pytest.approx(math.log(z), rel=1e-14)
    assert gradient == pytest.approx([-(e1 + e2) / z, e1 / z, e2 / z], rel=1e-13)
    # two better ones: a sum over them, not one logarithm
    value, _ = found("pro", "none", case([-0.3, -0.3, -1.0], [1, 1, 2]))
    assert value == pytest.approx(2 * math.log(1 + e1), rel=1e-14)


def test_pros_temperatures_are_the_gaps_between_rewards() -> None:
    # k = 1: gaps 2 and 3, so T_11 = 1/3: 2 * -1 + 3 * 0.5 = -0.5 and 3 * -2 + 1.5 = -4.5; k = 2: gap 1: -1
    of = case([-0.5, -1.0, -2.0], [1, 2, 3], rewards=[4, 2, 1])
    a, b, c = 0.6065306597126334, 0.011108996538242306, 0.36787944117144233
    value, gradient = found("pro", "none", of)
    assert value == pytest.approx(math.log(1 + a + b) + math.log(1 + c), rel=1e-14)
    first, second = 1 + a + b, 1 + c
    wanted = [-3 * (a + b) / first, 2 * a / first - c / second, 3 * b / first + c / second]
    assert gradient == pytest.approx(wanted, rel=1e-13)
    detached = [-3 * (a + b) / first, -c / second, 0]
    assert found("pro", "detached", of)[1] == pytest.approx(detached, rel=1e-13)
    # beta 1/2: B_2 = -1, B_3 = -1.5; 2 * (-2 + 1) + 1.5, 3 * (-3 + 2) + 1.5, (-3 + 2) + 1
    d, e, f = math.exp(-0.5), math.exp(-1.5), 1.0
    first, second = first + d + e, second + f
    value, gradient = found("pro", "boundary", of, 0.5)
    assert value == pytest.approx(math.log(first) + math.log(second), rel=1e-14)
    on_third = 3 * (b - e) / first + (c - f) / second
    wanted = [-3 * (a + b) / first, 2 * (a - d) / first - c / second, on_third]
    assert gradient == pytest.approx(wanted, rel=1e-13)


def test_equal_rewards_are_in_no_denominator_and_no_temperature_of_pro() -> None:
    # the two of reward 1 are alone under the first; between them, and under the last ones, there is nothing
    tied = case([-0.5, -1.0, -2.0], [1, 2, 2], rewards=[2, 1, 1])
    value, gradient = found("pro", "none", tied)
    assert value == pytest.approx(math.log(1 + math.exp(-0.5) + math.exp(-1.5)), rel=1e-14)
    assert gradient[1] > 0
    assert gradient[2] > 0
    # the best two are equal: each stands over the last one with its gap of 1
    tied = case([-0.5, -1.0, -2.0], [1, 1, 2], rewards=[2, 2, 1])
    value, _ = found("pro", "none", tied)
    assert value == pytest.approx(math.log(1 + math.exp(-1.5)) + math.log(1 + math.exp(-1)), rel=1e-14)


def test_dpo_worked_out_by_hand() -> None:
    # h = 0.1 (-10 + 12) = 0.2 and 0.1 (-20 + 15) = -0.5
    of = case([-2.0, -2.0], [1, 2], counts=[5, 10], references=[-12, -15])
    value, _ = found("dpo", "none", of)
    assert value == pytest.approx(0.40318604888545784, rel=1e-14)
    # sigmoid(-0.7); by the score it is |c| times that by the sum
    force = 0.1 * 0.3318122278318339
    assert found("dpo", "none", of)[1] == pytest.approx([-5 * force, 10 * force], rel=1e-13)
    assert found("dpo", "detached", of)[1] == pytest.approx([-5 * force, 0], rel=1e-13)
    # the boundary at -2.5 mirrors the loser to 10 * (-5 + 2) = -30: h' = -1.5, h - h' = 1.7
    value, gradient = found("dpo", "boundary", of, 0.5)
    assert value == pytest.approx(0.40318604888545784 + math.log(1 + math.exp(-1.7)), rel=1e-14)
    pull = 0.1 / (1 + math.exp(1.7))
    assert gradient == pytest.approx([-5 * force, 10 * (force - pull)], rel=1e-13)


def test_dpo_is_the_mean_over_pairs_so_that_a_group_counts_once() -> None:
    # at the reference model every pair has log 2
    for ranks in ([1, 2], [1, 2, 3], [1, 1, 2, 2, 3]):
        scores = [-0.1 * place for place, _ in enumerate(ranks)]
        value, gradient = found("dpo", "none", case(scores, ranks, references=scores))
        assert value == pytest.approx(math.log(2), rel=1e-14)
        assert sum(gradient) == pytest.approx(0, abs=1e-16)
    assert found("dpo", "none", case([0, 0, 0], [1, 2, 2]))[1] == pytest.approx([-0.05, 0.025, 0.025])


def test_dpo_stays_exact_where_the_logarithm_of_a_sigmoid_is_almost_linear() -> None:
    # h_l - h_w = 25: log(1 + exp(25)) is 25 + exp(-25)
    value, _ = found("dpo", "none", case([-250.0, 0.0], [1, 2]))
    assert value - 25 == pytest.approx(math.exp(-25), rel=1e-3)


def test_a_pair_is_two_unequal_ranks() -> None:
    assert has_pair([1, 2])
    assert has_pair([3, None, 1])
    assert not has_pair([2, 2, 2])
    assert not has_pair([1])
    assert not has_pair([])
    assert not has_pair([1, None])
    two = Members.of([[Response(rank=rank) for rank in ranks] for ranks in ([2, 1, 2, 3], [4, 2])])
    # (group, better, worse)
    assert two.above.nonzero().tolist() == [
        [0, 0, 3],
        [0, 1, 0],
        [0, 1, 2],
        [0, 1, 3],
        [0, 2, 3],
        [1, 1, 0],
    ]


def test_a_boundary_is_set_by_strictly_better_ranks_and_the_best_have_none() -> None:
    scores = torch.tensor([-0.2, -0.4, -3.0, -0.5, -9.0], dtype=torch.float64)
    above = Members.of([[Response(rank=rank) for rank in (1, 1, 2, 2, 3)]]).above
    found = boundaries(scores[None], above, 0.1)[0].tolist()
    assert found == pytest.approx([math.inf, math.inf, -0.5, -0.5, -3.1])


@pytest.mark.parametrize("kind", ["alignment", "rrhf", "pro", "dpo"])
@pytest.mark.parametrize("constraint", ["none", "detached", "boundary"])
def test_a_group_without_a_pair_has_no_loss_and_no_gradient(kind: str, constraint: str) -> None:
    for ranks in ([1], [2], [1, 1, 1], [2, 2]):
        of = case([-0.5 * (place + 1) for place, _ in enumerate(ranks)], ranks)
        assert found(kind, constraint, of) == (0, [0] * len(ranks))


def test_a_boundary_without_beta_and_dpo_without_a_reference_model_are_refused() -> None:
    for settings in (
        AlignmentLoss(constraint="boundary", weight=1.0, detach_boundary=True),
        RrhfLoss(constraint="boundary", weight=1.0, vft_weight=1.0),
        ProLoss(constraint="boundary", weight=1.0, vft_weight=1.0),
        DpoLoss(constraint="boundary", weight=1.0, vft_weight=1.0, dpo_beta=0.1),
    ):
        with pytest.raises(ValueError, match="the boundary constraint needs beta"):
            group_loss(settings)
    of = case(SCORES, RANKS)
    loss = group_loss(settings_of("dpo", "none"))
    assert loss is not None
    with pytest.raises(ValueError, match="DPO needs the log-probabilities under the reference model"):
        lacking = [replace(response, reference_logprob=None) for response in of.responses()]
        loss(of.leaf()[None], Members.of([lacking]))


def test_every_kind_of_the_protocol_is_registered() -> None:
    kinds = [settings for settings in get_args(LossSettings) if settings is not VftLoss]
    assert {str(settings.__struct_config__.tag) for settings in kinds} == set(registry.registered())


def test_vanilla_fine_tuning_names_no_group_loss_and_is_the_likelihood_of_its_targets() -> None:
    assert group_loss(VftLoss()) is None
    assert vft_loss(torch.tensor([-2.0, -3.5])).item() == 5.5
