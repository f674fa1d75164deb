"""How many slots a device has room for, and which decoder a model takes."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import torch
from torch import nn

from ..device import free_bytes
from ..errors import WorkerError, first_line
from ..score import Model
from .batch_decoder import BatchDecoder
from .decoder import Decoder
from .slot_check import difference_from_plain
from .slot_decoder import Shapes, SlotDecoder, measured_shapes, position_bytes

# More rows make a step longer, and beyond these hardly more tokens a second.
MOST_SLOTS = {"cpu": 128, "cuda": 1024}
# Of what is free; the rest is for the prompts' pass, logits and other processes.
_SHARE = {"cpu": 0.5, "cuda": 0.8}
# Where the size of a cache is not known: positions of a batch.
_BATCH_TOKENS = 16384

_known: WeakKeyDictionary[nn.Module, tuple[Shapes, str | None]] = WeakKeyDictionary()


def open_decoder(model: Model, wanted: int, length: int) -> tuple[Decoder, int]:
    """A decoder with as many of the slots that are wanted as there is room for, each of `length` positions.

    The first time that a model samples, slots are held against its plain forward pass; a model that they do
    not fit is decoded by the library's own cache. Raises OutOfMemory where there is no room for one slot.
    """
    device = model.device
    if model.module not in _known:
        _known[model.module] = _shapes_and_reason(model)
    shapes, reason = _known[model.module]
    wanted = min(wanted, MOST_SLOTS[device.type])
    if reason is not None:
        return BatchDecoder(model, reason), max(1, min(wanted, _BATCH_TOKENS // length))
    slot = length * position_bytes(shapes, model.dtype)
    free = free_bytes(device)
    room = int(_SHARE[device.type] * free // slot)
    if room < 1:
        raise WorkerError(
            "OutOfMemory",
            f"{device} has no room for one sample: its keys and values of {length} positions take "
            f"{_gib(slot)}, of {_gib(free)} that are free {_SHARE[device.type]:.0%} may be used; "
            "lower maxNewTokens, or free memory on the device",
            device=str(device),
        )
    slots = min(wanted, room)
    return SlotDecoder(model, slots, length, shapes), slots


def _shapes_and_reason(model: Model) -> tuple[Shapes, str | None]:
    """(shapes of the cache, why slots do not fit this model)."""
    try:
        shapes = measured_shapes(model)
        return shapes, difference_from_plain(model, shapes)
    except (torch.OutOfMemoryError, MemoryError):
        raise
    # whatever a model does that slots do not foresee shows here as an exception of some kind
    except Exception as error:
        return (), first_line(error)


def _gib(size: float) -> str:
    return f"{size / 2**30:.2g} GiB"
