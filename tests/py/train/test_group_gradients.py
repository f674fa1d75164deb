"""The gradient of every group loss through a model: by differences, in one pass or two, however cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import graded
import pytest
import tiny
import torch
from aft_worker.losses.objective import Objective
from aft_worker.protocol import DpoLoss, LossSettings, ProLoss, RrhfLoss, TrainGroup
from aft_worker.score.scoring import score_groups
from graded import GROUP_LOSSES, GROUPS, LOSSES, differentiated, distance, large


def model(**settings) -> tiny.TinyModel:
    return tiny.llama(initializer_range=0.2, **settings)


def double(**settings) -> tiny.TinyModel:
    """In float64 throughout: Llama's own norms go by way of float32, whatever its weights are."""
    made = model(**settings)
    made.module.double()
    for part in made.module.modules():
        if type(part).__name__ == "LlamaRMSNorm":
            part.forward = partial(norm, part)
    return made


def norm(part: torch.nn.Module, hidden: torch.Tensor) -> torch.Tensor:
    return part.weight * hidden * (hidden.square().mean(-1, keepdim=True) + part.variance_epsilon).rsqrt()


@pytest.mark.parametrize("k", [2, 7, 64])
@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_two_passes_give_the_gradient_of_one_and_are_taken_where_a_group_does_not_fit(
    name: str, k: int
) -> None:
    made, groups = model(), [large(k)]
    whole = differentiated(made, LOSSES[name], groups)
    pieces = differentiated(made, LOSSES[name], groups, limit=20)
    assert (whole.two_pass_groups, pieces.two_pass_groups) == (0, 1)
    assert distance(pieces.gradient, whole.gradient) < 1e-6
    assert pieces.loss == pytest.approx(whole.loss, rel=1e-6)


@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_in_float64_two_passes_differ_from_one_by_rounding_alone(name: str) -> None:
    made, groups = double(), [large(7), *GROUPS]
    whole = differentiated(made, LOSSES[name], groups)
    pieces = differentiated(made, LOSSES[name], groups, limit=40)
    assert pieces.two_pass_groups > 1
    assert distance(pieces.gradient, whole.gradient) < 1e-13


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("make", [tiny.llama, tiny.gemma2, tiny.mistral])
def test_loss_and_gradient_are_the_same_for_every_split_into_micro_batches(name: str, make) -> None:
    made = make(initializer_range=0.2)
    groups = [*GROUPS, large(7)]
    whole = differentiated(made, LOSSES[name], groups)
    for limit in (1, 40, 80, 300):
        found = differentiated(made, LOSSES[name], groups, limit)
        assert distance(found.gradient, whole.gradient) < 2e-6
        assert found.vft == pytest.approx(whole.vft, rel=1e-6)
        assert found.alignment == pytest.approx(whole.alignment, rel=1e-6)
        assert found.loss == pytest.approx(whole.loss, rel=1e-6)


@pytest.mark.parametrize("limit", [40, 100_000])
@pytest.mark.parametrize("name", LOSSES)
def test_the_order_of_a_groups_responses_and_of_the_groups_changes_nothing(name: str, limit: int) -> None:
    made = model()
    turned = [
        TrainGroup(
            id=group.id, prompt=group.prompt, responses=[*group.responses[2:], *group.responses[1::-1]]
        )
        for group in reversed(GROUPS)
    ]
    expected = differentiated(made, LOSSES[name], GROUPS)
    found = differentiated(made, LOSSES[name], turned, limit)
    assert distance(found.gradient, expected.gradient) < 2e-6
    assert found.loss == pytest.approx(expected.loss, rel=1e-6)


def test_a_question_is_divided_by_once_whether_or_not_it_has_a_pair() -> None:
    """Three groups without a pair beside one: a quarter of the group loss, whatever else the batch holds."""
    lone = [graded.group(f"{i}", "A", graded.gold("b")) for i in range(3)]
    made = model()
    for settings in GROUP_LOSSES.values():
        alone = differentiated(made, settings, [large(7)]).alignment
        assert differentiated(made, settings, [large(7), *lone]).alignment == pytest.approx(
            alone / 4, rel=1e-6
        )


