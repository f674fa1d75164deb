"""What a chat template writes around messages is found: replies end as it ends them, starts are not doubled,
and special tokens that are a part of what the model says stay in its text."""

from __future__ import annotations

import pytest
import tiny
from aft_worker.protocol import ChatMessage, Conversation, ScoreGroup, ScoreResponse
from aft_worker.sample.stop_texts import StopWatch
from aft_worker.score.batching import encode_group
from aft_worker.tokens.chat import render_conversations
from aft_worker.tokens.codec import TokenCodec
from aft_worker.tokens.training import train_tokenizer
from aft_worker.tokens.turns import Turns, turns_of
from tokenizers import AddedToken
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerBase

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# as Phi 3's: EOS after the last turn, roles in tokens of their own
ROLES = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% else %}{{ eos_token }}{% endif %}"
)
# as DeepSeek's R1: a reply begins with <think>, which history leaves out; a system message without a token
THINKING = (
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' %}"
    "<|assistant|>{{ m.content }}{{ eos_token }}"
    "{% else %}{% if m.role == 'user' %}<|user|>{% endif %}{{ m.content }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|><think>\n{% endif %}"
)
# as GLM's: a turn ends where the next one begins
OPEN = (
    "[gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
PLAIN = "{% for m in messages %}{{ m.content }}\n{% endfor %}"
TEMPLATES = {"chatml": CHATML, "roles": ROLES, "thinking": THINKING, "open": OPEN, "plain": PLAIN}
SPECIAL = ["<|im_start|>", "<|im_end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
TAGS = ["<think>", "</think>", "####"]
STARTS = ["[gMASK]", "<sop>", "<en>"]


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> PreTrainedTokenizerBase:
    folder = tmp_path_factory.mktemp("bpe")
    tokenizer = train_tokenizer("bpe", ["How many? 4 and 4 are 8\n"], 300, str(folder), bos=False)
    tokenizer.add_tokens([AddedToken(name, special=True) for name in [*SPECIAL, *TAGS, *STARTS, "<s>"]])
    return tokenizer


def id_of(tokenizer: PreTrainedTokenizerBase, name: str) -> int:
    found = tokenizer.convert_tokens_to_ids(name)
    assert isinstance(found, int)
    return found


@pytest.fixture
def tokenizer(base):
    """As it was before each test: `prefix` and `bos` are what a test may set."""
    template, bos, processor = base.chat_template, base.bos_token, base.backend_tokenizer.post_processor
    yield base
    base.chat_template, base.bos_token = template, bos
    if processor is not None:
        base.backend_tokenizer.post_processor = processor


def with_template(tokenizer: PreTrainedTokenizerBase, name: str, prefix: str = "", bos: str | None = None):
    tokenizer.chat_template = TEMPLATES.get(name)
    tokenizer.bos_token = bos
    starts = [(each, id_of(tokenizer, each)) for each in prefix.split()]
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        f"{prefix} $A".strip(), special_tokens=starts
    )
    return TokenCodec(tokenizer)


def asked(tokenizer: PreTrainedTokenizerBase, *contents: str) -> str:
    messages = [
        ChatMessage(role="assistant" if at % 2 else "user", content=text) for at, text in enumerate(contents)
    ]
    (text,) = render_conversations(tokenizer, [Conversation(messages=messages)], "t")
    return text


ENDS = {"chatml": "<|im_end|>", "roles": "<|end|>", "thinking": "</s>", "open": "</s>", "plain": "</s>"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_reply_ends_as_the_template_ends_it_and_sampling_stops_there(tokenizer, name: str) -> None:
    codec = with_template(tokenizer, name, bos="<s>")
    prompt, end = asked(tokenizer, "How many?", "4", "4 and 4?"), id_of(tokenizer, ENDS[name])
    ids = codec.encode_response("8", finish="stop", prompt=prompt)
    assert ids[-1] == end and ids.count(end) == 1
    assert codec.decode(ids) == "8"
    # an end that a text brings is the only one, and one that was cut off has none
    assert codec.encode_response(f"8{ENDS[name]}", prompt=prompt) == ids
    assert codec.encode_response("8", finish="length", prompt=prompt) == ids[:-1]
    assert {end, codec.eos_id} <= codec.eos_ids
    # a prompt that is none of the template's goes on as ever
    assert codec.encode_response("8", prompt="Question: How many?\nAnswer:")[-1] == codec.eos_id
    group = ScoreGroup(id="q", prompt=prompt, responses=[ScoreResponse(text="8")])
    assert encode_group(codec, group)[1] == [ids]


def test_a_template_that_ends_turns_with_eos_or_none_at_all_changes_nothing(tokenizer) -> None:
    for name in ("thinking", "open", "plain", ""):
        codec = with_template(tokenizer, name, bos="<s>")
        assert codec.eos_ids == {codec.eos_id}
        assert codec.end_after(asked(tokenizer, "How many?") if name else "How many?") == codec.eos_id


def test_a_template_that_refuses_what_it_is_asked_tells_nothing(tokenizer) -> None:
    tokenizer.chat_template = "{{ raise_exception('no') }}"
    assert turns_of(tokenizer) == Turns()
    tokenizer.chat_template = None
    assert turns_of(tokenizer) == Turns()


@pytest.mark.parametrize(
    ("prefix", "bos", "texts"),
    [
        ("[gMASK] <sop>", None, ["[gMASK]<sop>How", "<sop>How", "[gMASK]<sop>[gMASK]<sop>How", "How"]),
        # a start that the tokenizer does not declare
        ("<s>", None, ["<s>How", "<s><s>How", "How"]),
        ("<s> <en>", "<s>", ["<s><en>How", "<s>How", "<en>How", "<s><s><en>How", "How"]),
    ],
)
def test_a_prompt_has_its_start_once_however_much_of_it_the_text_brings(
    tokenizer, prefix, bos, texts
) -> None:
    codec = with_template(tokenizer, "", prefix, bos)
    start = [id_of(tokenizer, name) for name in prefix.split()]
    assert codec.prefix_ids == start
    plain = tokenizer("How", add_special_tokens=False)["input_ids"]
    for text in texts:
        assert codec.encode_prompt(text) == start + plain, text
    # nothing is taken out of the middle
    assert codec.encode_prompt(f"How{texts[0]}") == start + plain + start + plain


def test_a_start_that_is_written_with_spaces_stays_as_it_is_written(tokenizer) -> None:
    codec = with_template(tokenizer, "", "<s> <en>", "<s>")
    text = "<s> <en> How"
    assert codec.encode_prompt(text) == tokenizer(text, add_special_tokens=False)["input_ids"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_the_template_writes_is_in_no_text_and_tags_are(tokenizer, name: str) -> None:
    codec = with_template(tokenizer, name, bos="<s>")
    text = "<think>\n4 and 4</think> are\n#### 8"
    ids = codec.encode_response(text)
    assert codec.decode(ids) == text
    assert {id_of(tokenizer, tag) for tag in TAGS} <= set(ids)
    assert codec.spells(ids, text)
    # as it was written down before
    assert codec.spells(ids, "\n4 and 4 are\n 8")
    assert not codec.spells(ids, "<think>\n4 and 4 are\n 8")
    assert "".join(codec.pieces(ids)) == text + "</s>"
    roles = {"chatml": SPECIAL[:2], "roles": SPECIAL[2:], "thinking": SPECIAL[3:5], "open": SPECIAL[2:5]}
    for role in roles.get(name, []):
        assert codec.decode([id_of(tokenizer, role), *ids]) == text, role


def test_a_token_that_is_declared_as_a_special_one_is_in_no_text(tokenizer) -> None:
    tokenizer.mask_token = "####"
    try:
        codec = with_template(tokenizer, "")
        assert codec.decode(codec.encode_response("<think>#### 8")) == "<think> 8"
    finally:
        tokenizer.mask_token = None


def test_stop_texts_may_be_tags(tokenizer) -> None:
    codec = with_template(tokenizer, "chatml")
    watch = StopWatch(codec, ["</think>"])
    ends = [watch.ends_with(token) for token in codec.encode_response("<think>4</think>8")]
    assert ends.index(True) == 2 and watch.text == "<think>4"


def test_tiny_tokenizers_have_no_frame() -> None:
    assert turns_of(tiny.tokenizer()) == Turns()
