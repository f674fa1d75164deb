"""Text to token ids and back. Prompt and response are tokenised apart, so that a prompt has one encoding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from transformers import PreTrainedTokenizerBase

from .errors import WorkerError

# Distinct texts whose encoding is remembered; then the memory is emptied. About 200 bytes a short text.
CACHE_SIZE = 200_000


class TokenCodec:
    """What a model's tokenizer says, with special tokens placed by rule and never by luck.

    `eos_ids` adds end-of-sequence ids that the model's generation config names to the tokenizer's own.
    Attributes: eos_id (closes a response), eos_ids (any of them ends a sample), pad_id (may equal eos_id:
    nothing in this package masks by token id), prefix_ids (put before every prompt: mostly one BOS, or none).
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, eos_ids: Iterable[int] = ()) -> None:
        self.tokenizer = tokenizer
        extra = list(eos_ids)
        eos = tokenizer.eos_token_id
        if eos is None and not extra:
            source = str(getattr(tokenizer, "name_or_path", ""))
            message = (
                "the tokenizer names no end-of-sequence token (eos_token), so no response could ever end; "
                "set eos_token in tokenizer_config.json"
            )
            raise WorkerError("ModelNotLoaded", message, source=source)
        self.eos_id: int = int(extra[0] if eos is None else eos)
        self.eos_ids: frozenset[int] = frozenset([self.eos_id, *extra])
        pad = tokenizer.pad_token_id
        self.pad_id: int = self.eos_id if pad is None else int(pad)
        self._encode = _plain_encoder(tokenizer)
        self.prefix_ids: list[int] = self._find_prefix()
        self._cache: dict[str, list[int]] = {}

    def encode_prompt(self, text: str) -> list[int]:
        """The tokenizer's prefix (one BOS where it uses one, also if the text brings one), then the text."""
        ids = self._plain(text)
        bos = self.tokenizer.bos_token_id
        start = 0
        if bos is not None and bos in self.prefix_ids:
            while start < len(ids) and ids[start] == bos:
                start += 1
        return self.prefix_ids + ids[start:]

    def encode_response(
        self, text: str, token_ids: Sequence[int] | None = None, finish: str | None = None, id: str = ""
    ) -> list[int]:
        """Given ids as they are; else the text without special tokens, closed by EOS unless it was cut off.

        `finish` "length" says that it was cut off. Raises EmptyResponse, naming `id`, when nothing is left.
        """
        if token_ids is not None:
            ids = list(token_ids)
        else:
            ids = list(self._plain(text))
            if finish != "length" and (not ids or ids[-1] not in self.eos_ids):
                ids.append(self.eos_id)
        if not ids:
            raise WorkerError("EmptyResponse", f"{id or 'a response'}: a response without a token", id=id)
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of a response: special tokens dropped, spaces as they are."""
        text = self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text if isinstance(text, str) else "".join(text)

    def _plain(self, text: str) -> list[int]:
        ids = self._cache.get(text)
        if ids is None:
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            ids = self._cache[text] = self._encode(text)
        return ids

    def _find_prefix(self) -> list[int]:
        """What the tokenizer puts before a text by itself: found by encoding one with and without."""
        probe = "a"
        plain = self._encode(probe)
        full: list[int] = list(self.tokenizer(probe)["input_ids"])
        for start in range(len(full) - len(plain) + 1):
            if plain and full[start : start + len(plain)] == plain:
                return full[:start]
        # a probe that leaves no trace (a vocabulary of words drops it): all but the closing EOS is prefix
        return [token for token in full if token not in self.eos_ids and token not in plain]


def _plain_encoder(tokenizer: PreTrainedTokenizerBase) -> Callable[[str], list[int]]:
    """Text to ids without special tokens. The Rust tokenizer is asked directly: far less overhead a call."""
    backend = getattr(tokenizer, "backend_tokenizer", None) if tokenizer.is_fast else None
    if backend is None:
        return lambda text: list(tokenizer.encode(text, add_special_tokens=False))
    # a tokenizer.json may carry both, and either would silently change what is scored
    backend.no_truncation()
    backend.no_padding()
    return lambda text: backend.encode(text, add_special_tokens=False).ids