def surrogate(
    settings: LossSettings, group: TrainGroup, live: Sequence[float], frozen: Sequence[float]
) -> float:
    """A group's loss as its definition has it, from summed log-probabilities; what is detached is `frozen`.

    Loops over pairs, without tensors. Ranks, rewards and references are read off the request.
    """
    responses = group.responses
    ranks = [response.rank for response in responses]
    members = [i for i, rank in enumerate(ranks) if rank is not None]
    above = {j: [i for i in members if ranks[i] < ranks[j]] for j in members}
    pairs = [(i, j) for j in members for i in above[j]]
    if not pairs:
        return 0.0
    size = [len(response.text) + 1 for response in responses]  # one token a character, and EOS
    constraint = settings.constraint
    attached = not getattr(settings, "detach_boundary", True)

    def mean(values: Sequence[float]) -> list[float]:
        return [value / count for value, count in zip(values, size, strict=True)]

    s, f = mean(live), mean(frozen)
    # (the better side's score, the worse side's score) of a pair's terms
    terms = [lambda i, j: (s[i], f[j] if constraint == "detached" else s[j])]
    if constraint == "boundary":
        still = s if attached else f
        terms.append(lambda i, j: (still[i], 2 * (min(still[q] for q in above[j]) - settings.beta) - s[j]))
    match settings:
        case RrhfLoss():
            return sum(
                max(0.0, worse - better) for i, j in pairs for better, worse in (t(i, j) for t in terms)
            )
        case ProLoss():
            given = all(responses[m].reward is not None for m in members)
            reward = [r.reward if given else -(r.rank or 0) for r in responses]
            total = 0.0
            for k in members:
                below = [j for i, j in pairs if i == k]
                most = max((reward[k] - reward[j] for j in below), default=0)
                total += math.log1p(
                    sum(
                        math.exp((reward[k] - reward[j]) * worse - most * better)
                        for j in below
                        for better, worse in (t(k, j) for t in terms)
                    )
                )
            return total
        case DpoLoss(dpo_beta=scale):
            total = 0.0
            for i, j in pairs:
                for better, worse in (t(i, j) for t in terms):
                    winner = size[i] * better - responses[i].reference_logprob
                    loser = size[j] * worse - responses[j].reference_logprob
                    total += math.log1p(math.exp(-scale * (winner - loser)))
            return total / len(pairs)
    return math.log1p(
        sum(math.exp(worse - better) for i, j in pairs for better, worse in (t(i, j) for t in terms))
    )


def sums(made: tiny.TinyModel, groups: Sequence[TrainGroup]) -> list[list[float]]:
    asked = [tiny.score_group(one.id, one.prompt, *(r.text for r in one.responses)) for one in groups]
    return [[response.logprob for response in scored] for scored in score_groups(made, asked, 100_000)[0]]


def whole_loss(settings: LossSettings, groups: Sequence[TrainGroup], live, frozen) -> float:
    targets = [
        (total, len(response.text) + 1)
        for group, totals in zip(groups, live, strict=True)
        for response, total in zip(group.responses, totals, strict=True)
        if response.target
    ]
    vft = -sum(total for total, _ in targets) / sum(count for _, count in targets)
    aligned = sum(surrogate(settings, *each) for each in zip(groups, live, frozen, strict=True)) / len(groups)
    return getattr(settings, "vft_weight", 1.0) * vft + settings.weight * aligned


