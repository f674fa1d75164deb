"""Sampling: a function of seed, prompt and index; the model's own distribution; the score path's numbers."""

from __future__ import annotations

import math
import random

import pytest
import tiny
import torch
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.protocol import GeneratePrompt, SampledCandidate, ScoreGroup, ScoreResponse
from aft_worker.score.scoring import score_groups
from aft_worker.tokens.codec import TokenCodec
from transformers import Lfm2Config, Lfm2ForCausalLM

PROMPTS = ["a", "how many apples?", "12+34=", "B has 3 pens", "x", "a b c d e f g h i j k l m", "7*6="]


def prompts(indices=(0, 1, 2), texts=PROMPTS) -> list[GeneratePrompt]:
    asked = enumerate(texts)
    return [GeneratePrompt(id=f"q{at}", prompt=text, indices=list(indices)) for at, text in asked]


def draw(model, asked=None, **settings) -> dict[tuple[str, int], SampledCandidate]:
    """Candidates by (question, index); each came exactly once."""
    found = tiny.sample(model, prompts() if asked is None else asked, **settings)
    by_key = {(one.question_id, one.index): one for one in found}
    assert len(by_key) == len(found)
    return by_key


def ids(candidates) -> dict[tuple[str, int], list[int]]:
    return {key: one.token_ids for key, one in candidates.items()}


def lfm2() -> tiny.TinyModel:
    """A layer with a recurrent state, which cannot be picked apart by rows, and one with attention."""
    torch.manual_seed(4)
    layers = {"layer_types": ["conv", "full_attention"], "block_auto_adjust_ff_dim": False}
    return tiny.TinyModel(Lfm2ForCausalLM(Lfm2Config(**tiny.SIZES, **layers)).eval(), tiny.codec())


@pytest.fixture(params=["llama", "gemma2", "qwen2", "mistral", "lfm2"])
def any_model(request):
    return {**tiny.MODELS, "lfm2": lfm2}[request.param]()


def test_batch_size_order_and_the_company_of_others_change_no_sample(any_model):
    whole = ids(draw(any_model))
    assert len(whole) == 3 * len(PROMPTS)
    for slots in (1, 4, 11):
        assert ids(draw(any_model, slots=slots)) == whole
    shuffled = prompts()
    random.Random(1).shuffle(shuffled)
    assert ids(draw(any_model, shuffled)) == whole
    part = [GeneratePrompt(id="q3", prompt=PROMPTS[3], indices=[2]), prompts()[1]]
    assert ids(draw(any_model, part)) == {
        key: value for key, value in whole.items() if key == ("q3", 2) or key[0] == "q1"
    }


def test_samples_differ_by_index_by_seed_and_by_prompt_id():
    model = tiny.llama()
    same_text = prompts(range(6), ["a", "a"])
    first = ids(draw(model, same_text))
    assert len({tuple(value) for value in first.values()}) == 12
    other_seed = ids(draw(model, same_text, seed=6))
    assert not {tuple(value) for value in first.values()} & {tuple(value) for value in other_seed.values()}


def test_greedy_is_the_argmax_of_a_full_forward_at_each_step(any_model):
    found = draw(any_model, prompts([0]), temperature=0.0)
    for number, text in enumerate(PROMPTS):
        sequence = any_model.tokenizer.encode_prompt(text)
        expected: list[int] = []
        while len(expected) < 20 and (not expected or expected[-1] != any_model.tokenizer.eos_id):
            with torch.no_grad():
                logits = any_model.module(input_ids=torch.tensor([sequence + expected])).logits[0, -1]
            expected.append(int(logits.argmax()))
        assert found[f"q{number}", 0].token_ids == expected


@pytest.mark.parametrize("settings", [{}, {"temperature": 0.7, "top_p": 0.8}, {"temperature": 0.0}])
def test_rescoring_a_sample_gives_the_logprob_it_was_sampled_with(any_model, settings):
    found = draw(any_model, **settings)
    groups = [
        ScoreGroup(
            id=asked.id,
            prompt=asked.prompt,
            responses=[
                ScoreResponse(text="", token_ids=found[asked.id, index].token_ids, finish="length")
                for index in asked.indices
            ],
        )
        for asked in prompts()
    ]
    scored, _ = score_groups(any_model, groups, 512)
    for asked, responses in zip(prompts(), scored, strict=True):
        for index, response in zip(asked.indices, responses, strict=True):
            assert response.logprob == pytest.approx(found[asked.id, index].logprob, abs=1e-4)


def test_the_first_token_follows_the_softmax():
    model = tiny.llama()
    draws = 4000
    found = draw(model, prompts(range(draws), ["a b"]), max_new_tokens=1, slots=1000)
    with torch.no_grad():
        sequence = torch.tensor([model.tokenizer.encode_prompt("a b")])
        expected = model.module(input_ids=sequence).logits[0, -1].double().softmax(-1) * draws
    seen = torch.bincount(torch.tensor([one.token_ids[0] for one in found.values()]), minlength=len(expected))
    common = expected >= 5
    cells_seen = torch.cat([seen[common], seen[~common].sum()[None]]).double()
    cells_expected = torch.cat([expected[common], expected[~common].sum()[None]])
    chi_square = ((cells_seen - cells_expected) ** 2 / cells_expected).sum().item()
    freedom = len(cells_seen) - 1
    # mean + 4 standard deviations of a chi-square distribution
    assert chi_square < freedom + 4 * math.sqrt(2 * freedom)
    assert freedom >= 10


