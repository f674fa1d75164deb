"""Keeps NaN and infinities from leaving as `null`, which is what a JSON encoder makes of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from msgspec import inspect

from ..errors import WorkerError, real
from ..protocol import NonFinite

type_info = cache(inspect.type_info)

Check = Callable[[Any, str], Any]


def name_non_finite(message: msgspec.Struct) -> None:
    """Names every non-finite float of a message in place: NonFinite where the field is Real. Elsewhere the
    value has no meaning, so that it is an InternalError whose pointer names the field."""
    check = _check_of(type(message))
    if check is not None:
        check(message, "")


@cache
def _check_of(declared: Any) -> Check | None:
    """What to do with a value of this type; None when no float can be in it."""
    return _compile(type_info(declared))


def _compile(info: inspect.Type) -> Check | None:
    match info:
        case inspect.FloatType():
            return _refuse
        case inspect.UnionType(types=types):
            if any(isinstance(one, inspect.StructType) and one.cls is NonFinite for one in types):
                return _name
            checks = [check for check in map(_compile, types) if check is not None]
            return checks[0] if checks else None
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            return _list_of(_compile(item))
        case inspect.TupleType(item_types=items):
            return _list_of(_compile(items[0]))
        case inspect.DictType(value_type=value):
            return _dict_of(_compile(value))
        case inspect.StructType():
            return _struct
    return None


def _refuse(value: Any, pointer: str) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise WorkerError("InternalError", f"the worker computed {value} for {pointer}", pointer=pointer)
    return value


def _name(value: Any, pointer: str) -> Any:
    return real(value) if isinstance(value, float) and not math.isfinite(value) else value


def _list_of(item: Check | None) -> Check | None:
    if item is None:
        return None

    def check(values: Any, pointer: str) -> Any:
        for at, value in enumerate(values or ()):
            checked = item(value, f"{pointer}/{at}")
            if checked is not value:
                values[at] = checked
        return values

    return check


def _dict_of(item: Check | None) -> Check | None:
    if item is None:
        return None

    def check(values: Any, pointer: str) -> Any:
        for key, value in (values or {}).items():
            values[key] = item(value, f"{pointer}/{key}")
        return values

    return check


def _struct(value: Any, pointer: str) -> Any:
    """By the value's own class, so that it serves unions of structs too."""
    if not isinstance(value, msgspec.Struct):
        return value
    for attribute, name, check in _fields(type(value)):
        found = getattr(value, attribute)
        checked = check(found, f"{pointer}/{name}")
        if checked is not found:
            setattr(value, attribute, checked)
    return value


@cache
def _fields(cls: type[msgspec.Struct]) -> tuple[tuple[str, str, Check], ...]:
    info = type_info(cls)
    assert isinstance(info, inspect.StructType)
    checks = ((field.name, field.encode_name, _compile(field.type)) for field in info.fields)
    return tuple((name, encoded, check) for name, encoded, check in checks if check is not None)
