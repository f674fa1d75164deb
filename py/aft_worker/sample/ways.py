"""How a model's samples are decoded: the fastest way that gives what its plain forward pass gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast
from weakref import WeakKeyDictionary

import torch
from torch import nn

from ..errors import WorkerError, first_line
from ..score import (
    LONGEST,
    Model,
    ScorePath,
    TwinModel,
    evaluating,
    score_path,
    twins_of,
    window_lengths,
    without_cache,
)
from .batch_decoder import BatchDecoder
from .decode_check import STEPS, PlainRows
from .decoder import CannotDecode, Decoder
from .prompts import EncodedPrompt
from .slot_decoder import Shapes, SlotDecoder, measured_shapes


@dataclass(frozen=True, slots=True)
class DecodeWay:
    """name: "slots"; "batches": prompts padded to the longest; "equal": batches of prompts of one length;
    "alone": one sample at a time. cached False: without the model's state, whole sequences at each step.

    why: what is wrong with the faster ones, None for the fastest. shapes: of the cache of slots.
    """

    name: str
    cached: bool = True
    why: str | None = None
    shapes: Shapes = ()

    @property
    def slow(self) -> str | None:
        """Why and how, for whoever waits; None for the fastest way."""
        if self.why is None:
            return None
        anew = "" if self.cached else "; each token takes a pass of its whole sequence"
        return f"{self.why}: {_HOW[self.name]}{anew}"

    def open(self, model: Model, slots: int, length: int) -> Decoder:
        """A decoder of so many slots with `length` positions each."""
        if self.name == "slots":
            return SlotDecoder(model, slots, length, self.shapes)
        return BatchDecoder(model, ragged=self.name == "batches", cached=self.cached, slow=self.slow)


_HOW = {
    "batches": "samples are decoded in batches, each of which ends with its longest",
    "equal": "samples are decoded in batches of prompts of one length, each of which ends with its longest",
    "alone": "samples are decoded one at a time",
}
_WHERE = {
    "slots": "in slots",
    "batches": "in padded batches",
    "equal": "in batches",
    "alone": "one row at a time",
}
# Rows of a check that begin together: two samples of one prompt among others.
_TOGETHER = {
    "slots": [[0, 0, 1, 2]],
    "batches": [[0, 0, 1, 2]],
    "equal": [[2, 2, 3], [0, 0]],
    "alone": [[2], [0], [3]],
}
_WAYS = (
    DecodeWay("slots"),
    DecodeWay("batches"),
    DecodeWay("equal"),
    DecodeWay("alone"),
    DecodeWay("equal", cached=False),
    DecodeWay("alone", cached=False),
)
_PLAIN = _WAYS[2:]  # whose rows are all at one length at any step

_known: WeakKeyDictionary[nn.Module, dict[str, DecodeWay]] = WeakKeyDictionary()


def decode_way(model: Model, company: Company = ()) -> DecodeWay:
    """How samples are decoded that keep this company: found out the first time that the model samples. Raises
    ModelNotLoaded for a model that no way fits."""
    ways = _known.setdefault(model.module, {})
    kind = "steady" if company is not None else "crossing"
    if kind not in ways:
        with score_path(model.module).without_graph(), evaluating(model.module):
            ways[kind] = _found(model, _WAYS) if company is not None else _for_crossing(model)
    return ways[kind]


Company = tuple[int, ...] | None


def company(model: Model, prompt: EncodedPrompt) -> Company:
    """Equal for prompts whose samples may share a pass through a model whose rotary positions change for a
    whole batch at some length; None for those that may reach such a length, which share it with prompts of
    their own length alone."""
    path = score_path(model.module)
    first = path.side(max(1, len(prompt.ids) - 1))
    return first if first == path.side(len(prompt.ids) + prompt.limit - 1) else None


def _for_crossing(model: Model) -> DecodeWay:
    lengths = sorted({switch.at for switch in score_path(model.module).switches})
    why = f"its rotary positions change at {' and '.join(map(str, lengths))} tokens, which samples may cross"
    found = _found(model, _PLAIN)
    return replace(found, why=why if found.why is None else f"{why}, and {found.why}")


class _Unfit(Exception):
    """What is wrong with a way. raised: the model raised something; else it decoded, and wrongly."""

    def __init__(self, reason: str, raised: bool) -> None:
        super().__init__(reason)
        self.raised = raised


def _found(model: Model, ways: Sequence[DecodeWay]) -> DecodeWay:
    """What a class does on long rows is tried on its twin, that of these weights on a few tokens."""
    path = score_path(model.module)
    twin = _twin(path)
    of_twin = [] if twin is None else [PlainRows(twin, some) for some in _of_twin(score_path(twin.module))]
    short = PlainRows(model, _within(path, _SHORT))
    long = PlainRows(model, _within(path, [*_SHORT[:2], *_beyond_windows(path)]))
    why = None
    for way in ways:
        way = replace(way, why=why)
        try:
            return _tried(model, way, [short if twin is not None and _runs(twin, way, of_twin) else long])
        except _Unfit as error:
            why = str(error)
    name = type(path.causal).__name__
    raise WorkerError("ModelNotLoaded", f"{name} cannot be sampled from: {why}", source=path.source)


def _runs(twin: Model, way: DecodeWay, rows: Sequence[PlainRows]) -> bool:
    """False where nothing is known, as general rules may cut settings to what is no model. Raises _Unfit."""
    try:
        _tried(twin, way, rows)
    except _Unfit as error:
        if not error.raised:
            raise
        return False
    return True


def _tried(model: Model, way: DecodeWay, tries: Sequence[PlainRows]) -> DecodeWay:
    """The way itself where it gives what the plain forward pass gives. Raises _Unfit."""
    try:
        if way.name == "slots":
            way = replace(way, shapes=measured_shapes(model))
        differs = any(rows.differ(way.open, _TOGETHER[way.name]) for rows in tries)
    except (torch.OutOfMemoryError, MemoryError):
        raise
    # whatever a model does that a way does not foresee shows here as an exception of some kind
    except Exception as error:
        reason = str(error) if isinstance(error, CannotDecode) else first_line(error)
        raise _Unfit(f"it cannot be decoded {_WHERE[way.name]} ({reason})", True) from None
    if differs:
        raise _Unfit(f"its logits {_WHERE[way.name]} differ from those of its plain forward pass", False)
    return way


# Prompts of a check: two of one length come last.
_SHORT = (5, 11, 18, 18)


def _of_twin(path: ScorePath) -> list[list[int]]:
    """On both sides of each length at which positions change, where they do not change with every token."""
    beyond = [switch.at for switch in path.switches if not any(one.grows for one in path.switches)]
    return [_within(path, _SHORT), *([at + length for length in _SHORT] for at in beyond)]


def _within(path: ScorePath, lengths: Sequence[int]) -> list[int]:
    """As near to these as may be without a change of positions."""
    return [min([length, *(switch.at - STEPS for switch in path.switches)]) for length in lengths]


def _beyond_windows(path: ScorePath) -> list[int]:
    longest = max((size for size in window_lengths(path.config) if size <= LONGEST), default=0)
    return [max(18, longest + 2)] * 2


def _twin(path: ScorePath) -> Model | None:
    """The first that runs."""
    for module in twins_of(path.causal):
        own = score_path(module)
        try:
            # what logits are made of was found out when the model was loaded
            own.head = None if path.head is None else own.heads[path.heads.index(path.head)]
            module(input_ids=torch.ones(1, 3, dtype=torch.long), **without_cache(module))
        except Exception:  # whatever a class does with settings that were cut by general rules
            continue
        return cast(Model, TwinModel(module))
    return None
