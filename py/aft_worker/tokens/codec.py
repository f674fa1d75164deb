"""Text to token ids and back. Prompt and response are tokenised apart, so that a prompt has one encoding: the
prompt as a text that begins, the response as one that goes on (`dummy_prefix.py`)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from transformers import PreTrainedTokenizerBase

from ..errors import WorkerError
from .dummy_prefix import joins, without_dummy_prefix
from .turns import added_ids, turns_of

# What is remembered of encodings, counted in texts and in tokens (some 40 bytes each); then it is emptied.
CACHE_TEXTS = 200_000
CACHE_TOKENS = 4_000_000


class TokenCodec:
    """What a model's tokenizer says, with special tokens placed by rule and never by luck.

    `eos_ids` adds end-of-sequence ids that the model's generation config names to the tokenizer's own;
    `vocabulary_size` is the model's, where its embedding has more rows than the tokenizer has tokens.
    Attributes: eos_id (closes a response, but to a prompt of the chat template, whose own token does),
    turn_end (that one, or None), eos_ids (any of them ends a sample), pad_id (may equal eos_id: nothing in
    this package masks by token id), prefix_ids (what a prompt begins with: mostly one BOS, or none),
    decodes_apart (a response's text is that of its parts, if no character is cut through).

    A text has the special tokens that are no control tokens: a <think> that the model was given as a token
    is a part of what it says. Control tokens are those that the tokenizer names (BOS, EOS, padding, unknown,
    separator, class, mask), those that end a sample, the prefix, and what the chat template writes around
    messages.
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
        self._turns = turns_of(tokenizer)
        self.turn_end: int | None = self._turns.end
        self.eos_ids: frozenset[int] = frozenset(ends if self.turn_end is None else [*ends, self.turn_end])
        self.pad_id: int = self.eos_id if pad is None else pad
        self._vocabulary_size = vocabulary_size or max(tokenizer.get_vocab().values()) + 1
        self._coder = _coder_of(tokenizer)
        self._cache: dict[tuple[bool, str], list[int]] = {}
        self._cached_tokens = 0
        self.decodes_apart = self._coder.decodes_apart
        self.prefix_ids: list[int] = self._find_prefix()
        self._special = _special_ids(tokenizer)
        # what a text is without
        self._control = self._control_ids()
        self._spelled: set[int] = set()

    def encode_prompt(self, text: str) -> list[int]:
        """The tokenizer's prefix once (one BOS, say, where it uses one), also if the text brings it or a part
        of it, then the text. Raises InvalidParams for a token that the model has not."""
        ids = self._encode(text, begins=True)
        start = blanks = 0
        while start + blanks < len(ids):
            token = ids[start + blanks]
            if token in self.prefix_ids:
                start, blanks = start + blanks + 1, 0
            elif start and self._is_blank(token):
                blanks += 1
            else:
                break
        brought = ids[:start]
        if [token for token in brought if token in self.prefix_ids] == self.prefix_ids:
            # as it writes it, also with spaces in between
            return list(ids)
        return self.prefix_ids + ids[start:]

    def end_after(self, prompt: str) -> int:
        """The token that closes a response to this prompt: the chat template's own where the prompt ends as
        the template does when it asks for a reply, else EOS."""
        asks, end = self._turns.asks, self.turn_end
        return end if end is not None and asks and prompt.endswith(asks) else self.eos_id

    def encode_response(
        self,
        text: str,
        token_ids: Sequence[int] | None = None,
        finish: str | None = None,
        prompt: str = "",
    ) -> list[int]:
        """Given ids as they are; else the text, closed by one end (`end_after` the prompt) unless it was cut
        off, also where the text brings its own. Raises InvalidParams for a token that the model has not.

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
        return ids[: end + 1] if end < len(ids) else [*ids, self.end_after(prompt)]

    def spells(self, ids: Sequence[int], text: str) -> bool:
        """Whether these ids can be this text in this vocabulary. An empty text claims nothing of them."""
        claim = hash((text, *ids))
        if claim in self._spelled:
            return True
        if self.unknown(ids) is not None or (text and not self._reads(list(ids), text)):
            return False
        if len(self._spelled) >= CACHE_TEXTS:
            self._spelled.clear()
        self._spelled.add(claim)
        return True

    def unknown(self, ids: Sequence[int]) -> int | None:
        """The first id that the model has no row for in its embedding."""
        return next((id for id in ids if id >= self._vocabulary_size), None)

    def decode(self, ids: Sequence[int]) -> str:
        """The text of a response: control tokens dropped, spaces as they are, the first one too."""
        return self._coder.decode([id for id in ids if id not in self._control])

    def _reads(self, ids: list[int], text: str) -> bool:
        """Whether the text is that of the ids by one of the ways in which they are, or were, written down."""
        shown = [id for id in ids if id not in self._control]
        plain = [id for id in ids if id not in self._special]
        return any(
            decode(form) == text
            for form in ([shown] if shown == plain else [shown, plain])
            for decode in (self._coder.decode, partial(_decode_beginning, self.tokenizer))
        )

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """What each token adds to the text of a response, for showing: one piece a token.

        A control token, which adds nothing, is given by its name. Where a character is made of several
        tokens, it stands with the last of them. The time is quadratic in the tokens.
        """
        pieces, before = [], ""
        for at, token in enumerate(ids):
            if token in self._control:
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
            ids = (self._coder.begin if begins else self._coder.go_on)(text)
            unknown = self.unknown(ids)
            if unknown is not None:
                raise WorkerError("InvalidParams", self.unknown_text(unknown), found=text[:80])
            self._cache[key] = ids
            self._cached_tokens += len(ids)
        return ids

    def unknown_text(self, id: int) -> str:
        """What is wrong with an id that `unknown` found."""
        name = self.tokenizer.convert_ids_to_tokens(id)
        token = f"token {id}" if name is None else f"token {name!r} (id {id})"
        return f"{token} is none of the model's, whose embedding has {self._vocabulary_size} rows"

    def _is_blank(self, id: int) -> bool:
        return id not in self._special and not self._coder.decode([id]).strip()

    def _control_ids(self) -> frozenset[int]:
        """See the class; of ends also those that the tokenizer does not call special, if they were added."""
        names = ("bos", "eos", "pad", "unk", "sep", "cls", "mask")
        named = {_special_id(self.tokenizer, f"{name}_token_id") for name in names}
        control = {*named, *self.eos_ids, *self.prefix_ids, *self._turns.frame}
        return (self._special & control) | (self.eos_ids & added_ids(self.tokenizer))

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
    """As the tokenizer itself writes a text that begins: Llama 2's takes a space away from there. All of the
    ids are in it: those that are not to be have been taken out."""
    text = tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)
    return text if isinstance(text, str) else "".join(text)


def _special_id(tokenizer: PreTrainedTokenizerBase, name: str) -> int | None:
    """Of bos_token_id, eos_token_id and the like: its one id."""
    id: object = getattr(tokenizer, name, None)
    return id if isinstance(id, int) else None


def _special_ids(tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Those that a text is without when special tokens are skipped."""
    added = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}
    return frozenset(added | set(tokenizer.all_special_ids))


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
        decode=lambda ids: without_prefix.decode(ids, skip_special_tokens=False),
        decodes_apart=joins(without_prefix),
    )
