"""Every architecture with every kind of tokenizer: shared row or own, sampled, saved, trained: one model."""

from __future__ import annotations

import families
import pytest
import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.model.loading import load_model
from aft_worker.model.saving import save_model
from aft_worker.protocol import (
    GeneratePrompt,
    SampledCandidate,
    ScoreGroup,
    ScoreResponse,
    TrainGroup,
    TrainResponse,
    VftLoss,
)
from aft_worker.score.batching import encode_group
from aft_worker.score.path import score_path
from aft_worker.score.scoring import score_groups
from transformers import AutoModelForCausalLM, AutoTokenizer

every = [(one, other) for one in families.ARCHITECTURES for other in families.TOKENIZERS]
each_pair = pytest.mark.parametrize(("architecture", "tokenizer"), every)
each_architecture = pytest.mark.parametrize("architecture", families.ARCHITECTURES)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder with the tokenizer of each kind."""
    root = tmp_path_factory.mktemp("tokenizers")
    for at, make in enumerate(families.TOKENIZERS.values()):
        make(root / str(at))
    return {kind: root / str(at) for at, kind in enumerate(families.TOKENIZERS)}


def own_logprobs(module, prompt: list[int], response: list[int]) -> list[float]:
    """An independent reading: the module's own logits on one plain sequence, token by token."""
    with torch.no_grad():
        logits = module(input_ids=torch.tensor([prompt + response])).logits[0].double().log_softmax(-1)
    return [logits[len(prompt) + at - 1, token].item() for at, token in enumerate(response)]


def drawn(model, **settings) -> dict[tuple[str, int], SampledCandidate]:
    prompts = [
        GeneratePrompt(id=group.id, prompt=group.prompt, indices=[0, 1, 2]) for group in families.GROUPS
    ]
    candidates = tiny.sample(model, prompts, **{"max_new_tokens": 14, **settings})
    return {(candidate.question_id, candidate.index): candidate for candidate in candidates}


def logits(module, ids: list[int]) -> torch.Tensor:
    with torch.no_grad():
        return module(input_ids=torch.tensor([ids])).logits[0]


@each_pair
def test_scores_in_a_shared_row_and_in_rows_of_their_own_are_those_of_the_models_logits(
    architecture, tokenizer, folders
) -> None:
    model = families.make(architecture, folders[tokenizer])
    together, _ = score_groups(model, families.GROUPS, 4096)
    assert score_path(model.module).share
    apart, _ = score_groups(model, families.GROUPS, 1)
    for group, shared, single in zip(families.GROUPS, together, apart, strict=True):
        prompt, responses = encode_group(model.tokenizer, group)
        for one, other, response in zip(shared, single, responses, strict=True):
            expected = own_logprobs(model.module, prompt, response)
            assert one.token_ids == other.token_ids == response
            assert one.token_logprobs == pytest.approx(expected, abs=1e-4)
            assert other.token_logprobs == pytest.approx(expected, abs=1e-4)


@each_pair
def test_a_sample_is_drawn_again_and_scored_with_the_log_probability_it_was_drawn_with(
    architecture, tokenizer, folders
) -> None:
    model = families.make(architecture, folders[tokenizer])
    first, again = drawn(model), drawn(model, slots=3)
    assert {key: one.token_ids for key, one in first.items()} == {
        key: one.token_ids for key, one in again.items()
    }
    groups = [
        ScoreGroup(
            id=one.id,
            prompt=one.prompt,
            # with the text: the ids spell it
            responses=[
                ScoreResponse(text=found.text, token_ids=found.token_ids, finish=found.finish)
                for found in (first[one.id, index] for index in range(3))
            ],
        )
        for one in families.GROUPS
    ]
    scored, _ = score_groups(model, groups, 4096)
    for group, scores in zip(groups, scored, strict=True):
        for index, score in enumerate(scores):
            assert score.logprob == pytest.approx(first[group.id, index].logprob, abs=1e-3)


@each_pair
def test_permuted_siblings_keep_their_scores(architecture, tokenizer, folders) -> None:
    model = families.make(architecture, folders[tokenizer])
    group = families.GROUPS[0]
    order = [2, 0, 1]
    turned = ScoreGroup(id="a", prompt=group.prompt, responses=[group.responses[at] for at in order])
    ((scores,), _), ((other,), _) = score_groups(model, [group], 4096), score_groups(model, [turned], 4096)
    for place, at in enumerate(order):
        assert other[place].token_ids == scores[at].token_ids
        assert other[place].logprob == pytest.approx(scores[at].logprob, abs=1e-4)


@each_pair
def test_a_saved_model_opens_without_this_package_and_is_the_same(
    architecture, tokenizer, folders, tmp_path
) -> None:
    made = families.make(architecture, folders[tokenizer])
    save_model(made, str(tmp_path / "saved"))
    attention = made.module.config._attn_implementation
    module = AutoModelForCausalLM.from_pretrained(
        tmp_path / "saved", dtype=torch.float32, attn_implementation=attention
    )
    plain = AutoTokenizer.from_pretrained(tmp_path / "saved")
    group = families.GROUPS[0]
    prompt, (response, *_) = encode_group(made.tokenizer, group)
    ids = plain(group.prompt)["input_ids"]
    assert (ids[:-1] if tokenizer == "adds eos" else ids) == prompt
    assert torch.equal(logits(module, prompt + response), logits(made.module, prompt + response))
    again = load_model(str(tmp_path / "saved"), dtype="float32", device="cpu")
    assert again.info("m") == made.info("m")
    assert encode_group(again.tokenizer, group) == encode_group(made.tokenizer, group)
    tied = made.module.get_input_embeddings().weight is made.module.get_output_embeddings().weight
    kept = again.module.get_input_embeddings().weight is again.module.get_output_embeddings().weight
    assert kept is tied is (architecture != "mistral")


