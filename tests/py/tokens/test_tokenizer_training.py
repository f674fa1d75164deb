"""The tokenizers that the worker makes: lossless, deterministic, with one <s> at the start of a text."""

from __future__ import annotations

import random
import re

import pytest
from aft_worker.errors import WorkerError
from aft_worker.model.digest import tokenizer_digest
from aft_worker.tokens.codec import TokenCodec
from aft_worker.tokens.training import train_tokenizer
from transformers import AutoTokenizer

TEXTS = [
    "Cat buys 7 boxes of 4 keys and 4 bags of 6 figs. How many things are left?\n",
    "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52\n#### 52",
    "  Zoë's café:\t(x-y) >= 10%",
]
SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]


@pytest.fixture
def words(tmp_path):
    return train_tokenizer("words", TEXTS, None, str(tmp_path / "words"))


def test_words_keep_their_space_and_digits_stand_alone(words):
    assert words.tokenize("Cat buys 74 boxes.\n52") == [
        "Cat",
        " buys",
        " 7",
        "4",
        " boxes",
        ".",
        "\n",
        "5",
        "2",
    ]


def test_the_vocabulary_is_special_tokens_then_sorted_pieces_with_all_digits(words):
    ordered = sorted(words.get_vocab(), key=words.get_vocab().get)
    assert ordered[:4] == SPECIAL
    assert ordered[4:] == sorted(ordered[4:])
    assert {f"{space}{digit}" for space in ("", " ") for digit in range(10)} <= set(ordered)
    assert [words.pad_token_id, words.bos_token_id, words.eos_token_id, words.unk_token_id] == [0, 1, 2, 3]


def test_decoding_gives_the_text_back(words):
    codec = TokenCodec(words)
    for text in TEXTS:
        ids = codec.encode_prompt(text)
        assert words.unk_token_id not in ids
        assert codec.decode(ids) == text


def test_decoding_gives_back_any_text_of_its_alphabet(words):
    # pieces that begin with a space or are a sign, a digit or a newline never melt into their neighbours
    codec = TokenCodec(words)
    apart = [t for t in words.get_vocab() if re.fullmatch(r" \S+|\d|\n", t)]
    chance = random.Random(3)
    for _ in range(300):
        pieces = chance.choices(apart, k=chance.randint(1, 30))
        text = "".join(pieces)
        ids = codec.encode_response(text)
        assert words.convert_ids_to_tokens(ids) == [*pieces, "</s>"]
        assert codec.decode(ids) == text


def test_an_unknown_word_is_unk_and_only_that_word(words):
    assert words.tokenize("Cat eats 4 figs") == ["Cat", "<unk>", " 4", " figs"]


def test_a_text_begins_with_one_bos(words):
    codec = TokenCodec(words)
    assert words("Cat buys")["input_ids"][:1] == [1]
    assert codec.encode_prompt("Cat buys").count(1) == 1
    assert codec.encode_prompt("<s>Cat buys") == codec.encode_prompt("Cat buys")


@pytest.mark.parametrize(("kind", "size"), [("words", None), ("bpe", 300), ("sentencepiece", 360)])
def test_the_same_texts_give_the_same_tokenizer_in_any_order(kind, size, tmp_path):
    first = train_tokenizer(kind, TEXTS, size, str(tmp_path / "a"))
    second = train_tokenizer(kind, TEXTS[::-1], size, str(tmp_path / "b"))
    assert tokenizer_digest(first) == tokenizer_digest(second)
    assert tokenizer_digest(AutoTokenizer.from_pretrained(tmp_path / "a")) == tokenizer_digest(first)
    other = train_tokenizer(kind, [*TEXTS, "pears pears pears"], size, str(tmp_path / "c"))
    assert tokenizer_digest(other) != tokenizer_digest(first)


def test_a_tokenizers_digest_does_not_depend_on_how_it_was_last_called(words):
    before = tokenizer_digest(words)
    words(["Cat", "Cat buys"], padding=True, truncation=True, max_length=2)
    assert tokenizer_digest(words) == before


def test_bpe_gives_back_every_text(tmp_path):
    tokenizer = train_tokenizer("bpe", TEXTS * 5, 320, str(tmp_path / "bpe"))
    assert len(tokenizer) <= 320
    codec = TokenCodec(tokenizer)
    for text in [*TEXTS, "日本語 123456 🎉", " \n\n  leading", "unseen words!"]:
        assert codec.decode(codec.encode_prompt(text)) == text
    assert len(tokenizer.tokenize("1234")) == 4


@pytest.mark.parametrize(("size", "found"), [(None, "none"), (100, "100")])
def test_bpe_needs_room_for_the_bytes(size, found, tmp_path):
    with pytest.raises(WorkerError) as raised:
        train_tokenizer("bpe", TEXTS, size, str(tmp_path / "bpe"))
    assert str(raised.value) == (
        "a bpe tokenizer needs a vocabularySize of at least 260 (256 bytes and 4 special tokens), "
        f"found {found}"
    )
    assert raised.value.data.pointer == "/vocabularySize"
    assert not (tmp_path / "bpe").exists()


def test_sentencepiece_has_the_layout_of_llama_2(tmp_path):
    tokenizer = train_tokenizer("sentencepiece", TEXTS * 5, 340, str(tmp_path / "sp"))
    vocabulary = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    assert len(vocabulary) <= 340
    assert vocabulary[:4] == ["<unk>", "<s>", "</s>", "<0x00>"]
    assert vocabulary[258] == "<0xFF>"
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (1, 2, None)
    # white space but for spaces is bytes, digits are in no merge, spaces only at the beginning of a piece
    assert not [piece for piece in vocabulary[3:] if re.search(r"\s|\S\d|\d\S", piece) and len(piece) != 6]
    assert not [piece for piece in vocabulary[259:] if "▁" in piece.lstrip("▁")]


def test_sentencepiece_splits_as_llama_2_does(tmp_path):
    tokenizer = train_tokenizer("sentencepiece", ["keys keys keys buys buys buys"], 280, str(tmp_path / "sp"))
    assert tokenizer.tokenize("keys 74\nbuys") == [
        "▁keys",
        "▁",
        "<0x37>",
        "<0x34>",
        "<0x0A>",
        "bu",
        "ys",
    ]
    assert tokenizer("keys")["input_ids"] == [1, tokenizer.convert_tokens_to_ids("▁keys")]
    assert tokenizer.decode(tokenizer("keys buys")["input_ids"], skip_special_tokens=True) == "keys buys"


@pytest.mark.parametrize(("size", "found"), [(None, "none"), (262, "262")])
def test_sentencepiece_needs_room_for_bytes_and_characters(size, found, tmp_path):
    with pytest.raises(WorkerError) as raised:
        train_tokenizer("sentencepiece", ["abc cab"], size, str(tmp_path / "sp"))
    assert str(raised.value) == (
        "a sentencepiece tokenizer needs a vocabularySize of at least 263 "
        f"(256 bytes, 3 special tokens and the 4 characters of its texts), found {found}"
    )
    assert raised.value.data.pointer == "/vocabularySize"


@pytest.mark.parametrize(("kind", "size"), [("words", None), ("bpe", 300), ("sentencepiece", 360)])
def test_without_bos_a_text_begins_with_itself(kind, size, tmp_path):
    tokenizer = train_tokenizer(kind, TEXTS, size, str(tmp_path / "t"), bos=False)
    assert tokenizer.bos_token is None
    assert tokenizer("Cat")["input_ids"] == tokenizer("Cat", add_special_tokens=False)["input_ids"]
    assert TokenCodec(tokenizer).prefix_ids == []
