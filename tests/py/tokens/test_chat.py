"""Chat templates: what a model was taught to see, or one clear sentence why not."""

from __future__ import annotations

import pytest
from aft_worker.errors import WorkerError
from aft_worker.model.source import open_tokenizer
from aft_worker.protocol import ChatMessage, Conversation
from aft_worker.tokens.chat import render_conversations
from aft_worker.tokens.codec import TokenCodec
from aft_worker.tokens.training import train_tokenizer

# In the manner of Llama 2's: it writes BOS, takes turns of user and assistant, and no system message.
TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'system' %}{{ raise_exception('System messages are not supported') }}{% endif %}"
    "{% if message.role == 'user' %}[INST] {{ message.content }} [/INST]"
    "{% else %} {{ message.content }} {{ eos_token }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %} Answer:{% endif %}"
)


def conversation(*messages: tuple[str, str]) -> Conversation:
    return Conversation(messages=[ChatMessage(role=role, content=content) for role, content in messages])


ASK = conversation(("user", "Hi"))


def trained(folder, template: str | None = TEMPLATE, kind: str = "sentencepiece"):
    train_tokenizer(kind, ["Hi [INST] 7 [/INST] Answer: Bye"], 330, str(folder), chat_template=template)
    return open_tokenizer(str(folder))


def test_a_conversation_is_rendered_up_to_the_reply(tmp_path) -> None:
    talk = conversation(("user", "Hi"), ("assistant", "Bye"), ("user", "7"))
    assert render_conversations(trained(tmp_path), [ASK, talk], "t") == [
        "<s>[INST] Hi [/INST] Answer:",
        "<s>[INST] Hi [/INST] Bye </s>[INST] 7 [/INST] Answer:",
    ]


@pytest.mark.parametrize("kind", ["words", "bpe", "sentencepiece"])
def test_a_bos_that_the_template_writes_is_the_only_one(kind, tmp_path) -> None:
    tokenizer = trained(tmp_path, kind=kind)
    (text,) = render_conversations(tokenizer, [ASK], "t")
    ids = TokenCodec(tokenizer).encode_prompt(text)
    assert ids[0] == tokenizer.bos_token_id
    assert ids.count(tokenizer.bos_token_id) == 1
    assert ids == tokenizer(text, add_special_tokens=False)["input_ids"]


def test_a_tokenizer_without_a_template_says_so(tmp_path) -> None:
    with pytest.raises(WorkerError) as raised:
        render_conversations(trained(tmp_path, None), [ASK], "base-model")
    assert raised.value.name == "NoChatTemplate"
    assert str(raised.value) == (
        "the tokenizer of 'base-model' has no chat template: the model was not taught one; "
        "write the prompt as plain text, or take the model's chat variant"
    )
    assert (raised.value.data.source, raised.value.data.pointer) == ("base-model", "/source")


def test_a_conversation_that_the_template_does_not_take_is_named(tmp_path) -> None:
    with pytest.raises(WorkerError) as raised:
        render_conversations(
            trained(tmp_path), [ASK, conversation(("system", "Be brief"), ("user", "Hi"))], "t"
        )
    assert raised.value.name == "ChatTemplateRefused"
    assert str(raised.value) == (
        "the chat template of 't' does not take conversation 1 (roles: system, user): "
        "System messages are not supported"
    )
    assert (raised.value.data.conversation, raised.value.data.pointer) == (1, "/conversations/1")


def test_a_template_that_is_no_template_is_named(tmp_path) -> None:
    with pytest.raises(WorkerError, match="the chat template of 't' does not take conversation 0"):
        render_conversations(trained(tmp_path, "{% for %}"), [ASK], "t")


def test_only_the_tokenizer_need_be_there(tmp_path) -> None:
    with pytest.raises(WorkerError, match="there is no such folder") as raised:
        open_tokenizer(str(tmp_path / "nowhere"))
    assert (raised.value.name, raised.value.data.pointer) == ("ModelNotLoaded", "/source")
    (tmp_path / "empty").mkdir()
    with pytest.raises(WorkerError, match=r"the folder lacks tokenizer\.json"):
        open_tokenizer(str(tmp_path / "empty"))
