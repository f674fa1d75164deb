"""Rotary positions that go by the longest sequence of a batch: each is computed as it would be alone."""

from __future__ import annotations

import copy

import pytest
import tiny
import torch
from aft_worker.score import Switch, score_groups, score_path
from aft_worker.score.batching import encode_group, make_rows
from aft_worker.score.layout import Layout
from aft_worker.score.verification import verify_head
from transformers import Phi3Config, Phi3ForCausalLM

ORIGINAL = 20  # tokens
SHORT = tiny.score_group("short", "2 + 2?", "4", "four", "5 and 5")
MIXED = tiny.score_group("mixed", "how many?", "7", "none of them are left in here", "8", "1 2 3 4 5 6 7 8 9")
LONG = tiny.score_group("long", "a cat has 4 keys and a box of", "3")


def longrope() -> tiny.TinyModel:
    """Phi-3 as its 128k models are: other factors beyond the original length."""
    torch.manual_seed(4)
    rope = {
        "rope_type": "longrope",
        "rope_theta": 10000.0,
        "short_factor": [1.0] * 4,
        "long_factor": [2.0, 4.0, 6.0, 8.0],
        "original_max_position_embeddings": ORIGINAL,
    }
    config = Phi3Config(
        **{**tiny.SIZES, "sliding_window": None, "original_max_position_embeddings": ORIGINAL},
        rope_parameters=rope,
    )
    return tiny.TinyModel(Phi3ForCausalLM(config).eval(), tiny.codec())


def dynamic() -> tiny.TinyModel:
    rope = {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0}
    return tiny.llama(rope_parameters=rope, max_position_embeddings=ORIGINAL)


def alone(module, prompt: list[int], response: list[int]) -> float:
    """By a copy that has met no other sequence."""
    with torch.no_grad():
        logits = copy.deepcopy(module)(input_ids=torch.tensor([prompt + response])).logits[0].double()
    places = range(len(prompt) - 1, len(prompt) + len(response) - 1)
    return sum(logits[at].log_softmax(-1)[token].item() for at, token in zip(places, response, strict=True))


@pytest.mark.parametrize(
    ("make", "switch"), [(longrope, Switch(ORIGINAL)), (dynamic, Switch(ORIGINAL, True))]
)
def test_scores_are_those_of_each_sequence_alone_whatever_is_scored_with_it(make, switch) -> None:
    model = make()
    pristine = copy.deepcopy(model.module)
    verify_head(model)
    path = score_path(model.module)
    assert path.rows == "shared" and path.switches == (switch,)
    for groups in ([SHORT], [SHORT, MIXED, LONG], [LONG, SHORT], [MIXED]):
        scored, _ = score_groups(model, groups, 4096)
        for group, scores in zip(groups, scored, strict=True):
            prompt, responses = encode_group(model.tokenizer, group)
            expected = [alone(pristine, prompt, response) for response in responses]
            assert [one.logprob for one in scores] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("make", [longrope, dynamic])
def test_a_group_on_both_sides_of_the_switch_trains_on_the_scores_of_scoring(make) -> None:
    model = make()
    verify_head(model)
    group = tiny.train_group(
        "a", MIXED.prompt, "7", ["8", MIXED.responses[1].text], [MIXED.responses[3].text]
    )
    (scores,), _ = score_groups(model, [MIXED], 4096)
    means = [one.logprob / len(one.token_ids) for one in scores]
    told = tiny.trainer(model, tiny.alignment()).step(1, [group])
    assert told.mean_target == pytest.approx(means[0], abs=1e-5)
    assert told.mean_positive == pytest.approx((means[2] + means[1]) / 2, abs=1e-5)
    assert told.mean_negative == pytest.approx(means[3], abs=1e-5)


def test_a_row_holds_responses_of_one_side_and_a_pass_rows_of_one_side() -> None:
    switch = Switch(6)
    assert [switch.side(length) for length in (1, 6, 7, 9)] == [0, 0, 1, 1]
    assert [Switch(6, grows=True).side(length) for length in (1, 6, 7, 9)] == [0, 0, 7, 9]
    responses = [[1], [2] * 9, [3, 3], [4] * 8]
    rows = make_rows([0, 0], responses, [0, 1, 2, 3], 100, side=switch.side)
    assert [row.numbers for row in rows] == [[0, 2], [1, 3]]
    model = longrope()
    layout = Layout(model.module, model.tokenizer, model.device)
    short, long = [make_rows([0] * 5, [[1] * length], [0], 100)[0] for length in (3, 40)]
    assert layout.pack([[short], [long], [short]], 4096) == [[0, 2], [1]]
    assert not layout.fits([short, long], 4096)
    assert layout.fits([long], 4096) and layout.fits([short, short], 4096)
    # a unit on both sides is a pass of its own, in pieces
    assert layout.pack([[short, long], [short]], 4096) == [[0], [1]]


@pytest.mark.parametrize(
    ("rows", "expected"), [("single", [[1, 0, 2]]), ("equal", [[0, 2], [1]]), ("alone", [[0], [1], [2]])]
)
def test_batches_of_one_length_and_rows_alone(rows, expected) -> None:
    model = tiny.llama()
    score_path(model.module).rows = rows
    layout = Layout(model.module, model.tokenizer, model.device)
    short, long = layout.rows([0] * 5, [[1] * 3, [2] * 9], [0, 1], 4096)
    assert [row.numbers for row in (short, long)] == [[0], [1]]
    other = layout.rows([0] * 4, [[1] * 4], [2], 4096)[0]
    assert sorted(map(sorted, layout.pack([[short], [long], [other]], 4096))) == sorted(map(sorted, expected))
