"""Special tokens by rule: one BOS, EOS where a response ended, and prompts with one encoding."""

from __future__ import annotations

import pytest
import tiny
from aft_worker.errors import WorkerError
from aft_worker.tokens import codec as tokens
from aft_worker.tokens.codec import TokenCodec
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

BOS, EOS = 0, 1
A = 4 + tiny.CHARACTERS.index("a")


def test_a_prompt_has_exactly_one_bos_and_never_an_eos() -> None:
    assert tiny.codec().encode_prompt("a") == [BOS, A]
    assert tiny.codec(template="<s> $A </s>").encode_prompt("a") == [BOS, A]


@pytest.mark.parametrize("text", ["<s>a", "<s><s>a"])
def test_a_prompt_that_brings_its_own_bos_has_one_all_the_same(text: str) -> None:
    assert tiny.codec().encode_prompt(text) == [BOS, A]


def test_a_tokenizer_that_uses_no_bos_gets_none() -> None:
    codec = tiny.codec(bos=False)
    assert codec.encode_prompt("a") == [A]
    # there, a BOS in the text is the text's own
    assert codec.encode_prompt("<s>a") == [BOS, A]


def test_a_response_has_no_bos_and_ends_with_eos_unless_it_was_cut_off() -> None:
    codec = tiny.codec()
    assert codec.encode_response("a") == [A, EOS]
    assert codec.encode_response("a", finish="stop") == [A, EOS]
    assert codec.encode_response("a", finish="length") == [A]
    assert codec.encode_response("a</s>") == [A, EOS]


def test_given_ids_are_used_as_they_are() -> None:
    assert tiny.codec().encode_response("ignored", [9, 8], "stop") == [9, 8]


def test_the_empty_answer_is_eos() -> None:
    assert tiny.codec().encode_response("") == [EOS]


def test_ids_spell_the_text_they_decode_to_and_no_other() -> None:
    codec = tiny.codec()
    assert codec.spells([A, EOS], "a")
    assert codec.spells([A], "a")
    assert not codec.spells([A, A], "a")
    assert not codec.spells([A], "aa")
    assert not codec.spells([], "a")
    # ids alone, without a text, claim nothing but to be of this vocabulary
    assert codec.spells([A, A], "")
    last = len(codec.tokenizer) - 1
    assert codec.spells([last], "") and not codec.spells([last + 1], "")
    assert TokenCodec(tiny.tokenizer(), vocabulary_size=last + 2).spells([last + 1], "")


def test_a_text_is_held_against_its_ids_once(monkeypatch) -> None:
    codec = tiny.codec()
    assert codec.spells([A], "a")
    monkeypatch.setattr(codec, "_reads", lambda ids, text: pytest.fail("decoded again"))
    assert codec.spells([A], "a")


def test_a_response_of_half_a_character_spells_its_text() -> None:
    codec = bpe(["a"])
    ids = codec.encode_response("é", finish="length")
    assert len(ids) == 2
    cut = codec.decode(ids[:1])
    assert cut == "\ufffd"
    assert codec.spells(ids[:1], cut)


def test_what_is_remembered_of_texts_is_bounded(monkeypatch) -> None:
    monkeypatch.setattr(tokens, "CACHE_TEXTS", 5)
    monkeypatch.setattr(tokens, "CACHE_TOKENS", 40)
    codec = tiny.codec()
    for number in range(100):
        text = f"{number}" * (1 if number < 50 else 9)
        ids = codec.encode_response(text)
        assert codec.spells(ids, text)
        assert len(codec._cache) <= 5 and len(codec._spelled) <= 5
        assert sum(map(len, codec._cache.values())) < 40 + 18
        assert codec.encode_response(text) == ids


def test_decoding_drops_special_tokens_and_keeps_spaces() -> None:
    codec = tiny.codec()
    text = " 1 , 2 .  a ?"
    assert codec.decode(codec.encode_response(text)) == text
    assert codec.decode(codec.encode_prompt(text)) == text


def bpe(texts: list[str]) -> TokenCodec:
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["<|end|>"], initial_alphabet=alphabet)
    backend.train_from_iterator(texts, trainer)
    return TokenCodec(PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|end|>"))


@pytest.mark.parametrize("response", [" 4", "4", ".", "?!", "\n", "a a"])
def test_a_prompt_has_the_same_ids_whatever_follows(response: str) -> None:
    codec = bpe(["is it 4? a a a", "Answer: 4. ?! Answer: is", "Answer:  4"] * 20)
    prompt = "Answer: "
    ids = codec.encode_prompt(prompt)
    joined = codec.tokenizer(prompt + response, add_special_tokens=False)["input_ids"]
    if response == "4":
        # tokenised together, the space would have gone over to the response
        assert joined[: len(ids)] != ids
    assert codec.decode(ids) == prompt
    assert codec.decode(codec.encode_response(response)) == response
    assert codec.encode_prompt(prompt) == ids


def test_the_pieces_of_a_text_are_what_each_token_adds_to_it() -> None:
    codec = tiny.codec()
    assert codec.pieces(codec.encode_response(" a 1")) == [" ", "a", " ", "1", "</s>"]
    codec = bpe(["the cat"] * 20)
    ids = codec.encode_response("the cat")
    assert "".join(codec.pieces(ids)) == "the cat<|end|>"
    assert len(codec.pieces(ids)) == len(ids)
    assert codec.pieces([]) == []


def test_a_character_of_several_tokens_stands_with_the_last_of_them() -> None:
    codec = bpe(["a"])
    ids = codec.encode_response("a\N{GREEK SMALL LETTER BETA}a")
    assert codec.pieces(ids) == ["a", "", "\N{GREEK SMALL LETTER BETA}", "a", "<|end|>"]
    # cut off in its middle, the half is shown as what it is
    assert codec.pieces(ids[:2]) == ["a", "\ufffd"]


def test_several_ends_of_sequence_are_known_and_the_tokenizers_own_closes() -> None:
    codec = TokenCodec(tiny.tokenizer(), eos_ids=[7, 1])
    assert codec.eos_ids == {1, 7}
    assert codec.encode_response("a") == [A, EOS]
    assert codec.encode_response("", [A, 7]) == [A, 7]


def test_pad_is_eos_where_the_tokenizer_has_none() -> None:
    assert tiny.codec().pad_id == 2
    assert tiny.codec(pad=None).pad_id == EOS


def test_a_tokenizer_without_an_end_is_refused() -> None:
    tokenizer = tiny.tokenizer()
    tokenizer.eos_token = None
    with pytest.raises(WorkerError, match="names no end-of-sequence token") as caught:
        TokenCodec(tokenizer)
    assert caught.value.name == "ModelNotLoaded"


def test_truncation_and_padding_left_in_a_tokenizers_file_change_nothing() -> None:
    tokenizer = tiny.tokenizer()
    tokenizer.backend_tokenizer.enable_truncation(3)
    tokenizer.backend_tokenizer.enable_padding(length=9)
    assert TokenCodec(tokenizer).encode_response("aaaaa") == [A] * 5 + [EOS]


def test_changing_a_returned_list_does_not_change_the_next_encoding() -> None:
    codec = tiny.codec()
    codec.encode_prompt("a").append(99)
    codec.encode_response("a", finish="length").append(99)
    assert codec.encode_prompt("a") == [BOS, A]
    assert codec.encode_response("a", finish="length") == [A]
