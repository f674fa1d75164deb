"""Makes lossless tokenizers from texts: words for small closed languages, byte-level BPE for any text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from .errors import WorkerError
from .folders import write_folder

PAD, BOS, EOS, UNKNOWN = "<pad>", "<s>", "</s>", "<unk>"
SPECIAL = [PAD, BOS, EOS, UNKNOWN]

# A word or a sign keeps the space before it; each digit is a token of its own. Pieces cover every character.
PIECES = r" ?[A-Za-z]+| ?[0-9]|\n| ?[^\sA-Za-z0-9]+|\s"


def train_words(texts: Sequence[str]) -> Tokenizer:
    """The pieces of the texts, and all digits, are the vocabulary; any other piece becomes <unk>."""
    pieces = {f"{space}{digit}" for space in ("", " ") for digit in range(10)}
    for text in texts:
        pieces.update(re.findall(PIECES, text))
    vocabulary = {piece: number for number, piece in enumerate([*SPECIAL, *sorted(pieces - set(SPECIAL))])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(PIECES), behavior="isolated")
    tokenizer.decoder = decoders.Fuse()
    return tokenizer


def train_bpe(texts: Sequence[str], vocabulary_size: int | None) -> Tokenizer:
    """Byte-level BPE (Sennrich et al. 2016, over bytes), digits apart. Raises InvalidParams where the size
    leaves no room for the 256 bytes and the special tokens."""
    smallest = 256 + len(SPECIAL)
    if vocabulary_size is None or vocabulary_size < smallest:
        found = "none" if vocabulary_size is None else str(vocabulary_size)
        raise WorkerError(
            "InvalidParams",
            f"a bpe tokenizer needs a vocabularySize of at least {smallest} "
            f"(256 bytes and {len(SPECIAL)} special tokens), found {found}",
            pointer="/vocabularySize",
            found=found,
        )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def train_tokenizer(
    kind: str, texts: Sequence[str], vocabulary_size: int | None, directory: str
) -> PreTrainedTokenizerBase:
    """Trains, writes the folder `directory` (replaced whole) and returns the tokenizer as AutoTokenizer reads
    it. A text begins with <s> once. Raises WriteFailed."""
    tokenizer = train_words(texts) if kind == "words" else train_bpe(texts, vocabulary_size)
    bos = tokenizer.token_to_id(BOS)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A", pair=f"{BOS} $A $B", special_tokens=[(BOS, bos)]
    )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BOS,
        eos_token=EOS,
        unk_token=UNKNOWN,
        clean_up_tokenization_spaces=False,
    )
    write_folder(Path(directory), lambda folder: wrapped.save_pretrained(folder))
    return AutoTokenizer.from_pretrained(directory)
