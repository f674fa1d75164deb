"""How a tokenizer reads and writes a text that goes on after another one, rather than one that begins.

SentencePiece's tokenizers (Llama 2, Mistral 7B) put a space before every text, the dummy prefix "▁", and take
one away from every text that they decode. That is right where a text begins, and a prompt begins one. A
response goes on after its prompt. With the prefix "4" as a response would have the tokens of " 4", and " 4"
those of "  4" (or, by the newer rule, the very same), and a sampled " 4" would be written as "4": what is
scored, what was sampled and what is read would be three texts. Without it prompt + response is the text that
the model sees, every response is lossless, and its tokens are those that prompt and response have when they
are tokenised together, wherever nothing merges over the border between them.
"""

import json
from typing import Any

from tokenizers import Tokenizer

# Decoders that write a token the same whatever stands before it, but for bytes that make up one character.
_JOINING = {"ByteLevel", "ByteFallback", "Fuse", "Replace", "Metaspace"}

_Rule = dict[str, Any]


def without_dummy_prefix(backend: Tokenizer) -> Tokenizer:
    """The same tokenizer without what it does to a text's beginning; itself where it does nothing there."""
    rules = {part: _rule(getattr(backend, part)) for part in ("normalizer", "pre_tokenizer", "decoder")}
    changed = {part: _without_prefix(part, rule) for part, rule in rules.items()}
    if changed == rules:
        return backend
    return Tokenizer.from_str(json.dumps({**json.loads(backend.to_str()), **changed}))


def joins(backend: Tokenizer) -> bool:
    """Whether its texts may be decoded part by part, cut between characters."""
    rule = _rule(backend.decoder)
    return rule is not None and all(step["type"] in _JOINING for step in _steps("decoder", rule))


def _rule(component: Any) -> _Rule | None:
    """A part of a tokenizer as tokenizer.json has it."""
    return None if component is None else json.loads(component.__getstate__())


_MEMBERS = {"normalizer": "normalizers", "pre_tokenizer": "pretokenizers", "decoder": "decoders"}


def _steps(part: str, rule: _Rule) -> list[_Rule]:
    return rule[_MEMBERS[part]] if rule["type"] == "Sequence" else [rule]


def _without_prefix(part: str, rule: _Rule | None) -> _Rule | None:
    if rule is None:
        return None
    steps = [
        _step_without_prefix(part, step) for step in _steps(part, rule) if not _only_at_the_start(part, step)
    ]
    if rule["type"] == "Sequence":
        return {**rule, _MEMBERS[part]: steps}
    return steps[0] if steps else None


def _only_at_the_start(part: str, step: _Rule) -> bool:
    """Whether a step does nothing but to the beginning of a text."""
    strips = part == "decoder" and step["type"] == "Strip" and step["start"] > 0 and step["stop"] == 0
    return strips or step["type"] == "Prepend"


def _step_without_prefix(part: str, step: _Rule) -> _Rule:
    if step["type"] == "Metaspace":
        return {**step, "prepend_scheme": "never"}
    if part == "pre_tokenizer" and step["type"] == "ByteLevel":
        return {**step, "add_prefix_space": False}
    return step
