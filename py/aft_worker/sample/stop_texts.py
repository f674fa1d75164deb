"""Texts that end a response while it is sampled, as few-shot prompts of base models need them."""

from collections.abc import Sequence

from ..tokens import TokenCodec

_HALF = "\ufffd"  # what bytes that are no whole character are decoded to


class StopWatch:
    """Watches one response for stop texts, token by token; `text` is what stands before the first one, once
    there is one.

    Only the tail is decoded: the tokens since the last whole character. Of the text before it the last few
    characters are kept, in which a stop text may have begun. A find counts only if it is in the text of all
    tokens too.
    """

    def __init__(self, codec: TokenCodec, stops: Sequence[str]) -> None:
        self.text: str | None = None
        self._codec = codec
        self._stops = stops
        self._longest = max(map(len, stops))
        self._ids: list[int] = []
        self._start = 0  # where the tail's tokens begin
        self._before = ""  # the last characters before the tail, fewer than the longest stop text has

    @property
    def tokens(self) -> int:
        """Those taken so far."""
        return len(self._ids)

    def takes(self, latest: Sequence[int], count: int) -> bool:
        """Takes what is new of the last tokens of `count`; True as soon as the text contains a stop text."""
        new = count - len(self._ids)
        return any(self.ends_with(token) for token in latest[len(latest) - new :])

    def ends_with(self, token: int) -> bool:
        """Takes the next token; True when the text now contains a stop text."""
        self._ids.append(token)
        tail = self._codec.decode(self._ids[self._start :])
        visible = self._before + tail
        if self._codec.decodes_apart and not tail.endswith(_HALF):
            self._start = len(self._ids)
            self._before = visible[max(0, len(visible) - self._longest + 1) :]
        if first_stop(visible, self._stops) is None:
            return False
        text = self._codec.decode(self._ids)
        at = first_stop(text, self._stops)
        if at is not None:
            self.text = text[:at]
        return at is not None


def first_stop(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop text in `text` begins."""
    return min((at for at in (text.find(stop) for stop in stops) if at >= 0), default=None)
