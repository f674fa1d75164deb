"""Tiny models of every architecture that is made from scratch, with tokenizers of every kind that is met."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tiny
from aft_worker.model.create import create_model
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import ModelCreateParams
from aft_worker.tokens.training import BOS, EOS, SPACE, train_tokenizer
from tokenizers import decoders, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerBase

TEXTS = [
    "Cat buys 7 boxes of 4 keys and 4 bags of 6 figs.\nHow many things are left? It is Zoë's café.\n",
    "4 * 6 = 24 ; 7 * 4 = 28 ; 24 + 28 = 52\n#### 52\n",
    "Question: Ben has 9 pens and gives 5 away.\nAnswer: 9 - 5 = 4\n#### 4\n",
]
WINDOW = 6

# Small enough to be quick, far enough from uniform that a wrong mask, position or cap shows.
SIZES: dict[str, Any] = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "layers": 2,
    "heads": 2,
    "key_value_heads": 1,
    "max_positions": 160,
    "tie_embeddings": True,
    "init_std": 0.3,
    "seed": 3,
    "dtype": "float32",
    "device": "cpu",
    "attention": "auto",
}
CAPS = {"logit_softcap": 3.0, "attention_softcap": 2.0}
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "llama": {},
    "qwen": {"sliding_window": WINDOW, "head_dim": 12},
    "mistral": {"sliding_window": WINDOW, "tie_embeddings": False},
    "gemma": {"sliding_window": WINDOW, "head_dim": 12, **CAPS},
    "gemma3": {"sliding_window": WINDOW, "layers": 3},
}


def _made(kind: str, size: int | None, **options) -> Callable[[Path], PreTrainedTokenizerBase]:
    def make(folder: Path) -> PreTrainedTokenizerBase:
        return train_tokenizer(kind, TEXTS * 4, size, str(folder), **options)

    return make


def _changed(kind: str, size: int | None, change: Callable[[PreTrainedTokenizerBase], None]):
    def make(folder: Path) -> PreTrainedTokenizerBase:
        tokenizer = train_tokenizer(kind, TEXTS * 4, size, str(folder))
        change(tokenizer)
        tokenizer.save_pretrained(folder)
        return type(tokenizer).from_pretrained(folder)

    return make


def _pad_with_eos(tokenizer: PreTrainedTokenizerBase) -> None:
    tokenizer.pad_token = tokenizer.eos_token


def _add_eos(tokenizer: PreTrainedTokenizerBase) -> None:
    """As with `add_eos_token`: a text is closed by the tokenizer itself."""
    special = [(token, tokenizer.convert_tokens_to_ids(token)) for token in (BOS, EOS)]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}", special_tokens=special
    )


def _by_the_newer_rule(tokenizer: PreTrainedTokenizerBase) -> None:
    """The dummy prefix as transformers gives it to Llama 2: none where a text begins with a space."""
    backend = tokenizer.backend_tokenizer
    backend.normalizer = normalizers.Sequence([])
    backend.pre_tokenizer = pre_tokenizers.Metaspace(SPACE, prepend_scheme="first", split=False)
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace(SPACE, " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )


TOKENIZERS: dict[str, Callable[[Path], PreTrainedTokenizerBase]] = {
    "words": _made("words", None),
    "bpe": _made("bpe", 300),
    "no bos": _made("bpe", 300, bos=False),
    "sentencepiece": _made("sentencepiece", 400),
    "newer rule": _changed("sentencepiece", 400, _by_the_newer_rule),
    "pad is eos": _changed("bpe", 300, _pad_with_eos),
    "adds eos": _changed("sentencepiece", 400, _add_eos),
}


def make(architecture: str, tokenizer: Path, **changes) -> LoadedModel:
    options = {**SIZES, **ARCHITECTURES[architecture], **changes}
    return create_model(ModelCreateParams(architecture=architecture, tokenizer=str(tokenizer), **options))


GROUPS = [
    tiny.score_group(
        "a",
        "Question: Ben has 9 pens.\nAnswer:",
        " 9 - 5 = 4\n#### 4",
        "\n4",
        "9 - 5 = 5 ; 5 + 24 = 28\n#### 28",
    ),
    tiny.score_group("b", "Cat buys 7 boxes of 4 keys and 4 bags. How many? ", "28", " It is 4."),
    tiny.score_group("c", "Ben", "."),
]
