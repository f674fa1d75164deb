"""Makes tokenizers from texts: words for small closed languages, and BPE for any text, over bytes as Qwen's
or over characters as Llama 2's."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerBase, PreTrainedTokenizerFast

from ..errors import WorkerError
from ..folders import write_folder

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
    size = _checked(
        vocabulary_size, 256 + len(SPECIAL), "bpe", f"256 bytes and {len(SPECIAL)} special tokens"
    )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=SPECIAL,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


SPACE = "▁"  # how SentencePiece writes a space, one of which it puts before every text
SENTENCEPIECE_SPECIAL = [UNKNOWN, BOS, EOS]  # Llama 2's, in its order: it has no <pad>


def train_sentencepiece(texts: Sequence[str], vocabulary_size: int | None) -> Tokenizer:
    """BPE over characters as in Llama 2's tokenizer.json: a dummy prefix, no pre-tokenizer, digits and white
    space other than spaces in no merge, bytes for what the vocabulary lacks, a newline among them. Raises
    InvalidParams where the size leaves no room for the bytes and the characters of the texts."""
    written = [SPACE + text.replace(" ", SPACE) for text in texts]
    characters = {char for text in written for char in text if not char.isspace()}
    smallest = len(SENTENCEPIECE_SPECIAL) + 256 + len(characters)
    parts = f"256 bytes, {len(SENTENCEPIECE_SPECIAL)} special tokens and the {len(characters)} characters"
    size = _checked(vocabulary_size, smallest, "sentencepiece", f"{parts} of its texts")
    learner = Tokenizer(models.BPE())
    # words with the spaces before them: no merge goes over their borders, nor over white space and digits
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\s"), behavior="removed"),
            pre_tokenizers.Split(Regex(rf"{SPACE}*[^{SPACE}]*"), behavior="isolated"),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size - 256 - len(SENTENCEPIECE_SPECIAL), special_tokens=[], show_progress=False
    )
    learner.train_from_iterator(written, trainer)
    learned = json.loads(learner.to_str())["model"]
    pieces = sorted(learned["vocab"], key=learned["vocab"].get)
    tokens = [*SENTENCEPIECE_SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *pieces]
    model = models.BPE(
        vocab={token: number for number, token in enumerate(tokens)},
        merges=[tuple(merge) for merge in learned["merges"]],
        unk_token=UNKNOWN,
        fuse_unk=True,
        byte_fallback=True,
    )
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), normalizers.Replace(" ", SPACE)])
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace(SPACE, " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return tokenizer


def train_tokenizer(
    kind: str,
    texts: Sequence[str],
    vocabulary_size: int | None,
    directory: str,
    bos: bool = True,
    chat_template: str | None = None,
) -> PreTrainedTokenizerBase:
    """Trains, writes the folder `directory` (replaced whole) and returns the tokenizer as AutoTokenizer reads
    it. With `bos` a text begins with <s> once; without, the tokenizer has no such token's role, as Qwen's.
    Raises WriteFailed."""
    if kind == "words":
        tokenizer = train_words(texts)
    elif kind == "bpe":
        tokenizer = train_bpe(texts, vocabulary_size)
    else:
        tokenizer = train_sentencepiece(texts, vocabulary_size)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{BOS} $A", pair=f"{BOS} $A $B", special_tokens=[(BOS, tokenizer.token_to_id(BOS))]
        )
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=None if kind == "sentencepiece" else PAD,
        bos_token=BOS if bos else None,
        eos_token=EOS,
        unk_token=UNKNOWN,
        clean_up_tokenization_spaces=False,
    )
    if chat_template is not None:
        wrapped.chat_template = chat_template
    write_folder(Path(directory), lambda folder: wrapped.save_pretrained(folder))
    return AutoTokenizer.from_pretrained(directory)


def _checked(size: int | None, smallest: int, kind: str, parts: str) -> int:
    """The size of a vocabulary that can hold its `parts`. Raises InvalidParams."""
    if size is not None and size >= smallest:
        return size
    given = "none" if size is None else str(size)
    raise WorkerError(
        "InvalidParams",
        f"a {kind} tokenizer needs a vocabularySize of at least {smallest} ({parts}), found {given}",
        pointer="/vocabularySize",
        found=given,
    )
