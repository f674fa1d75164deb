"""Stop texts: a response ends at the first, cut exactly before it, wherever the borders of its tokens are."""

from __future__ import annotations

import random

import families
import pytest
import tiny
from aft_worker.errors import Cancelled
from aft_worker.protocol import GeneratePrompt, SampledCandidate, ScoreGroup, ScoreResponse
from aft_worker.sample.stop_texts import StopWatch, first_stop
from aft_worker.score.scoring import score_groups
from aft_worker.tokens.codec import TokenCodec
from transformers import AutoTokenizer

KINDS = ["words", "bpe", "sentencepiece", "newer rule"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("tokenizers")
    for at, kind in enumerate(KINDS):
        families.TOKENIZERS[kind](root / str(at))
    return {kind: root / str(at) for at, kind in enumerate(KINDS)}


@pytest.fixture
def codec(request, folders) -> TokenCodec:
    return TokenCodec(AutoTokenizer.from_pretrained(folders[request.param]))


def expected(codec: TokenCodec, ids: list[int], stops: list[str]) -> tuple[int, str] | None:
    """An independent reading: the text of every beginning, decoded anew. (tokens taken, text kept)"""
    for count in range(1, len(ids) + 1):
        text = codec.decode(ids[:count])
        kept = text
        for stop in stops:
            kept = kept.split(stop)[0]
        if kept != text:
            return count, kept
    return None


def watched(codec: TokenCodec, ids: list[int], stops: list[str]) -> tuple[int, str] | None:
    watch = StopWatch(codec, stops)
    for count, token in enumerate(ids, 1):
        if watch.ends_with(token):
            assert watch.text is not None
            return count, watch.text
        assert watch.text is None
    return None


@pytest.mark.parametrize("codec", ["bpe", "sentencepiece"], indirect=True)
@pytest.mark.parametrize(
    ("text", "stops", "kept"),
    [
        ("It is 4.\n\nQuestion: Ben", ["\n\nQuestion:"], "It is 4."),
        ("It is 4.\n\nQuestion: Ben", ["Question:", "\n\n"], "It is 4."),
        ("\n\nQuestion:", ["\n\nQuestion:"], ""),
        ("a\n\n\nb", ["\n\n"], "a"),
        ("Zoë 日本語 🎉 end", ["🎉"], "Zoë 日本語 "),
        ("Zoë 日本語 🎉 end", ["本語 🎉 e"], "Zoë 日"),
        ("日日日本", ["日本"], "日日"),
        ("aaab", ["aab", "b"], "a"),
        (" 4", [" "], ""),
    ],
)
def test_the_text_is_cut_before_the_first_stop_text(codec, text, stops, kept) -> None:
    ids = codec.encode_response(text)
    found = watched(codec, ids, stops)
    assert found is not None and found[1] == kept
    assert found == expected(codec, ids, stops)


@pytest.mark.parametrize("codec", KINDS, indirect=True)
def test_what_is_found_is_what_decoding_every_beginning_anew_would_find(codec) -> None:
    chance = random.Random(11)
    parts = ["4", " ", "\n", "\n\n", "Cat", " keys", "é", "日", "🎉", "#### "]
    stops = [["\n\n"], ["\n4", "日"], ["é日"], ["Cat keys", "#### 4"], ["s"], [" ", "\n"]]
    found = 0
    for _ in range(400):
        ids = codec.encode_response("".join(chance.choices(parts, k=9)))
        if chance.random() < 0.5:
            # tokens of no text: halves of characters, ends in the middle
            chance.shuffle(ids)
        for some in stops:
            assert watched(codec, ids, some) == expected(codec, ids, some)
            found += watched(codec, ids, some) is not None
    assert found > 500


@pytest.mark.parametrize("codec", KINDS, indirect=True)
def test_random_tokens_end_where_their_text_has_a_stop(codec) -> None:
    chance = random.Random(5)
    size = len(codec.tokenizer)
    for _ in range(300):
        ids = [chance.randrange(size) for _ in range(40)]
        text = codec.decode(ids).replace("\ufffd", "")
        at = chance.randrange(max(1, len(text) - 2))
        stop = text[at : at + 2]
        if stop:
            assert watched(codec, ids, [stop]) == expected(codec, ids, [stop])


@pytest.mark.parametrize("codec", ["bpe"], indirect=True)
def test_a_tokenizer_that_cannot_decode_part_by_part_decodes_the_whole(codec, monkeypatch) -> None:
    monkeypatch.setattr(codec, "decodes_apart", False)
    # as a tokenizer in Python may: the space before the first token is left out
    decode = codec.decode
    monkeypatch.setattr(codec, "decode", lambda ids: decode(ids).removeprefix(" "))
    ids = codec.encode_response(" It is 4. Cat buys keys")
    for stops in ([" Cat"], [" It"], ["It is"], [" keys", "."]):
        assert watched(codec, ids, stops) == expected(codec, ids, stops)
    assert watched(codec, ids, [" Cat"]) is not None and watched(codec, ids, [" It"]) is None


@pytest.mark.parametrize("codec", ["bpe", "sentencepiece"], indirect=True)
def test_only_the_tail_is_decoded(codec, monkeypatch) -> None:
    lengths: list[int] = []
    decode = codec.decode
    monkeypatch.setattr(codec, "decode", lambda ids: (lengths.append(len(ids)), decode(ids))[1])
    assert watched(codec, codec.encode_response("It is 4. 日本語 Cat buys keys. " * 20), ["nowhere"]) is None
    # the most bytes of one character
    assert max(lengths) <= 4


def test_the_first_stop_is_the_one_that_begins_first() -> None:
    assert first_stop("abcd", ["cd", "bc"]) == 1
    assert first_stop("abcd", ["x"]) is None


def drawn(model, **settings) -> dict[tuple[str, int], SampledCandidate]:
    asked = [
        GeneratePrompt(id=f"q{at}", prompt=text, indices=list(range(6))) for at, text in enumerate("abc")
    ]
    found = tiny.sample(model, asked, **{"max_new_tokens": 30, **settings})
    return {(one.question_id, one.index): one for one in found}


STOPS = ["e", "1"]


@pytest.mark.parametrize("name", ["llama", "gemma2", "mistral"])
@pytest.mark.parametrize("slots", [2, 100])
def test_a_sample_is_the_one_without_stop_texts_up_to_the_first(name, slots) -> None:
    model = tiny.MODELS[name]()
    free, cut = drawn(model), drawn(model, stop=STOPS, slots=slots)
    assert free.keys() == cut.keys()
    ended = 0
    for key, one in cut.items():
        whole = free[key]
        found = expected(model.tokenizer, whole.token_ids, STOPS)
        if found is None:
            assert (one.text, one.token_ids, one.finish) == (whole.text, whole.token_ids, whole.finish)
            assert one.logprob == pytest.approx(whole.logprob, abs=1e-4)
        else:
            ended += 1
            assert (one.tokens, one.text) == found
            assert (one.finish, one.token_ids, one.logprob) == ("stop", None, None)
    assert 0 < ended < len(cut)


def test_a_stop_text_that_the_last_token_completes_counts() -> None:
    model = tiny.llama()
    found = expected(model.tokenizer, drawn(model)["q0", 0].token_ids, STOPS)
    assert found is not None
    one = drawn(model, stop=STOPS, max_new_tokens=found[0])["q0", 0]
    assert (one.finish, one.text, one.tokens) == ("stop", found[1], found[0])


def test_a_text_that_was_cut_is_scored_as_the_text_closed_by_eos() -> None:
    model = tiny.llama()
    one = next(one for one in drawn(model, stop=STOPS).values() if one.token_ids is None and one.text)
    group = ScoreGroup(id="q", prompt="a", responses=[ScoreResponse(text=one.text, finish=one.finish)])
    ((scores,), _) = score_groups(model, [group], 512)
    assert scores[0].token_ids == [*model.tokenizer.encode_response(one.text, finish="length"), 1]


def test_sampling_with_stop_texts_can_be_cancelled_and_hands_over_what_was_done() -> None:
    model = tiny.llama()
    found: list[SampledCandidate] = []
    looks = 0

    def check_cancelled() -> None:
        nonlocal looks
        looks += 1
        if looks > 3:
            raise Cancelled

    asked = [
        GeneratePrompt(id=f"q{at}", prompt=text, indices=list(range(6))) for at, text in enumerate("abc")
    ]
    with pytest.raises(Cancelled):
        tiny.sample(
            model,
            asked,
            max_new_tokens=30,
            slots=4,
            stop=STOPS,
            check_cancelled=check_cancelled,
            on_candidates=found.extend,
        )
    whole = drawn(model, stop=STOPS)
    assert 0 < len(found) < len(whole)
    assert all(whole[one.question_id, one.index].text == one.text for one in found)
