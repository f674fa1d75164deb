"""Ways of decoding: the fastest that gives what the plain forward pass gives, for models of every kind."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import pytest
import tiny
import torch
import unusual
from aft_worker.errors import WorkerError
from aft_worker.protocol import GeneratePrompt, SampledCandidate
from aft_worker.sample import CollectedJob, SampleRequest, TransformersSampler, collect, slot_decoder, ways
from aft_worker.sample.prompts import encode_prompts
from aft_worker.score import score_path, verify_head
from sampled import sampled
from transformers import GenerationConfig, Phi3ForCausalLM

SHORT = ("a", "how many apples? 12", "12+34=")
TEXT = "how many apples? 12+34= B has 3 pens and 4 boxes of 5 pens each; " * 2


def drawn(
    model: tiny.TinyModel, prompts: Sequence[str], slots: int | None = None, indices=(0,), **settings
) -> tuple[dict[tuple[str, int], SampledCandidate], CollectedJob]:
    """Of a prompt's own text as its id, so that its company says nothing of it."""
    asked = [GeneratePrompt(id=text, prompt=text, indices=list(indices)) for text in prompts]
    usual = {"max_new_tokens": 20, "temperature": 1.0, "top_p": 1.0, "seed": 5}
    job = CollectedJob(SampleRequest(prompts=asked, **{**usual, **settings}))
    found = collect(TransformersSampler(model, slots), job)
    return {(one.question_id, one.index): one for one in found}, job


def generated(model: tiny.TinyModel, prompt: str, tokens: int = 20) -> tuple[list[int], float]:
    """The library's own greedy answer to one prompt, and its log-probability."""
    score_path(model.module).rewind()
    ids = torch.tensor([model.tokenizer.encode_prompt(prompt)])
    settings = GenerationConfig(max_new_tokens=tokens, do_sample=False, eos_token_id=1, pad_token_id=2)
    out = model.module.generate(
        ids, generation_config=settings, output_logits=True, return_dict_in_generate=True
    )
    chosen = out.sequences[0, ids.shape[1] :]
    logprobs = torch.cat(out.logits).double().log_softmax(-1)
    return chosen.tolist(), logprobs.gather(1, chosen[:, None]).sum().item()


# which way, and what the line says of it beside the reason
KINDS = {
    "rwkv": ("plain", "one at a time"),
    "recurrent-gemma": ("plain", "prompts of one length"),
    "falcon-h1": ("batches", "more than keys and values"),
    "minimax": ("plain", "prompts of one length"),
    "openai-gpt": ("batches", "no keys and values"),
    "xlm": ("plain", "a pass of its whole sequence"),
    "bart": ("plain", "prompts of one length"),
    "gpt-neo": ("batches", "in slots differ"),
}
MORE = [
    "mamba",
    "bloom",
    "mamba2",
    "falcon-mamba",
    "bamba",
    "granite-hybrid",
    "jamba",
    "zamba",
    "zamba2",
    "qwen3-next",
    "lfm2",
]


@pytest.mark.parametrize("name", KINDS)
def test_samples_of_a_kind_have_the_logprobs_of_its_plain_forward_pass(name):
    model = unusual.made(name)
    verify_head(model)
    found = sampled(model, SHORT, 16)
    way, line = KINDS[name]
    assert found.way == way
    assert line in found.why
    assert found.apart < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", MORE)
def test_samples_of_more_kinds_with_a_state(name):
    model = unusual.made(name)
    verify_head(model)
    assert sampled(model).apart < 1e-4


@pytest.mark.parametrize("name", ["rwkv", "mamba2", "recurrent-gemma", "lfm2"])
def test_greedy_answers_of_a_model_with_a_state_are_those_of_its_own_generate(name):
    model = unusual.made(name)
    found, _ = drawn(model, SHORT, temperature=0.0)
    for prompt in SHORT:
        ids, logprob = generated(model, prompt)
        assert found[prompt, 0].token_ids == ids
        assert found[prompt, 0].logprob == pytest.approx(logprob, abs=1e-4)


@pytest.mark.parametrize("name", ["rwkv", "xlm", "bart"])
def test_a_sample_is_the_same_in_any_company_the_plain_way_too(name):
    model = unusual.made(name)
    whole, _ = drawn(model, SHORT, indices=(0, 1), max_new_tokens=8)
    some, _ = drawn(model, SHORT[::-1][:2], slots=2, indices=(1,), max_new_tokens=8)
    assert len(whole) == 6 and len(some) == 2
    for key, one in some.items():
        assert one.token_ids == whole[key].token_ids


# prompts that end before, at and beyond the length at which positions change, which is 64 tokens
CROSSING = [TEXT[:count] for count in (3, 41, 44, 62, 63, 64, 90)]


# of transformers 5.17: Phi-3 drops its cache where it crosses, and goes on from the last token alone
FORGETS = '"next_sequence_length"' not in inspect.getsource(Phi3ForCausalLM.prepare_inputs_for_generation)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("phi3", marks=pytest.mark.skipif(FORGETS, reason="generate is wrong in this version")),
        "long-llama",
        "dynamic-llama",
    ],
)
def test_samples_that_cross_a_change_of_positions_are_those_of_generate(name):
    model = unusual.made(name)
    found, job = drawn(model, CROSSING, temperature=0.0, max_new_tokens=24)
    for prompt in CROSSING:
        ids, logprob = generated(model, prompt, 24)
        assert found[prompt, 0].token_ids == ids
        assert found[prompt, 0].logprob == pytest.approx(logprob, abs=1e-3)
    assert job.sampler is not None and job.sampler.note == (
        "its rotary positions change at 64 tokens, which samples may cross: samples are decoded in batches "
        "of prompts of one length, each of which ends with its longest"
    )


