"""Special tokens and spaces by rule, for every kind of tokenizer: one BOS, one EOS, lossless responses."""

from __future__ import annotations

import copy
import random

import families
import pytest
from aft_worker.protocol import GeneratePrompt, ScoreGroup, ScoreResponse
from aft_worker.sample.prompts import encode_prompts
from aft_worker.score.batching import encode_group
from aft_worker.tokens.codec import TokenCodec
from aft_worker.tokens.dummy_prefix import without_dummy_prefix
from aft_worker.tokens.training import SPACE
from tokenizers import pre_tokenizers
from transformers import AutoTokenizer

kinds = pytest.mark.parametrize("kind", families.TOKENIZERS)
without_words = [kind for kind in families.TOKENIZERS if kind != "words"]
llama_like = pytest.mark.parametrize("kind", ["sentencepiece", "newer rule", "adds eos"])

RESPONSES = [
    "4",
    " 4",
    "  4",
    "4 ",
    " ",
    "\n",
    "\n\n4",
    " \n 4 \n ",
    "\t4",
    ".",
    ", or 52",
    "Cat buys 74 boxes",
    " Cat",
    "unseen words",
    "日本語 🎉 Zoë",
    "4 * 6 = 24\n#### 24",
]


@pytest.fixture(scope="module")
def codecs(tmp_path_factory):
    root = tmp_path_factory.mktemp("tokenizers")
    made = {}
    for at, (kind, make) in enumerate(families.TOKENIZERS.items()):
        make(root / str(at))
        made[kind] = TokenCodec(AutoTokenizer.from_pretrained(root / str(at)))
    return made


@kinds
def test_a_prompt_begins_with_one_bos_where_the_tokenizer_uses_one_and_never_ends(kind, codecs) -> None:
    codec = codecs[kind]
    bos = codec.tokenizer.bos_token_id
    assert (bos is None) is (kind == "no bos")
    for text in ["Ben has", "<s>Ben has", "<s><s>Ben has", ""]:
        ids = codec.encode_prompt(text)
        assert codec.eos_id not in ids
        if bos is not None:
            assert ids[0] == bos and ids.count(bos) == 1
    if bos is None:
        assert codec.prefix_ids == [] and codec.encode_prompt("") == []


@kinds
def test_a_response_ends_with_one_eos_and_has_no_bos(kind, codecs) -> None:
    codec = codecs[kind]
    for text in ["4", "4</s>", "4</s></s>", "", "</s>"]:
        ids = codec.encode_response(text, finish="stop")
        assert ids[-1] == codec.eos_id and ids.count(codec.eos_id) == 1
        assert codec.tokenizer.bos_token_id not in ids
    assert codec.eos_id not in codec.encode_response("4", finish="length")


@pytest.mark.parametrize("kind", without_words)
@pytest.mark.parametrize("text", RESPONSES)
def test_a_response_is_lossless(kind, text, codecs) -> None:
    codec = codecs[kind]
    ids = codec.encode_response(text)
    assert codec.decode(ids) == text
    assert codec.spells(ids, text)


@pytest.mark.parametrize("kind", without_words)
def test_any_response_is_lossless(kind, codecs) -> None:
    codec, chance = codecs[kind], random.Random(7)
    for _ in range(300):
        text = "".join(
            chance.choices(["Cat", " ", "  ", "\n", "4", "28", ".", "é", "日", "🎉", " keys"], k=8)
        )
        assert codec.decode(codec.encode_response(text)) == text


@pytest.mark.parametrize("kind", without_words)
def test_digits_stand_apart(kind, codecs) -> None:
    codec = codecs[kind]
    for text in ["1234", " 1234", "= 28"]:
        pieces = [codec.decode([token]) for token in codec.encode_response(text, finish="length")]
        assert "".join(pieces) == text
        assert all(len(piece.strip()) <= 1 for piece in pieces)


