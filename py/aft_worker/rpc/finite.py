"""Keeps NaN and infinities from leaving as `null`, which is what a JSON encoder makes of them."""

import math
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from ..errors import WorkerError, real
from ..protocol import NonFinite

type_info = cache(inspect.type_info)


def name_non_finite(message: msgspec.Struct) -> None:
    """Names every non-finite float of a message in place: NonFinite where the field is Real. Elsewhere the
    value has no meaning, so that it is an InternalError whose pointer names the field."""
    _named(message, type_info(type(message)), "")


def _named(value: Any, declared: inspect.Type, pointer: str) -> Any:
    """The value, or what stands for it; containers are changed in place."""
    if isinstance(value, float) and not math.isfinite(value):
        if _is_real(declared):
            return real(value)
        raise WorkerError("InternalError", f"the worker computed {value} for {pointer}", pointer=pointer)
    if isinstance(value, msgspec.Struct):
        for attribute, name, field in _fields(type(value)):
            setattr(value, attribute, _named(getattr(value, attribute), field, f"{pointer}/{name}"))
    elif isinstance(value, list | tuple | dict):
        if (item := _item(declared)) is None:
            return value
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            named = _named(entry, item, f"{pointer}/{key}")
            if named is not entry:
                value[key] = named  # pyright: ignore[reportIndexIssue]
    return value


@cache
def _fields(cls: type[msgspec.Struct]) -> tuple[tuple[str, str, inspect.Type], ...]:
    """(attribute, name in JSON, type) of each field."""
    info = type_info(cls)
    assert isinstance(info, inspect.StructType)
    return tuple((field.name, field.encode_name, field.type) for field in info.fields)


def _is_real(declared: inspect.Type) -> bool:
    options = declared.types if isinstance(declared, inspect.UnionType) else ()
    return any(isinstance(option, inspect.StructType) and option.cls is NonFinite for option in options)


def _item(declared: inspect.Type) -> inspect.Type | None:
    """The type of a container's entries; None where they hold no float (ids and texts are many)."""
    match declared:
        case inspect.UnionType(types=types):
            return next(filter(None, map(_item, types)), None)
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            pass
        case inspect.TupleType(item_types=(item, *_)) | inspect.DictType(value_type=item):
            pass
        case _:
            return None
    return None if isinstance(item, inspect.IntType | inspect.StrType) else item
