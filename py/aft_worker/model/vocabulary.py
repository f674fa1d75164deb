"""A model with its tokenizer: each token has a row in the embedding, and both end a response alike."""

from __future__ import annotations

from typing import Any, cast

from torch import nn
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..tokens import TokenCodec
from .source import not_loaded


def _of_its_class(tokenizer: PreTrainedTokenizerBase, token: str) -> str:
    """Some classes of transformers (Qwen2Tokenizer) add a token for a role that no file names."""
    role = next((role for role, name in tokenizer.special_tokens_map.items() if name == token), None)
    if role is None:
        return ""
    return (
        f"; where its files know no such token, {type(tokenizer).__name__} adds it, and not with "
        f'"{role}": null in tokenizer_config.json'
    )


def codec_of(module: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, source: str) -> TokenCodec:
    """The tokenizer with all that ends a response of this model: its own EOS, those of the generation
    settings, and the token that closes a turn of the chat template. The settings name that one too from now
    on, so that other software stops there. Raises ModelNotLoaded for a token that the embedding has no row
    for."""
    rows = cast(nn.Embedding, module.get_input_embeddings()).num_embeddings
    vocabulary = tokenizer.get_vocab()
    last = max(vocabulary, key=lambda name: vocabulary[name])
    if vocabulary[last] >= rows:
        raise not_loaded(
            source,
            f"its tokenizer has a token {last!r} with id {vocabulary[last]}, its embedding only {rows} rows: "
            f"tokenizer and weights do not belong together{_of_its_class(tokenizer, last)}",
        )
    settings: Any = module.generation_config
    named = getattr(settings, "eos_token_id", None)
    ends = [] if named is None else [named] if isinstance(named, int) else list(named)
    codec = TokenCodec(tokenizer, ends, rows)
    if settings is not None and codec.turn_end not in (None, codec.eos_id, *ends):
        settings.eos_token_id = [*(ends or [codec.eos_id]), codec.turn_end]
    return codec
