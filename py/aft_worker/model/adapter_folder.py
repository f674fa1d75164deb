"""An adapter on disk: its own weights, and where its base model lies.

adapter_model.safetensors, adapter_config.json   as peft writes them
base_model.json    the base: where it lies, its digest, the type it was loaded in
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from peft import PeftModel
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from ..device import dtype_name
from ..errors import first_line
from .adapter import Adapter, weight_dtype
from .adapter_targets import targets_on
from .digest import weights_digest
from .source import has_tokenizer, load_tokenizer, not_loaded

CONFIG, WEIGHTS, BASE = "adapter_config.json", "adapter_model.safetensors", "base_model.json"


@dataclass(frozen=True)
class BaseReference:
    """Where an adapter's base model lies. `digest` and `dtype` are None for an adapter of other software."""

    source: str
    revision: str | None
    digest: str | None
    dtype: str | None


def holds_adapter(source: str) -> bool:
    """Whether it is a folder with an adapter, and no whole model."""
    folder = Path(source)
    return (folder / CONFIG).is_file() and not (folder / "config.json").is_file()


def base_of(folder: Path) -> BaseReference:
    """Raises ModelNotLoaded where the folder does not say it, or the base is not where it says."""
    config = _read(folder, CONFIG)
    _require_lora(folder, config)
    if not (folder / WEIGHTS).is_file():
        raise not_loaded(str(folder), f"the folder lacks {WEIGHTS}, the adapter's weights")
    if not (folder / BASE).is_file():
        source = config.get("base_model_name_or_path")
        if not source:
            raise not_loaded(str(folder), f"its {CONFIG} does not name the base model")
        return BaseReference(str(source), config.get("revision"), None, None)
    reference = _read(folder, BASE)
    try:
        source, digest, dtype = reference["source"], reference["digest"], reference["dtype"]
        revision, relative = reference.get("revision"), reference.get("relative")
    except KeyError as error:
        raise not_loaded(str(folder), f"its {BASE} lacks {error}") from None
    # a neighbour first: a store that was moved as a whole has its base beside it
    if relative is not None:
        for place in (os.path.normpath(folder.absolute() / relative), source):
            if Path(place).is_dir():
                return BaseReference(place, revision, digest, dtype)
        raise not_loaded(str(folder), f"its base model is gone: there is no folder {source!r} any more")
    return BaseReference(source, revision, digest, dtype)


def put_on(module: PreTrainedModel, base: BaseReference, folder: Path) -> tuple[PreTrainedModel, Adapter]:
    """The base model with the folder's adapter, in float32 and trainable; the base is frozen.

    Raises ModelNotLoaded where the base's weights are not those that the adapter was made for.
    """
    digest, dtype = weights_digest(module), dtype_name(weight_dtype(module))
    if base.digest is not None and base.dtype == dtype and base.digest != digest:
        raise not_loaded(
            str(folder), f"its base model {base.source!r} has other weights than when the adapter was trained"
        )
    try:
        wrapped = PeftModel.from_pretrained(module, str(folder), is_trainable=True)
    except Exception as error:
        raise not_loaded(
            str(folder), f"its adapter does not fit the base model: {first_line(error)}"
        ) from None
    config: Any = wrapped.peft_config["default"]
    adapter = Adapter(
        rank=config.r,
        alpha=config.lora_alpha,
        dropout=config.lora_dropout,
        targets=targets_on(wrapped),
        base_source=base.source,
        base_revision=base.revision,
        base_digest=digest,
        base_dtype=dtype,
    )
    return cast(PreTrainedModel, wrapped), adapter


def tokenizer_of(source: str, revision: str | None) -> PreTrainedTokenizerBase:
    """Of a folder or hub id; of a folder with an adapter alone, where it has no tokenizer, that of the base.
    Raises ModelNotLoaded."""
    if holds_adapter(source) and not has_tokenizer(source):
        base = base_of(Path(source))
        source, revision = base.source, base.revision
    return load_tokenizer(source, revision)


def write_adapter(module: PreTrainedModel, adapter: Adapter, draft: Path, target: Path) -> None:
    """Fills `draft`, which will be moved to `target`."""
    module.save_pretrained(draft)
    (draft / "README.md").unlink(missing_ok=True)  # peft's own card, which knows nothing of the run
    source = adapter.base_source
    place = Path(source)
    reference: dict[str, Any] = {"source": source, "revision": adapter.base_revision}
    if place.is_dir():
        reference["source"] = str(place.absolute())
        reference["relative"] = os.path.relpath(place.absolute(), target.absolute())
    reference |= {"digest": adapter.base_digest, "dtype": adapter.base_dtype}
    (draft / BASE).write_text(json.dumps(reference, indent=2) + "\n", encoding="utf-8")


def _read(folder: Path, name: str) -> dict[str, Any]:
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise not_loaded(str(folder), f"its {name} cannot be read ({first_line(error)})") from None


def _require_lora(folder: Path, config: dict[str, Any]) -> None:
    kind = config.get("peft_type")
    if kind != "LORA":
        raise not_loaded(str(folder), f"its adapter is of the kind {kind}; expected LORA")
