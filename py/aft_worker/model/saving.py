"""A model written in Hugging Face format. Of weights that are shared out no rank holds more than a file's."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safetensors import safe_open
from torch import Tensor
from transformers import PreTrainedModel

from .. import distributed, shared_weights
from ..device import dtype_name
from ..folders import write_folder
from ..score import score_path
from .adapter_folder import write_adapter
from .loading import LoadedModel
from .sharding import blocks_of

WEIGHTS = "model.safetensors"
# What comes together in the main rank's memory. A block lies in one file, however large.
FILE_BYTES = int(os.environ.get("AFT_FILE_BYTES") or 5_000_000_000)


def save_model(model: LoadedModel, directory: str) -> list[str]:
    """Writes weights (safetensors), configuration and tokenizer, whole or not at all, and sealed; returns the
    names of the files. Of a model with an adapter that alone, and where its base lies. Raises WriteFailed."""
    in_files = model.adapter is None and score_path(model.module).is_shared_out

    def together(folder: Path) -> None:
        _write_in_files(model.module, folder)

    def write(folder: Path) -> None:
        if model.adapter is not None:
            write_adapter(model.module, model.adapter, folder, Path(directory))
        elif not in_files:
            model.module.save_pretrained(folder)
        model.tokenizer.tokenizer.save_pretrained(folder)

    return write_folder(Path(directory), write, seal=True, together=together if in_files else None)


def _write_in_files(module: PreTrainedModel, folder: Path) -> None:
    """What `save_pretrained` writes, file by file: all ranks bring its weights together, the main one writes
    them."""
    tensors: dict[str, Any] = module.state_dict(keep_vars=True)
    files: list[Path] = []
    for names in _planned(module, tensors):
        weights = _whole({name: tensors[name] for name in names})
        with distributed.agreed():
            if distributed.is_main():
                files.append(_write_file(module, weights, folder, len(files)))
        del weights
    with distributed.agreed():
        if distributed.is_main():
            _name_files(files, folder)
            _describe(module, folder)


def _planned(module: PreTrainedModel, tensors: Mapping[str, Any]) -> list[list[str]]:
    """The names of each file's weights. Those of a block stay together: as they are stored they may be other
    tensors, each of several of these or a part of one."""
    groups: dict[str, list[str]] = {}
    blocks = blocks_of(module)
    for name in tensors:
        block = next((path for path in blocks if name.startswith(f"{path}.")), "")
        groups.setdefault(block, []).append(name)
    files: list[list[str]] = [[]]
    filled = 0
    for names in groups.values():
        size = sum(map(_stored_bytes, _once(tensors[name] for name in names)))
        if files[-1] and filled + size > FILE_BYTES:
            files.append([])
            filled = 0
        files[-1] += names
        filled += size
    return files


def _stored_bytes(weight: Tensor) -> int:
    return weight.numel() * shared_weights.stored_dtype(weight).itemsize


def _once(values: Iterable[Any]) -> list[Tensor]:
    """Without what is the same under another name."""
    return list({id(value): value for value in values if isinstance(value, Tensor)}.values())


def _whole(tensors: Mapping[str, Any]) -> dict[str, Any]:
    """As `shared_weights.whole` gives them; what is one under several names stays one."""
    found = {id(value): shared_weights.whole(value) for value in _once(tensors.values())}
    return {name: found.get(id(value), value) for name, value in tensors.items()}


def _write_file(module: PreTrainedModel, weights: dict[str, Any], folder: Path, number: int) -> Path:
    draft = folder / "draft"
    module.save_pretrained(draft, state_dict=weights, max_shard_size=1 << 60)
    file = (draft / WEIGHTS).rename(folder / f"{number}.safetensors")
    for other in draft.iterdir():
        other.replace(folder / other.name)
    draft.rmdir()
    return file


def _name_files(files: list[Path], folder: Path) -> None:
    """As transformers names one file, or several with an index of what lies in which."""
    if len(files) == 1:
        files[0].rename(folder / WEIGHTS)
        return
    places: dict[str, str] = {}
    size = 0
    for number, file in enumerate(files, 1):
        named = file.rename(folder / f"model-{number:05}-of-{len(files):05}.safetensors")
        with safe_open(named, "pt") as opened:
            for name in opened.keys():  # noqa: SIM118
                places[name] = named.name
                size += opened.get_tensor(name).nbytes
    index = {"metadata": {"total_size": size}, "weight_map": places}
    text = json.dumps(index, indent=2, sort_keys=True) + "\n"
    (folder / f"{WEIGHTS}.index.json").write_text(text, encoding="utf-8")


def _describe(module: PreTrainedModel, folder: Path) -> None:
    """Of a module whose masters have a type, and its class a name, that its files have not."""
    dtype = score_path(module).dtype
    assert dtype is not None
    module.config.dtype = dtype_name(dtype)
    module.config.save_pretrained(folder)
