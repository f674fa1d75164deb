"""The model's part of sampling: prompts into slots, tokens in, the next token's logits out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from torch import Tensor

from .prompts import EncodedPrompt


class CannotDecode(Exception):
    """A way of decoding does not know this model, which goes a plainer way then; why, in a few words."""


class Decoder(Protocol):
    """A model with slots for samples.

    refills: a slot may be filled while others go on; else all are filled at once, when none is in use.
    compacts: rows can be moved; else they stay where they are until all of them are done.
    captures: a step needs nothing from the host, so that it may be captured and replayed.
    slow: why samples are not decoded in slots, where they are not.
    """

    @property
    def refills(self) -> bool: ...
    @property
    def compacts(self) -> bool: ...
    @property
    def captures(self) -> bool: ...
    @property
    def slow(self) -> str | None: ...

    def fits(self, prompt: EncodedPrompt) -> bool:
        """Whether a slot is long enough for the prompt and any response to it."""
        ...

    def together(self, prompt: EncodedPrompt, others: Sequence[EncodedPrompt]) -> bool:
        """Whether samples of the prompt may begin at the same time as those of these."""
        ...

    def fill(self, rows: Sequence[tuple[EncodedPrompt, int]], ahead: Iterable[EncodedPrompt]) -> None:
        """Puts prompts but for their last tokens into slots, (prompt, slot) each; `ahead` are those of the
        samples that come next, which a decoder may put through the model in the same pass."""
        ...

    def step(self, token: Tensor, position: Tensor, reach: int) -> Tensor:
        """Logits [n, vocabulary] after one more token in each of the first n slots: token [n] at position
        [n], none of them at `reach` or beyond."""
        ...

    def move(self, source: Sequence[int], target: Sequence[int], n: int) -> None:
        """What lies in the slots `source` to the slots `target`; then the first n are in use."""
        ...
