"""One score path: shared rows, packing, windows and caps change nothing but the time it takes."""

from __future__ import annotations

import pytest
import tiny
import torch
from aft_worker.score.batching import encode_group, make_rows
from aft_worker.score.padded import collate
from aft_worker.score.path import score_path
from aft_worker.score.scoring import response_scores, score_groups
from aft_worker.score.verification import verify_head

GROUPS = [
    tiny.score_group("a", "2 boxes of 3?", "2 * 3 = 6", "6", "2 + 3 = 5. a longer one"),
    tiny.score_group("b", "how many are left, if any?", "none at all", "4 4 4"),
    tiny.score_group("c", "A", "b"),
]


def own_logprobs(model: tiny.TinyModel, prompt: list[int], response: list[int]) -> list[float]:
    """An independent reading: the model's own logits on one plain sequence, token by token."""
    with torch.no_grad():
        logits = model.module(input_ids=torch.tensor([prompt + response])).logits[0].double()
    return [logits[len(prompt) + i - 1].log_softmax(-1)[token].item() for i, token in enumerate(response)]


@pytest.mark.parametrize("name", tiny.MODELS)
def test_scores_of_shared_rows_equal_the_models_own_logits_on_each_sequence(name: str) -> None:
    model = tiny.MODELS[name]()
    scored, tokens = score_groups(model, GROUPS, 4096)
    assert score_path(model.module).share
    for group, scores in zip(GROUPS, scored, strict=True):
        prompt, responses = encode_group(model.tokenizer, group)
        for score, response in zip(scores, responses, strict=True):
            expected = own_logprobs(model, prompt, response)
            assert score.token_ids == response
            assert score.token_logprobs == pytest.approx(expected, abs=1e-5)
            assert score.logprob == pytest.approx(sum(expected), abs=1e-5 * len(response))
    # <s> and 13 characters, once for its three responses, each closed by EOS: 14 + 10 + 2 + 24 and so on
    assert tokens == (14 + 10 + 2 + 24) + (27 + 12 + 6) + (2 + 2)


@pytest.mark.parametrize("name", tiny.MODELS)
def test_gradients_of_shared_rows_equal_those_of_one_row_a_response(name: str) -> None:
    model = tiny.MODELS[name]()

    def gradients(share: bool) -> list[torch.Tensor]:
        model.module.zero_grad()
        rows, weights = [], []
        for group in GROUPS:
            prompt, responses = encode_group(model.tokenizer, group)
            numbers = range(len(weights), len(weights) + len(responses))
            weights += [0.3 * (1 + number) for number in numbers]
            rows += make_rows(prompt, responses, numbers, 4096, share)
        sums, _ = response_scores(model, collate(rows, model.tokenizer.pad_id))
        sums.backward(torch.tensor(weights))
        return [weight.grad.clone() for weight in model.module.parameters()]

    for shared, apart in zip(gradients(True), gradients(False), strict=True):
        assert (shared - apart).abs().max() <= 1e-5 * (1 + apart.abs().max())


def test_the_window_is_one_of_positions_and_matters_at_these_lengths() -> None:
    wide, narrow = tiny.mistral(sliding_window=None), tiny.mistral()
    wide.module.load_state_dict(narrow.module.state_dict())
    (first, *_), (other, *_) = score_groups(wide, GROUPS, 4096)[0], score_groups(narrow, GROUPS, 4096)[0]
    assert all(abs(a.logprob - b.logprob) > 1e-2 for a, b in zip(first, other, strict=True))


def test_the_soft_cap_of_the_logits_matters() -> None:
    capped, free = tiny.gemma2(), tiny.gemma2(final_logit_softcapping=None)
    (first, *_), (other, *_) = score_groups(capped, GROUPS, 4096)[0], score_groups(free, GROUPS, 4096)[0]
    assert abs(first[0].logprob - other[0].logprob) > 1e-2


def test_permuting_siblings_changes_no_score() -> None:
    model = tiny.llama()
    texts = ["2 * 3 = 6", "6", "2 + 3 = 5. a longer one", "6."]
    order = [2, 0, 3, 1]
    (scores,), _ = score_groups(model, [tiny.score_group("a", "2 boxes?", *texts)], 4096)
    permuted = tiny.score_group("a", "2 boxes?", *(texts[i] for i in order))
    (again,), _ = score_groups(model, [permuted], 4096)
    for place, index in enumerate(order):
        assert again[place].logprob == pytest.approx(scores[index].logprob, rel=1e-6)


@pytest.mark.parametrize("limit", [1, 30, 60, 4096])
def test_no_score_depends_on_the_micro_batches(limit: int) -> None:
    model = tiny.mistral()
    expected, _ = score_groups(model, GROUPS, 100_000)
    found, _ = score_groups(model, GROUPS, limit)
    for a, b in zip(expected, found, strict=True):
        assert [s.logprob for s in a] == pytest.approx([s.logprob for s in b], abs=1e-5)


def test_the_first_token_and_eos_are_scored_counted_by_hand() -> None:
    model = tiny.llama()
    group = tiny.score_group("a", "A", "b")
    ((score,),), _ = score_groups(model, [group], 64)
    a, b, eos = model.tokenizer.encode_prompt("A"), model.tokenizer.encode_response("b")[0], 1
    assert a == [0, 4 + tiny.CHARACTERS.index("A")]
    with torch.no_grad():
        logits = model.module(input_ids=torch.tensor([[*a, b]])).logits[0].log_softmax(-1)
    assert score.token_ids == [b, eos]
    assert score.token_logprobs == pytest.approx([logits[1, b].item(), logits[2, eos].item()], abs=1e-5)