@pytest.mark.parametrize("limit", [40, 100_000])
@pytest.mark.parametrize("name", GROUP_LOSSES)
def test_the_gradient_is_that_of_finite_differences_through_the_model(name: str, limit: int) -> None:
    """In float64, along random directions of all weights, with what the loss detaches held where it was."""
    settings, groups = LOSSES[name], [*GROUPS, large(5, seed=2)]
    made = double()
    found = differentiated(made, settings, groups, limit)
    frozen = sums(made, groups)
    assert found.loss == pytest.approx(whole_loss(settings, groups, frozen, frozen), rel=1e-12)
    weights = list(made.module.parameters())
    start = torch.nn.utils.parameters_to_vector(weights).detach().clone()
    generator = torch.Generator().manual_seed(3)
    for _ in range(3):
        direction = torch.randn(start.shape, dtype=torch.float64, generator=generator)
        direction *= 1e-5 / direction.norm()
        ends = []
        for sign in (1, -1):
            torch.nn.utils.vector_to_parameters(start + sign * direction, weights)
            ends.append(whole_loss(settings, groups, sums(made, groups), frozen))
        torch.nn.utils.vector_to_parameters(start, weights)
        slope = float(found.gradient @ direction)
        # of the largest slope that a step of this length can have
        assert abs((ends[0] - ends[1]) / 2 - slope) < 1e-7 * float(found.gradient.norm() * direction.norm())


@pytest.mark.parametrize("name", ["boundary", "rrhf boundary", "pro boundary", "dpo boundary"])
def test_both_passes_of_a_ranked_group_draw_the_same_dropout(name: str) -> None:
    """With dropout drawn anew, dL/ds would belong to other scores: the directional derivative tells."""
    made = double(attention_dropout=0.5)
    settings, groups = LOSSES[name], [large(7)]
    found = differentiated(made, settings, groups, limit=40)
    assert found.two_pass_groups == 1
    again = differentiated(made, settings, groups, limit=40)
    assert torch.equal(found.gradient, again.gradient)
    other = differentiated(made, settings, groups, limit=40, seed=1)
    assert distance(other.gradient, found.gradient) > 0.01
    if name != "boundary":
        return
    # the attached loss has no constant in it: its own value can be differenced
    settings = LOSSES["boundary attached"]
    found = differentiated(made, settings, groups, limit=40)
    weights = list(made.module.parameters())
    start = torch.nn.utils.parameters_to_vector(weights).detach().clone()
    direction = 1e-6 * found.gradient / found.gradient.norm()
    ends = []
    for sign in (1, -1):
        torch.nn.utils.vector_to_parameters(start + sign * direction, weights)
        ends.append(differentiated(made, settings, groups, limit=40).loss)
    assert (ends[0] - ends[1]) / 2 == pytest.approx(float(found.gradient @ direction), rel=1e-5)


def test_a_response_in_both_terms_gets_the_forces_of_both() -> None:
    """The reference as target and as the best member: the gradient is that of the two apart, added."""
    made = double()
    worse = graded.member("7", "negative", 2)
    for settings in GROUP_LOSSES.values():
        both = graded.group("a", "2?", graded.member("6", "positive", 1, target=True), worse)
        apart = graded.group("a", "2?", graded.gold("6"), graded.member("6", "positive", 1), worse)
        found = differentiated(made, settings, [both])
        expected = differentiated(made, settings, [apart])
        assert found.loss == pytest.approx(expected.loss, rel=1e-12)
        assert distance(found.gradient, expected.gradient) < 1e-12


def test_only_targets_and_members_of_paired_groups_are_computed() -> None:
    made = model()
    for name, settings in GROUP_LOSSES.items():
        batch = graded.prepare(made, GROUPS, settings, 4096)
        # group c has right answers alone: by rank they are a pair
        assert len(batch.paired) == 4, name
        assert len(batch.responses) == 6 + 3 + 3 + 1 + 2
        alone = graded.prepare(
            made, [graded.group("c", "1?", graded.gold("1"), graded.member("2", None, 1))], settings, 99
        )
        assert [response.rank for response in alone.responses] == [None], name
        objective = Objective(settings, batch.target_tokens, len(GROUPS))
        assert objective.total(0.0, 1.0) == settings.weight