@pytest.mark.parametrize("name", ["phi3", "dynamic-llama"])
def test_where_positions_change_the_company_changes_no_sample(name):
    model = unusual.made(name)
    whole, _ = drawn(model, CROSSING, indices=(0, 1))
    for prompt in CROSSING[2:5]:
        alone, _ = drawn(model, [prompt], indices=(1,))
        assert alone[prompt, 1].token_ids == whole[prompt, 1].token_ids
        assert alone[prompt, 1].logprob == pytest.approx(whole[prompt, 1].logprob, abs=1e-3)


def test_short_samples_of_a_model_whose_positions_change_are_decoded_in_slots():
    model = unusual.made("phi3")
    _, job = drawn(model, SHORT)
    assert job.sampler is not None and job.sampler.note is None


def test_a_cache_that_the_model_drops_half_way_is_made_anew_from_all_tokens(monkeypatch):
    """Whether the model hands over all tokens then, or the last one alone."""
    model = unusual.made("phi3")
    base = type(model.module).prepare_inputs_for_generation

    def forgetting(self, input_ids, past_key_values=None, **settings):
        crosses = past_key_values is not None and input_ids.shape[1] == unusual.ORIGINAL + 1
        inputs = base(self, input_ids, past_key_values=past_key_values, **settings)
        return {**inputs, "input_ids": input_ids[:, -1:]} if crosses else inputs

    monkeypatch.setattr(type(model.module), "prepare_inputs_for_generation", forgetting)
    found, _ = drawn(model, CROSSING[1:3], temperature=0.0, max_new_tokens=24)
    for prompt in CROSSING[1:3]:
        ids = model.tokenizer.encode_prompt(prompt)
        for token in found[prompt, 0].token_ids:
            with torch.no_grad():
                logits = model.module(input_ids=torch.tensor([ids]), use_cache=False).logits[0, -1]
            assert token == int(logits.argmax())
            ids = [*ids, token]


def test_rows_that_begin_together_may_go_equally_far():
    """So one that has ended, and is computed on until the others have, takes no position that it might not
    have taken itself: the model may have no more, or change its positions there."""
    model = unusual.made("gpt-neo", max_position_embeddings=40)
    asked = [GeneratePrompt(id=str(count), prompt=TEXT[:count], indices=[0]) for count in range(1, 39)]
    prompts = encode_prompts(asked, model.tokenizer, 40, 10)
    model.max_positions = 40
    decoder = ways.decode_way(model).open(model, 2, 40)
    assert not decoder.refills
    for one in prompts:
        for other in prompts:
            assert decoder.together(one, [other]) == (one.limit == other.limit == 10 or one.ids == other.ids)


def test_rows_that_have_ended_take_no_position_beyond_the_last():
    model = unusual.made("gpt-neo", max_position_embeddings=40)
    model.max_positions = 40
    # none ends by itself, so each goes on to its limit, which for the long one is the model's last position
    model.tokenizer.eos_ids = frozenset()
    found, _ = drawn(model, [TEXT[:36], "a", "b", "c", "d", "e"], max_new_tokens=60)
    assert sorted(one.tokens for one in found.values()) == [3, 38, 38, 38, 38, 38]
    # together with others, the long one ends at once and is computed on to the last position
    long = TEXT[:29]
    first, _ = drawn(model, [long], max_new_tokens=1)
    model.tokenizer.eos_ids = frozenset(first[long, 0].token_ids or ())
    found, _ = drawn(model, [long, "a", "b", "c", "d", "e"], max_new_tokens=10)
    assert found[long, 0].token_ids == first[long, 0].token_ids
    assert max(one.tokens for one in found.values()) == 10


def test_a_model_that_no_way_fits_is_refused_by_name(monkeypatch):
    model = tiny.llama()
    forward = type(model.module).forward

    def random(self, *args, **settings):
        out = forward(self, *args, **settings)
        out.logits = out.logits + torch.randn_like(out.logits)
        return out

    monkeypatch.setattr(type(model.module), "forward", random)
    monkeypatch.setattr(ways, "twins_of", lambda causal: iter(()))
    with pytest.raises(WorkerError) as raised:
        drawn(model, SHORT)
    assert raised.value.name == "ModelNotLoaded"
    assert str(raised.value) == (
        "LlamaForCausalLM cannot be sampled from: its logits one row at a time differ from those of its "
        "plain forward pass"
    )


def test_the_check_is_made_once_a_model(monkeypatch):
    model = tiny.llama()
    calls: list[int] = []
    found = ways._found
    monkeypatch.setattr(ways, "_found", lambda *given: calls.append(1) or found(*given))
    for _ in range(3):
        drawn(model, SHORT, max_new_tokens=2)
    assert len(calls) == 1


@pytest.mark.parametrize("window", [100, 600])  # the second is longer than what the model itself is tried on
def test_a_window_that_no_row_of_the_check_reaches_is_crossed_by_its_twin(window, monkeypatch):
    looks = slot_decoder.looks
    monkeypatch.setattr(slot_decoder, "looks", lambda position, window, reach: looks(position, None, reach))
    model = tiny.mistral(sliding_window=window)
    _, job = drawn(model, SHORT, max_new_tokens=2)
    assert job.sampler is not None and job.sampler.note == (
        "its logits in slots differ from those of its plain forward pass: samples are decoded in batches, "
        "each of which ends with its longest"
    )