def test_padding_that_equals_eos_leaves_eos_a_target() -> None:
    model = tiny.llama()
    expected, _ = score_groups(model, GROUPS, 4096)
    model.tokenizer = tiny.codec(pad=None)
    assert model.tokenizer.pad_id == model.tokenizer.eos_id == 1
    found, _ = score_groups(model, GROUPS, 4096)
    for a, b in zip(expected, found, strict=True):
        assert [s.token_ids[-1] for s in b] == [1] * len(b)
        assert [s.logprob for s in a] == pytest.approx([s.logprob for s in b], abs=1e-6)


def test_scoring_has_no_dropout_and_leaves_the_mode_as_it_was() -> None:
    model = tiny.llama(attention_dropout=0.5)
    expected, _ = score_groups(model, GROUPS, 4096)
    model.module.train()
    found, _ = score_groups(model, GROUPS, 4096)
    assert model.module.training
    assert [s.logprob for s in found[0]] == [s.logprob for s in expected[0]]


def test_a_cancellation_stops_scoring_and_progress_counts_responses() -> None:
    model = tiny.llama()
    seen: list[tuple[int, int]] = []

    def check_cancelled() -> None:
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_groups(
            model, GROUPS, 1, check_cancelled, lambda done, total, tokens: seen.append((done, total))
        )
    assert seen == [(1, 6), (2, 6)]


@pytest.mark.parametrize("name", tiny.MODELS)
def test_each_model_passes_the_check_of_its_head(name: str) -> None:
    model = tiny.MODELS[name]()
    verify_head(model)
    assert score_path(model.module).share


def test_a_setting_that_scales_the_logits_of_others_alone_changes_nothing() -> None:
    model = tiny.llama(logits_scaling=8.0)
    verify_head(model)
    head = score_path(model.module).head
    assert head is not None and head.scale == 1


def test_a_backbone_is_found_where_the_class_names_a_prefix_that_is_not_there() -> None:
    # as Llama 4 does
    model = tiny.llama()
    model.module.base_model_prefix = "absent"
    verify_head(model)
    path = score_path(model.module)
    assert path.backbone is model.module.model and path.head is not None


def test_duplicate_ids_empty_texts_and_a_prompt_of_bos_alone_are_scored_each_in_its_place() -> None:
    model = tiny.llama()
    groups = [tiny.score_group("same", "", "", "b"), tiny.score_group("same", "a", "b", "b")]
    (first, second), _ = score_groups(model, groups, 4096)
    for scores, prompt, texts in ((first, "", ["", "b"]), (second, "a", ["b", "b"])):
        ids = model.tokenizer.encode_prompt(prompt)
        assert len(ids) == 1 + len(prompt)
        for score, text in zip(scores, texts, strict=True):
            expected = own_logprobs(model, ids, model.tokenizer.encode_response(text))
            assert score.token_logprobs == pytest.approx(expected, abs=1e-5)


def test_a_model_that_changes_its_logits_unseen_is_scored_by_its_own() -> None:
    model = tiny.llama()
    forward = model.module.forward

    def halved(*args, **kwargs):
        output = forward(*args, **kwargs)
        output.logits = output.logits / 2
        return output

    model.module.forward = halved
    verify_head(model)
    assert score_path(model.module).head is None
    scored, _ = score_groups(model, GROUPS, 4096)
    prompt, responses = encode_group(model.tokenizer, GROUPS[0])
    expected = [sum(own_logprobs(model, prompt, response)) for response in responses]
    assert [score.logprob for score in scored[0]] == pytest.approx(expected, abs=1e-5)


def test_where_a_layer_ignores_the_mask_each_response_gets_its_own_row() -> None:
    model = tiny.llama()
    for layer in model.module.model.layers:
        attend = layer.self_attn.forward
        layer.self_attn.forward = lambda *args, attend=attend, **kwargs: attend(
            *args, **{**kwargs, "attention_mask": None}
        )
    verify_head(model)
    assert not score_path(model.module).share
    scored, _ = score_groups(model, GROUPS, 4096)
    prompt, responses = encode_group(model.tokenizer, GROUPS[0])
    expected = [sum(own_logprobs(model, prompt, response)) for response in responses]
    assert [score.logprob for score in scored[0]] == pytest.approx(expected, abs=1e-5)


def test_in_bfloat16_scores_stay_near_those_of_float32() -> None:
    model = tiny.llama(initializer_range=0.1)
    expected, _ = score_groups(model, GROUPS, 4096)
    model.module.bfloat16()
    verify_head(model)
    found, _ = score_groups(model, GROUPS, 4096)
    for a, b in zip(expected, found, strict=True):
        means = [s.logprob / len(s.token_ids) for s in a]
        assert [s.logprob / len(s.token_ids) for s in b] == pytest.approx(means, abs=0.03)


def test_a_window_binds_from_the_first_token_that_it_hides() -> None:
    path = score_path(tiny.mistral(sliding_window=8).module)
    assert path.masks(8, lambda window: window) is None
    assert path.masks(9, lambda window: window) == 8