@each_architecture
def test_a_model_loaded_in_bfloat16_scores_near_the_one_in_float32(architecture, folders, tmp_path) -> None:
    # smaller weights: the rounding of large random ones adds up to more than it does in a trained model
    made = families.make(architecture, folders["sentencepiece"], init_std=0.1)
    save_model(made, str(tmp_path / "saved"))
    half = load_model(str(tmp_path / "saved"), dtype="bfloat16", device="cpu")
    assert half.dtype == torch.bfloat16
    exact, rounded = (score_groups(one, families.GROUPS, 4096)[0] for one in (made, half))
    for group, other in zip(exact, rounded, strict=True):
        for one, near in zip(group, other, strict=True):
            assert near.logprob / len(near.token_ids) == pytest.approx(
                one.logprob / len(one.token_ids), abs=0.05
            )


TRAINED = TrainGroup(
    id="a",
    prompt=families.GROUPS[0].prompt,
    responses=[
        TrainResponse(text=" 9 - 5 = 4\n#### 4", target=True, label="positive", rank=1),
        TrainResponse(text=" 4\n#### 4", target=False, label="positive", rank=1),
        TrainResponse(text=" 9 - 5 = 5\n#### 5", target=False, label="negative", rank=2),
    ],
)


@each_pair
@pytest.mark.parametrize("loss", [VftLoss(), tiny.alignment("boundary")], ids=["vft", "aft-bc"])
def test_training_lowers_the_loss(architecture, tokenizer, loss, folders) -> None:
    model = families.make(architecture, folders[tokenizer], init_std=0.1)
    run = tiny.trainer(model, loss, schedule=tiny.schedule(shape="constant", warmup_steps=0))
    losses = [run.step(number, [TRAINED]).loss.total for number in range(1, 5)]
    assert losses[3] < losses[2] < losses[1] < losses[0]


@each_architecture
def test_the_end_is_learned_where_padding_is_the_same_token(architecture, folders) -> None:
    model = families.make(architecture, folders["pad is eos"], init_std=0.1)
    codec = model.tokenizer
    assert codec.pad_id == codec.eos_id
    # of two rows the shorter one is padded
    groups = [
        TrainGroup(id=text, prompt="Ben", responses=[TrainResponse(text=text, target=True)])
        for text in (" has 4", " has 9 pens and gives 5 away.")
    ]
    asked = [
        ScoreGroup(id=one.id, prompt=one.prompt, responses=[ScoreResponse(text=one.id)]) for one in groups
    ]

    def of_the_end() -> list[float]:
        scored, _ = score_groups(model, asked, 4096)
        assert all(scores[0].token_ids[-1] == codec.eos_id for scores in scored)
        return [scores[0].token_logprobs[-1] for scores in scored]

    before = of_the_end()
    run = tiny.trainer(model, VftLoss(), schedule=tiny.schedule(shape="constant", warmup_steps=0))
    told = run.step(1, groups)
    assert told.target_tokens == sum(len(codec.encode_response(one.id)) for one in groups)
    for number in range(2, 6):
        run.step(number, groups)
    assert all(after > was + 0.5 for after, was in zip(of_the_end(), before, strict=True))


@pytest.mark.parametrize("architecture", ["qwen", "mistral", "gemma", "gemma3"])
def test_the_window_is_shorter_than_the_sequences_and_matters(architecture, folders) -> None:
    narrow = families.make(architecture, folders["bpe"])
    wide = families.make(architecture, folders["bpe"], sliding_window=None)
    assert narrow.digest() == wide.digest()
    (scores, *_), (other, *_) = (score_groups(one, families.GROUPS, 4096)[0] for one in (narrow, wide))
    assert len(narrow.tokenizer.encode_prompt(families.GROUPS[0].prompt)) > 2 * families.WINDOW
    assert all(abs(one.logprob - far.logprob) > 1e-2 for one, far in zip(scores, other, strict=True))


@pytest.mark.parametrize("cap", families.CAPS)
@pytest.mark.parametrize("loaded", [False, True], ids=["made", "loaded"])
def test_each_soft_cap_matters(cap, loaded, folders, tmp_path) -> None:
    low, high = (families.make("gemma", folders["bpe"], **change) for change in ({}, {cap: 1e6}))
    if loaded:
        save_model(low, str(tmp_path / "low"))
        low = load_model(str(tmp_path / "low"), dtype="float32", device="cpu")
    (scores, *_), (other, *_) = (score_groups(one, families.GROUPS, 4096)[0] for one in (low, high))
    assert all(abs(one.logprob - far.logprob) > 1e-2 for one, far in zip(scores, other, strict=True))


def test_attention_that_would_leave_out_the_soft_cap_is_refused(folders, tmp_path) -> None:
    save_model(families.make("gemma", folders["bpe"]), str(tmp_path / "saved"))
    with pytest.raises(WorkerError) as raised:
        load_model(str(tmp_path / "saved"), dtype="float32", device="cpu", attention="sdpa")
    assert raised.value.name == "ModelNotLoaded"