def test_temperature_and_top_p_narrow_what_is_drawn():
    model = tiny.llama()
    asked = prompts(range(300), ["a b"])
    with torch.no_grad():
        sequence = torch.tensor([model.tokenizer.encode_prompt("a b")])
        order = model.module(input_ids=sequence).logits[0, -1].double().softmax(-1).sort(descending=True)
    nucleus = int((order.values.cumsum(0) < 0.5).sum()) + 1
    narrow = draw(model, asked, max_new_tokens=1, top_p=0.5)
    assert {one.token_ids[0] for one in narrow.values()} == set(order.indices[:nucleus].tolist())
    cold = draw(model, asked, max_new_tokens=1, temperature=0.01)
    assert [one.token_ids[0] for one in cold.values()].count(int(order.indices[0])) > 290


def test_a_response_ends_with_any_of_the_eos_tokens_and_keeps_it():
    model = tiny.llama()
    plain = draw(model, prompts(range(8)), max_new_tokens=30)
    letter = model.tokenizer.tokenizer.convert_tokens_to_ids("e")
    assert any(letter in one.token_ids for one in plain.values())
    model.tokenizer = TokenCodec(model.tokenizer.tokenizer, [letter])
    both = {model.tokenizer.eos_id, letter}
    for key, one in draw(model, prompts(range(8)), max_new_tokens=30).items():
        cut = next((at for at, token in enumerate(plain[key].token_ids) if token in both), None)
        assert one.token_ids == (plain[key].token_ids if cut is None else plain[key].token_ids[: cut + 1])
        assert one.finish == ("length" if cut is None else "stop")
        assert one.tokens == len(one.token_ids)
        assert one.text == model.tokenizer.decode(one.token_ids)


def test_pad_being_eos_changes_nothing():
    model = tiny.llama(pad_token_id=1)
    apart = draw(model)
    model.tokenizer = TokenCodec(tiny.tokenizer(pad="</s>"))
    assert model.tokenizer.pad_id == model.tokenizer.eos_id
    same = draw(model)
    assert ids(same) == ids(apart)
    assert {one.finish for one in same.values()} == {one.finish for one in apart.values()}


def test_the_last_position_of_the_model_cuts_a_response():
    model = tiny.llama()
    model.max_positions = 12  # "12+34=" is 7 tokens with <s>
    free = draw(model, prompts(range(5), ["12+34="]), max_new_tokens=5)
    cut = draw(model, prompts(range(5), ["12+34="]), max_new_tokens=50)
    assert ids(cut) == ids(free)
    assert max(one.tokens for one in cut.values()) == 5


def test_a_prompt_that_fills_the_model_is_named():
    model = tiny.llama()
    model.max_positions = 12
    with pytest.raises(WorkerError) as raised:
        draw(model, prompts([0], ["a", "a b c d e f"]))
    assert raised.value.name == "SequenceTooLong"
    assert str(raised.value) == (
        "prompt 'q1' has 12 tokens; the model has 12 positions, which leaves none for a response"
    )
    assert (raised.value.data.id, raised.value.data.tokens, raised.value.data.limit) == ("q1", 12, 12)
    assert raised.value.data.pointer == "/prompts/1/prompt"


def test_an_empty_prompt_without_bos_is_named():
    model = tiny.llama()
    model.tokenizer = tiny.codec(bos=False)
    with pytest.raises(WorkerError, match=r"prompt 'q0' is empty, and the tokenizer has no BOS") as raised:
        draw(model, prompts([0], [""]))
    assert raised.value.name == "EmptyResponse"


def test_broken_weights_are_an_error_and_not_a_text():
    model = tiny.llama()
    with torch.no_grad():
        model.module.model.norm.weight.fill_(math.nan)
    for temperature in (0.0, 1.0):
        with pytest.raises(WorkerError, match=r"logits for prompt 'q\d' are not finite"):
            draw(model, temperature=temperature)


def test_what_was_finished_before_a_cancellation_has_been_handed_over():
    model = tiny.llama()
    found: list[SampledCandidate] = []
    looks = 0

    def check_cancelled() -> None:
        nonlocal looks
        looks += 1
        if looks > 8:
            raise Cancelled

    with pytest.raises(Cancelled):
        draw(model, slots=4, check_cancelled=check_cancelled, on_candidates=found.extend)
    whole = ids(draw(model))
    assert 0 < len(found) < len(whole)
    assert all(whole[one.question_id, one.index] == one.token_ids for one in found)


def test_sampling_is_without_dropout_and_leaves_the_mode_as_it_was():
    model = tiny.llama(attention_dropout=0.5)
    usual = ids(draw(model))
    model.module.train()
    assert ids(draw(model)) == usual
    assert model.module.training
