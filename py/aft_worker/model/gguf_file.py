"""A GGUF file (llama.cpp's, mostly quantised) becomes a model folder of plain weights."""

import importlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, cast

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from transformers.modeling_gguf_pytorch_utils import GGUF_SUPPORTED_ARCHITECTURES
from transformers.models.auto.tokenization_auto import AutoTokenizer

from ..errors import nearest
from ..folders import write_folder
from ..protocol import GgufTensors, ModelConvertResult
from .digest import tokenizer_digest, weights_digest
from .loading import wrap
from .source import not_loaded, why

_MAGIC = b"GGUF"


def convert_gguf(file: str, directory: str) -> ModelConvertResult:
    """Writes the model of a GGUF file in Hugging Face format, whole or not at all.

    Every weight becomes the float32 that its bits in the file stand for: nothing is lost beyond what making
    the file lost. Needs 8 bytes a weight of main memory, and the package gguf. Raises ModelNotLoaded where it
    is no GGUF file, cut short, or of an architecture that transformers cannot read, and WriteFailed.
    """
    reader = _open(file)
    architecture = str(_field(reader, "general.architecture") or "")
    _check_architecture(file, architecture)
    tensors = _tensors(reader)
    chat_template = _field(reader, "tokenizer.chat_template")
    eos = _field(reader, "tokenizer.ggml.eos_token_id")
    del reader
    module, tokenizer = _load(file)
    _take_over(module, tokenizer, chat_template, eos)
    # checked as any model that is loaded
    model = wrap(module, tokenizer, file)
    parameters = sum(weight.numel() for weight in module.parameters())
    digest = weights_digest(module)

    def write(folder: Path) -> None:
        module.save_pretrained(folder)
        tokenizer.save_pretrained(folder)

    files = write_folder(Path(directory), write)
    return ModelConvertResult(
        files=files,
        architecture=architecture,
        parameters=parameters,
        vocabulary_size=len(tokenizer),
        dtype="float32",
        digest=digest,
        tokenizer_digest=tokenizer_digest(tokenizer),
        tensors=tensors,
        chat_template=chat_template is not None,
        eos=[str(tokenizer.convert_ids_to_tokens(token)) for token in model.tokenizer.eos_ids],
    )


def _open(file: str) -> Any:
    """A reader of the file's header; the weights are mapped, not read."""
    path = Path(file)
    if not path.is_file():
        kind = "it is a folder" if path.is_dir() else "there is no such file"
        raise not_loaded(file, f"{kind}; expected a GGUF file")
    with path.open("rb") as stream:
        start = stream.read(len(_MAGIC))
    if start != _MAGIC:
        raise not_loaded(file, f"it is not a GGUF file: it begins with {start!r}, not {_MAGIC!r}")
    # it may have been installed since this process looked for packages last
    importlib.invalidate_caches()
    try:
        reader_class = importlib.import_module("gguf").GGUFReader
    except ImportError:
        raise not_loaded(
            file, "GGUF files are read by the package gguf, which this Python lacks: pip install gguf"
        ) from None
    try:
        return reader_class(path)
    except Exception as error:
        raise not_loaded(
            file, f"the GGUF file is cut short or damaged ({why(error)}); fetch it again"
        ) from None


def _field(reader: Any, name: str) -> Any:
    field = reader.get_field(name)
    return None if field is None else field.contents()


def _check_architecture(file: str, architecture: str) -> None:
    known = sorted(GGUF_SUPPORTED_ARCHITECTURES)
    # transformers has other names for some, and says itself what it cannot do with the rest
    if architecture in known or architecture.replace("-", "_") in known or "moe" in architecture:
        return
    meant = nearest(architecture, known)
    raise not_loaded(
        file,
        f"this transformers cannot read the architecture {architecture!r} from a GGUF file"
        f"{f' (the nearest that it can is {meant!r})' if meant else ''}; it reads {', '.join(known)}. "
        "Take the model's own folder or hub id in its place",
    )


def _tensors(reader: Any) -> list[GgufTensors]:
    """By type, the one of most values first: how many tensors and values, and the bytes that they take."""
    counts: Counter[str] = Counter()
    values: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for tensor in reader.tensors:
        name = tensor.tensor_type.name
        counts[name] += 1
        values[name] += int(tensor.n_elements)
        taken[name] += int(tensor.n_bytes)
    return [
        GgufTensors(type=name, tensors=counts[name], values=total, bytes=taken[name])
        for name, total in values.most_common()
    ]


def _load(file: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    path = Path(file)
    where: dict[str, Any] = {"pretrained_model_name_or_path": str(path.parent), "gguf_file": path.name}
    _forget_absence()
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            **where, dtype=torch.float32, output_loading_info=True
        )
        module, loading = loaded
        tokenizer = cast(PreTrainedTokenizerBase, AutoTokenizer.from_pretrained(**where))
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise not_loaded(file, why(error)) from None
    missing = sorted(loading["missing_keys"])
    if missing:
        raise not_loaded(file, f"{len(missing)} of its weights are not in the file: {', '.join(missing[:3])}")
    # what was read is plain weights, which these would forbid to save
    untyped: Any = module
    untyped.hf_quantizer = None
    untyped.is_quantized = False
    if hasattr(untyped.config, "quantization_config"):
        del untyped.config.quantization_config
    return cast(PreTrainedModel, module), tokenizer


def _forget_absence() -> None:
    """transformers remembers which packages it did not find."""
    from transformers.utils import import_utils

    for name in ("is_gguf_available", "_is_package_available"):
        clear = getattr(getattr(import_utils, name, None), "cache_clear", None)
        if clear is not None:
            clear()


def _take_over(module: PreTrainedModel, tokenizer: Any, chat_template: str | None, eos: int | None) -> None:
    """What the file says of prompts and of the end of a response holds, whatever a release makes of it."""
    _drop_foreign_tokens(tokenizer, cast(Any, module.get_input_embeddings()).num_embeddings)
    if chat_template is not None:
        tokenizer.chat_template = chat_template
    if eos is not None:
        tokenizer.eos_token = tokenizer.convert_ids_to_tokens(eos)
        cast(Any, module.generation_config).eos_token_id = eos
        cast(Any, module.config).eos_token_id = eos


def _drop_foreign_tokens(tokenizer: Any, rows: int) -> None:
    """Tokens beyond the embedding's rows are not of the file: transformers adds `<|endoftext|>` to any
    tokenizer of GPT-2's kind that has none, Llama 3's say."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None or len(tokenizer) <= rows:
        return
    rules = json.loads(backend.to_str())
    foreign = {token["content"] for token in rules["added_tokens"] if token["id"] >= rows}
    rules["added_tokens"] = [token for token in rules["added_tokens"] if token["content"] not in foreign]
    tokenizer._tokenizer = Tokenizer.from_str(json.dumps(rules))
    for name, token in list(tokenizer.special_tokens_map.items()):
        if token in foreign:
            setattr(tokenizer, name, None)
