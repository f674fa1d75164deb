"""Holds decoding in slots against the model's plain forward pass."""

from __future__ import annotations

import torch
from torch import Tensor

from ..score import Model, score_path
from .prompts import EncodedPrompt
from .slot_decoder import Shapes, SlotDecoder

_STEPS = 3
_LONGEST_WINDOW = 128  # a longer one is not crossed: it would cost more than it tells


def difference_from_plain(model: Model, shapes: Shapes) -> str | None:
    """Why slots do not fit this model, or None: rows of several lengths, one beyond a short window, decode a
    few tokens in each other's company, one of them in a slot to which it was moved."""
    path = score_path(model.module)
    window = path.window or 0
    lengths = [5, 11, window + 4 if window <= _LONGEST_WINDOW else 8]
    if model.max_positions:
        lengths = [min(length, model.max_positions - _STEPS) for length in lengths]
    vocabulary = path.vocabulary
    rows = [[(7 + 13 * at + 5 * length) % vocabulary for at in range(length + _STEPS)] for length in lengths]
    prompts = [
        EncodedPrompt(str(at), ids[:length], [0], _STEPS)
        for at, (ids, length) in enumerate(zip(rows, lengths, strict=True))
    ]
    decoder = SlotDecoder(model, len(rows) + 1, max(lengths) + _STEPS, shapes)
    decoder.fill([(prompt, slot) for slot, prompt in enumerate(prompts, 1)], [])
    # 1, 2, 3 to 3, 1, 2, ... : slot 0 was empty
    decoder.move([3], [0], 3)
    order = [2, 0, 1]
    device = model.device
    for step in range(_STEPS):
        places = [lengths[at] - 1 + step for at in order]
        tokens = torch.tensor([rows[at][place] for at, place in zip(order, places, strict=True)]).to(device)
        found = decoder.step(tokens, torch.tensor(places).to(device), max(places) + 1)
        for row, (at, place) in enumerate(zip(order, places, strict=True)):
            if _differs(found[row], _plain(model, rows[at][: place + 1])):
                return "its logits in slots differ from those of its plain forward pass"
    return None


def _plain(model: Model, ids: list[int]) -> Tensor:
    return model.module(input_ids=torch.tensor([ids]).to(model.device), use_cache=False).logits[0, -1]


def _differs(found: Tensor, expected: Tensor) -> bool:
    """Of logits [vocabulary], by more than rounding can explain. Broken weights, which give NaN, do not."""
    tolerance = 1e-3 if found.dtype == torch.float32 else 0.1
    one, other = (logits.float().log_softmax(-1) for logits in (found, expected))
    return bool(((one - other).abs() > tolerance * other.abs().clamp(min=1)).any())
