"""What a chat template writes around messages: found by rendering messages of our own with it.

<|im_start|>user U <|im_end|> <|im_start|>assistant R <|im_end|> <|im_start|>user V <|im_end|>
                   |------- asks -------|         end
|-- frame --|      |------- frame -------|         |-------- frame --------|
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerBase

_SYSTEM, _FIRST, _REPLY, _SECOND = "aftSystem7", "aftFirst7", "aftReply7", "aftSecond7"


@dataclass(frozen=True, slots=True)
class Turns:
    """asks: what stands between the last message and a reply, so that a prompt that ends with it is one of
    this template; "" where nothing tells. end: the token that closes a reply, where the template has one.
    frame: the tokens that stand around a message, its role's and the one that ends it."""

    asks: str = ""
    end: int | None = None
    frame: frozenset[int] = frozenset()


def added_ids(tokenizer: PreTrainedTokenizerBase) -> set[int]:
    """The tokens that stand beside the vocabulary of texts: special ones, and others that were added."""
    names: Any = tokenizer
    return {*names.get_added_vocab().values(), *names.all_special_ids}


def turns_of(tokenizer: PreTrainedTokenizerBase) -> Turns:
    """Of the tokenizer's template; nothing where it has none, or where it does not take these messages."""
    if not tokenizer.chat_template:
        return Turns()
    added = added_ids(tokenizer)

    def tokens(text: str) -> list[int]:
        """The added tokens in it; any other text is none of a frame."""
        return [id for id in tokenizer.encode(text, add_special_tokens=False) if id in added]

    user, reply = ("user", _FIRST), ("assistant", _REPLY)
    asks = _between(_render(tokenizer, [user], asking=True), _FIRST)
    after = tokens(_between(_render(tokenizer, [user, reply]), _REPLY))
    talk = _render(tokenizer, [user, reply, ("user", _SECOND)])
    frame = {*after, *tokens(_between(talk, _FIRST, _REPLY)), *tokens(_between(talk, _REPLY))}
    # of what comes before a system message the last one alone: the text's start is none of its frame
    frame |= {*tokens(_between(_render(tokenizer, [("system", _SYSTEM), user]), "", _SYSTEM))[-1:]}
    return Turns(asks if asks.strip() else "", after[0] if after else None, frozenset(frame))


def _between(text: str, start: str, end: str | None = None) -> str:
    """What stands between the two; "" where one of them is not there."""
    _, found, rest = text.partition(start) if start else ("", "start", text)
    if not found or end is None:
        return rest if found else ""
    inner, found, _ = rest.partition(end)
    return inner if found else ""


def _render(tokenizer: PreTrainedTokenizerBase, turns: list[tuple[str, str]], asking: bool = False) -> str:
    """ "" where the template refuses them; it may raise whatever it likes."""
    messages = [{"role": role, "content": content} for role, content in turns]
    try:
        return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=asking))
    except Exception:
        return ""
