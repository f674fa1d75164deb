"""Text to token ids and back. Prompt and response are tokenised apart, so that a prompt has one encoding: the
prompt as a text that begins, the response as one that goes on (`dummy_prefix.py`)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from transformers import PreTrainedTokenizerBase

from ..errors import WorkerError
from .dummy_prefix import joins, without_dummy_prefix

# What is remembered of encodings, counted in texts and in tokens (some 40 bytes each); then it is emptied.
CACHE_TEXTS = 200_000
CACHE_TOKENS = 4_000_000


class TokenCodec:
    """What a model's tokenizer says, with special tokens placed by rule and never by luck.

    `eos_ids` adds end-of-sequence ids that the model's generation config names to the tokenizer's own;
    `vocabulary_size` is the model's, where its embedding has more rows than the tokenizer has tokens.
    Attributes: eos_id (closes a response), eos_ids (any of them ends a sample), pad_id (may equal eos_id:
    nothing in this package masks by token id), prefix_ids (put before every prompt: mostly one BOS, or none),
    decodes_apart (a response's text is that of its parts, if no character is cut through).
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase,
        eos_ids: Iterable[int] = (),
        vocabulary_size: int | None = None,
    ) -> None:
        self.tokenizer = tokenizer
        eos, pad = _special_id(tokenizer, "eos_token_id"), _special_id(tokenizer, "pad_token_id")
        ends = [id for id in (eos, *eos_ids) if id is not None]
        if not ends:
            source = str(getattr(tokenizer, "name_or_path", ""))
            message = (
                "the tokenizer names no end-of-sequence token (eos_token), so no response could ever end; "
                "set eos_token in tokenizer_config.json"
            )
            raise WorkerError("ModelNotLoaded", message, source=source)
        self.eos_id: int = ends[0]
        self.eos_ids: frozenset[int] = frozenset(ends)
        self.pad_id: int = self.eos_id if pad is None else pad
        self._vocabulary_size = vocabulary_size or len(tokenizer)
        self._coder = _coder_of(tokenizer)
        self._cache: dict[tuple[bool, str], list[int]] = {}
        self._cached_tokens = 0
        self.decodes_apart = self._coder.decodes_apart
        self.prefix_ids: list[int] = self._find_prefix()
        self._spelled: set[int] = set()

    def encode_prompt(self, text: str) -> list[int]:
        """The tokenizer's prefix (one BOS where it uses one, also if the text brings one), then the text."""
        ids = self._encode(text, begins=True)
        bos = _special_id(self.tokenizer, "bos_token_id")
        start = 0
        if bos is not None and bos in self.prefix_ids:
            while start < len(ids) and ids[start] == bos:
                start += 1
        return self.prefix_ids + ids[start:]

    def encode_response(
        self, text: str, token_ids: Sequence[int] | None = None, finish: str | None = None
    ) -> list[int]:
        """Given ids as they are; else the text, closed by one EOS unless it was cut off, also where the text
        brings its own.

        `finish` "length" says that it was cut off.
        """
        if token_ids is not None:
            return list(token_ids)
        ids = self._encode(text, begins=False)
        if finish == "length":
            return list(ids)
        end = len(ids)
        while end and ids[end - 1] in self.eos_ids:
            end -= 1
        return ids[: end + 1] if end < len(ids) else [*ids, self.eos_id]

    def spells(self, ids: Sequence[int], text: str) -> bool:
        """Whether these ids can be this text in this vocabulary. An empty text claims nothing of them."""
        claim = hash((text, *ids))
        if claim in self._spelled:
            return True
        known = not ids or max(ids) < self._vocabulary_size
        if not known or (
            text and self.decode(ids) != text and _decode_beginning(self.tokenizer, list(ids)) != text
        ):
            return False
        if len(self._spelled) >= CACHE_TEXTS:
            self._spelled.clear()
        self._spelled.add(claim)
        return True

    def decode(self, ids: Sequence[int]) -> str:
        """The text of a response: special tokens dropped, spaces as they are, the first one too."""
        return self._coder.decode(list(ids))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """What each token adds to the text of a response, for showing: one piece a token.

        A special token, which adds nothing, is given by its name. Where a character is made of several
        tokens, it stands with the last of them. The time is quadratic in the tokens.
        """
        special = set(self.tokenizer.all_special_ids)
        pieces, before = [], ""
        for at, token in enumerate(ids):
            if token in special:
                pieces.append(str(self.tokenizer.convert_ids_to_tokens(token)))
                continue
            text = self.decode(ids[: at + 1])
            # a character that is not whole yet comes out as U+FFFD, unless the text ends there
            text = text if at == len(ids) - 1 else text.rstrip("\ufffd")
            pieces.append(text[len(before) :])
            before = text
        return pieces

    def _encode(self, text: str, begins: bool) -> list[int]:
        """Ids without special tokens of a text that begins or goes on; not to be changed by the caller."""
        key = (begins, text)
        ids = self._cache.get(key)
        if ids is None:
            if len(self._cache) >= CACHE_TEXTS or self._cached_tokens >= CACHE_TOKENS:
                self._cache.clear()
                self._cached_tokens = 0
            ids = self._cache[key] = (self._coder.begin if begins else self._coder.go_on)(text)
            self._cached_tokens += len(ids)
        return ids

    def _find_prefix(self) -> list[int]:
        """What the tokenizer puts before a text by itself: found by encoding one with and without."""
        probe = "a"
        plain = self._coder.begin(probe)
        full: list[int] = list(self.tokenizer(probe)["input_ids"])
        for start in range(len(full) - len(plain) + 1):
            if plain and full[start : start + len(plain)] == plain:
                return full[:start]
        # a probe that leaves no trace (a vocabulary of words drops it): all but the closing EOS is prefix
        return [token for token in full if token not in self.eos_ids and token not in plain]


def _decode_beginning(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    """As the tokenizer itself writes a text that begins: Llama 2's takes a space away from there."""
    text = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text if isinstance(text, str) else "".join(text)


def _special_id(tokenizer: PreTrainedTokenizerBase, name: str) -> int | None:
    """Of bos_token_id, eos_token_id or pad_token_id: its one id."""
    id: object = getattr(tokenizer, name)
    return id if isinstance(id, int) else None


@dataclass(frozen=True)
class _Coder:
    """Text to ids without special tokens, of a text that begins and of one that goes on; and the latter's ids
    to text."""

    begin: Callable[[str], list[int]]
    go_on: Callable[[str], list[int]]
    decode: Callable[[list[int]], str]
    decodes_apart: bool


def _coder_of(tokenizer: PreTrainedTokenizerBase) -> _Coder:
    """The Rust tokenizer is asked directly: far less overhead a call, and it can be told to go on. One in
    Python cannot: its responses are read and written as texts that begin."""
    backend = getattr(tokenizer, "backend_tokenizer", None) if tokenizer.is_fast else None
    if backend is None:

        def encode(text: str) -> list[int]:
            return list(tokenizer.encode(text, add_special_tokens=False))

        return _Coder(encode, encode, partial(_decode_beginning, tokenizer), False)
    # a tokenizer.json may carry both, and either would silently change what is scored
    backend.no_truncation()
    backend.no_padding()
    without_prefix = without_dummy_prefix(backend)
    return _Coder(
        begin=lambda text: backend.encode(text, add_special_tokens=False).ids,
        go_on=lambda text: without_prefix.encode(text, add_special_tokens=False).ids,
        decode=lambda ids: without_prefix.decode(ids, skip_special_tokens=True),
        decodes_apart=joins(without_prefix),
    )