@llama_like
def test_a_prompt_has_the_space_before_a_text_and_a_response_has_not(kind, codecs) -> None:
    codec = codecs[kind]

    def names(ids: list[int]) -> list[str]:
        return codec.tokenizer.convert_ids_to_tokens(ids)

    assert names(codec.encode_prompt("Cat buys")) == ["<s>", f"{SPACE}Cat", f"{SPACE}buys"]
    assert names(codec.encode_response("Cat buys")) == ["Ca", "t", f"{SPACE}buys", "</s>"]
    assert names(codec.encode_response(" Cat buys")) == [f"{SPACE}Cat", f"{SPACE}buys", "</s>"]
    assert names(codec.encode_response("\nCat")) == ["<0x0A>", "Ca", "t", "</s>"]


@pytest.mark.parametrize("kind", without_words)
@pytest.mark.parametrize("prompt", ["Ben has 9 pens.\nAnswer:\n", "Ben has 9 pens.\nAnswer:"])
@pytest.mark.parametrize("response", [" 9 - 5 = 4\n#### 4", "9 pens", "\n4", "Ben"])
def test_prompt_and_response_are_the_tokens_of_the_whole_text(kind, prompt, response, codecs) -> None:
    # nothing merges over these borders
    codec = codecs[kind]
    apart = codec.encode_prompt(prompt) + codec.encode_response(response, finish="length")
    assert apart == codec.encode_prompt(prompt + response)


@llama_like
def test_ids_that_another_program_wrote_down_without_the_first_space_are_taken(kind, codecs) -> None:
    codec = codecs[kind]
    ids = codec.encode_response(" Cat buys")
    stripped = codec.tokenizer.decode(ids, skip_special_tokens=True)
    assert stripped == "Cat buys"
    assert codec.spells(ids, " Cat buys") and codec.spells(ids, stripped)
    assert not codec.spells(ids, "  Cat buys") and not codec.spells(ids, "Cat buy")


@kinds
def test_all_responses_see_one_prompt_which_is_the_one_that_is_sampled_from(kind, codecs) -> None:
    codec = codecs[kind]
    for prompt in ["Ben has ", "Cat buys 7\n", "<s>Ben"]:
        responses = [ScoreResponse(text=text) for text in RESPONSES]
        sampled = encode_prompts([GeneratePrompt(id="q", prompt=prompt, indices=[0])], codec, 0, 9)[0].ids
        for number in range(len(responses)):
            group = ScoreGroup(id="q", prompt=prompt, responses=responses)
            ids, (response,) = encode_group(codec, group, include=[number])
            assert ids == sampled
            assert response == codec.encode_response(RESPONSES[number])


@kinds
def test_only_a_tokenizer_that_adds_a_space_is_changed_to_go_on(kind, codecs) -> None:
    backend = codecs[kind].tokenizer.backend_tokenizer
    rules = backend.to_str()
    without_prefix = without_dummy_prefix(backend)
    assert (without_prefix is not backend) is (kind in ("sentencepiece", "newer rule", "adds eos"))
    assert backend.to_str() == rules
    assert without_prefix.get_vocab() == backend.get_vocab()
    assert codecs[kind].decodes_apart


def test_bytes_that_would_get_a_space_before_them_go_on_without(codecs) -> None:
    plain, prefixing = (copy.deepcopy(codecs["bpe"].tokenizer.backend_tokenizer) for _ in range(2))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    prefixing.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    assert prefixing.encode("Cat").ids != plain.encode("Cat").ids
    assert without_dummy_prefix(prefixing).encode("Cat").ids == plain.encode("Cat").ids


def test_the_end_of_the_tokenizer_and_those_of_the_generation_settings_are_all_ends(codecs) -> None:
    tokenizer = codecs["bpe"].tokenizer
    other = tokenizer.convert_tokens_to_ids("#")
    codec = TokenCodec(tokenizer, eos_ids=[other, tokenizer.pad_token_id])
    assert codec.eos_id == tokenizer.eos_token_id
    assert codec.eos_ids == {tokenizer.eos_token_id, other, tokenizer.pad_token_id}
    # an end that the text brings is the response's end, whichever it is
    assert codec.encode_response("4#") == codec.encode_response("4#", finish="length")
    assert codec.encode_response("4")[-1] == tokenizer.eos_token_id
