"""How many slots a device has room for."""

from __future__ import annotations

from collections.abc import Sequence

from ..device import free_bytes, sizes_of
from ..errors import WorkerError
from ..score import Model
from .decoder import Decoder
from .prompts import EncodedPrompt
from .slot_decoder import position_bytes
from .ways import Company, decode_way

# More rows make a step longer, and beyond these hardly more tokens a second.
MOST_SLOTS = {"cpu": 128, "cuda": 1024}
# Of what is free; the rest is for the prompts' pass, logits and other processes.
_SHARE = {"cpu": 0.5, "cuda": 0.8}
# Where the size of a cache is not known: positions of a batch.
_BATCH_TOKENS = 16384
_PASS_TOKENS = {"cpu": 4096, "cuda": 16_384}  # of those that are computed anew at each step

_ROUND = 64  # lengths of slots, in positions


def slot_length(prompts: Sequence[EncodedPrompt]) -> int:
    """Positions of slots that each of these prompts fits into with its response."""
    longest = max(len(prompt.ids) + prompt.limit for prompt in prompts)
    return -(-longest // _ROUND) * _ROUND


def open_decoder(model: Model, kept: Company, wanted: int, length: int) -> tuple[Decoder, int]:
    """A decoder for samples that keep this company, with as many of the slots that are wanted as there is
    room for, each of `length` positions.

    Raises OutOfMemory where there is no room for one slot, and what `decode_way` raises.
    """
    way = decode_way(model, kept)
    slots = min(wanted, most_slots(model, kept, length))
    return way.open(model, slots, length), slots


def most_slots(model: Model, kept: Company, length: int) -> int:
    """Samples of at most `length` positions that are worth decoding at once, and for which there is room now.
    Raises what `open_decoder` raises."""
    device = model.device
    way = decode_way(model, kept)
    most = MOST_SLOTS[sizes_of(device)]
    if way.name != "slots":
        tokens = _BATCH_TOKENS if way.cached else _PASS_TOKENS[sizes_of(device)]
        return 1 if way.name == "alone" else max(1, min(most, tokens // length))
    slot = length * position_bytes(way.shapes, model.dtype)
    free = free_bytes(device)
    room = int(_SHARE[sizes_of(device)] * free // slot)
    if room < 1:
        raise WorkerError(
            "OutOfMemory",
            f"{device} has no room for one sample: its keys and values of {length} positions take "
            f"{_gib(slot)}, of {_gib(free)} that are free {_SHARE[sizes_of(device)]:.0%} may be used; "
            "lower maxNewTokens, or free memory on the device",
            device=str(device),
        )
    return min(most, room)


def _gib(size: float) -> str:
    return f"{size / 2**30:.2g} GiB"
