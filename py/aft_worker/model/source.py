"""Where a model comes from, and in one sentence what is wrong when it does not come."""

import json
import re
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from ..errors import WorkerError, first_line, nearest

_HUB_ID = re.compile(r"[\w][\w.-]*(/[\w][\w.-]*)?")
_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "spiece.model")
_WEIGHT_FILES = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)


def not_loaded(source: str, reason: str, pointer: str = "/source") -> WorkerError:
    return WorkerError("ModelNotLoaded", f"cannot load {source!r}: {reason}", source=source, pointer=pointer)


def check_source(source: str) -> bool:
    """True for a folder that holds a model, False for a hub id. Raises ModelNotLoaded for everything else."""
    folder = Path(source)
    if folder.is_dir():
        _require(source, folder, ("config.json",), "what the model is")
        _require(source, folder, _WEIGHT_FILES, "the weights")
        _require(source, folder, _TOKENIZER_FILES, "the tokenizer")
        return True
    if folder.exists():
        raise not_loaded(source, "it is a file; expected the folder that holds config.json and the weights")
    if folder.is_absolute() or not _HUB_ID.fullmatch(source):
        raise not_loaded(source, f"there is no such folder{_nearest(folder)}")
    return False


def load_tokenizer(
    source: str, revision: str | None = None, pointer: str = "/source"
) -> PreTrainedTokenizerBase:
    """Raises ModelNotLoaded."""
    try:
        return AutoTokenizer.from_pretrained(source, revision=revision or "main")
    except Exception as error:
        raise not_loaded(source, f"its tokenizer does not open: {why(error, source)}", pointer) from None


def open_tokenizer(source: str, revision: str | None = None) -> PreTrainedTokenizerBase:
    """The tokenizer alone, of a folder (weights need not be there) or a hub id. Raises ModelNotLoaded."""
    folder = Path(source)
    if folder.is_dir() or folder.is_absolute() or not _HUB_ID.fullmatch(source):
        check_tokenizer_folder(folder, "/source")
    return load_tokenizer(source, revision)


def has_tokenizer(source: str) -> bool:
    """Whether the folder holds a tokenizer."""
    return any((Path(source) / name).is_file() for name in _TOKENIZER_FILES)


def check_tokenizer_folder(folder: Path, pointer: str) -> None:
    """Raises ModelNotLoaded where no tokenizer lies in `folder`."""
    if not folder.is_dir():
        raise not_loaded(str(folder), f"there is no such folder{_nearest(folder)}", pointer)
    _require(str(folder), folder, _TOKENIZER_FILES, "the tokenizer", pointer)


def why(error: Exception, source: str = "", hub: bool = False) -> str:
    """The first sentence of what a library said of a model, or which of its files is damaged.

    `hub`: also how to do without it."""
    reason = first_line(error)
    damaged = None if source == "" or hub else _damaged_settings(Path(source))
    if damaged is not None:
        return f"{damaged} is damaged or cut short (it holds no JSON map); fetch or save it again"
    if hub:
        return (
            f"there is no such folder, and as a hub id it could not be fetched ({reason}). Without a "
            "network: download the model elsewhere and give the path of its folder"
        )
    if "Safetensor" in type(error).__name__:
        return f"a weights file is damaged or cut short ({reason}); fetch or save it again"
    return reason


def _damaged_settings(folder: Path) -> str | None:
    """The file of a model's folder that is to hold a JSON map, and holds none."""
    names = ("config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json")
    for file in (folder / name for name in (*names, "model.safetensors.index.json")):
        try:
            if file.is_file() and not isinstance(json.loads(file.read_bytes()), dict):
                return file.name
        except (ValueError, RecursionError):
            return file.name
        except OSError:
            continue
    return None


def _require(
    source: str, folder: Path, files: tuple[str, ...], purpose: str, pointer: str = "/source"
) -> None:
    if any((folder / name).is_file() for name in files):
        return
    present = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    listing = ", ".join(present[:6]) + (", ..." if len(present) > 6 else "") if present else "nothing"
    there = f"there {'are' if len(present) > 1 else 'is'} {listing}"
    expected = files[0] if len(files) == 1 else f"{files[0]} (or {', '.join(files[1:])})"
    raise not_loaded(source, f"the folder lacks {expected}, {purpose}; {there}", pointer)


def _nearest(folder: Path) -> str:
    """The sibling folder with the most similar name, or the first part of the path that does not exist."""
    parent = folder.parent
    if not parent.is_dir():
        existing = next(up for up in folder.absolute().parents if up.is_dir())
        return f": {existing} exists, {folder.absolute().relative_to(existing).parts[0]} in it does not"
    siblings = sorted(path.name for path in parent.iterdir() if path.is_dir())
    meant = nearest(folder.name, siblings)
    return f"; did you mean {str(parent / meant)!r}?" if meant else ""
