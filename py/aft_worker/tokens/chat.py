"""Prompts of chat models, in the template that comes with the tokenizer."""

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from ..errors import WorkerError
from ..protocol import Conversation


def render_conversations(
    tokenizer: PreTrainedTokenizerBase, conversations: Sequence[Conversation], source: str
) -> list[str]:
    """Each conversation as the model was taught to see it, up to where its reply begins. A BOS that the
    template writes is part of the text; `encode_prompt` sees to it that there is one.

    Raises NoChatTemplate, and ChatTemplateRefused where the template does not take the messages.
    """
    if not tokenizer.chat_template:
        message = (
            f"the tokenizer of {source!r} has no chat template: the model was not taught one; "
            "write the prompt as plain text, or take the model's chat variant"
        )
        raise WorkerError("NoChatTemplate", message, source=source, pointer="/source")
    return [
        _rendered(tokenizer, conversation, number, source)
        for number, conversation in enumerate(conversations)
    ]


def _rendered(
    tokenizer: PreTrainedTokenizerBase, conversation: Conversation, number: int, source: str
) -> str:
    messages = [{"role": message.role, "content": message.content} for message in conversation.messages]
    try:
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # a template may raise whatever it likes
        roles = ", ".join(message.role for message in conversation.messages)
        reason = str(error).strip() or type(error).__name__
        raise WorkerError(
            "ChatTemplateRefused",
            f"the chat template of {source!r} does not take conversation {number} (roles: {roles}): {reason}",
            source=source,
            conversation=number,
            pointer=f"/conversations/{number}",
        ) from None
    return str(text)
