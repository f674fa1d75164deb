"""Decoding of a request's params: a mistake is answered with a JSON pointer and the value found there."""

import re
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from ..errors import WorkerError, nearest
from ..protocol import METHODS
from .finite import type_info

_decoder = cache(msgspec.json.Decoder)
_PLACE = re.compile(r"\s+- at `\$?(?P<path>.*)`$", re.DOTALL)
_FIELD = re.compile(r"(unknown|required) field `(?P<name>[^`]*)`")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_LONGEST_SHOWN = 200


def decode_params(method: str, raw: bytes) -> Any:
    """The params struct of the method; raises MethodNotFound or InvalidParams."""
    if method not in METHODS:
        meant = nearest(method, METHODS)
        raise WorkerError(
            "MethodNotFound",
            f"there is no method {method!r}" + (f"; did you mean {meant!r}?" if meant else ""),
            method=method,
            nearest=meant,
        )
    params = METHODS[method].params
    try:
        return _decoder(params).decode(raw)
    except msgspec.ValidationError as error:
        raise _invalid(method, params, raw, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WorkerError("InvalidParams", f"{method}: {error}", pointer="") from None


def _invalid(method: str, params: type, raw: bytes, text: str) -> WorkerError:
    place = _PLACE.search(text)
    path = [key or int(index) for key, index in _STEP.findall(place["path"])] if place else []
    mistake = text[: place.start()] if place else text
    field = _FIELD.search(mistake)
    if field:
        if field[1] == "unknown":
            meant = nearest(field["name"], _field_names(type_info(params), path))
            mistake += f"; did you mean `{meant}`?" if meant else ""
        path.append(field["name"])
    pointer = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)
    return WorkerError(
        "InvalidParams",
        f"{method}: {mistake[:1].lower()}{mistake[1:]}",
        pointer=pointer,
        found=_value_at(msgspec.json.decode(raw), path),
    )


def _value_at(value: Any, path: list[str | int]) -> str | None:
    try:
        for step in path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return None
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}… ({len(text)} characters)"


def _field_names(info: inspect.Type, path: list[str | int]) -> list[str]:
    """The names of the fields that an object at this place may have."""
    match info:
        case inspect.StructType(fields=fields):
            if not path:
                return [field.encode_name for field in fields]
            inner = [field.type for field in fields if field.encode_name == path[0]]
            return [name for option in inner for name in _field_names(option, path[1:])]
        case inspect.ListType(item_type=item) if path:
            return _field_names(item, path[1:])
        case inspect.UnionType(types=types):
            return [name for option in types for name in _field_names(option, path)]
    return []
