"""Base and adapter become one whole model, which any software can load."""

from pathlib import Path
from typing import Any, cast

from transformers import PreTrainedModel

from ..device import dtype_name, resolve_device, resolve_dtype
from ..folders import write_folder
from ..protocol import ModelMergeResult
from .adapter_folder import base_of, holds_adapter, put_on, tokenizer_of
from .loading import load_module
from .source import not_loaded
from .vocabulary import codec_of


def merge_adapter(source: str, directory: str) -> ModelMergeResult:
    """Writes W + alpha / rank * B A in the place of each adapted W, in Hugging Face format, whole or not at
    all.

    The sum is taken in float32 on the CPU (4 bytes a weight of main memory) and rounded once, to the type
    that the base had when the adapter was trained. Raises ModelNotLoaded, also for a folder without an
    adapter, and WriteFailed.
    """
    if not holds_adapter(source):
        raise not_loaded(source, "it holds no adapter that could be merged (no adapter_config.json)")
    base = base_of(Path(source))
    device = resolve_device("cpu")
    dtype = resolve_dtype(cast(Any, base.dtype or "auto"), device)
    # loaded in the type of the training first: the adapter was made for the weights as rounded there
    wrapped, _ = put_on(load_module(base.source, base.revision, dtype), base, Path(source))
    merged: PreTrainedModel = cast(Any, wrapped.float()).merge_and_unload(safe_merge=True)
    for weight in merged.parameters():
        weight.data = weight.data.to(dtype)
    merged.config.dtype = dtype
    tokenizer = codec_of(merged, tokenizer_of(source, None), source).tokenizer

    def write(folder: Path) -> None:
        merged.save_pretrained(folder)
        tokenizer.save_pretrained(folder)

    files = write_folder(Path(directory), write)
    return ModelMergeResult(files=files, dtype=dtype_name(dtype))
