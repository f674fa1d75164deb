"""Packed rows on a CPU, for tests: FlexAttention refuses the backward pass there, though it can do it."""

from __future__ import annotations

import warnings

import pytest
import tiny
import torch.nn.attention.flex_attention as flex
from aft_worker.score import Way, go

PACKED = Way(packed=True)
CAPTURED = Way(packed=True, captured=True)


def allow_backward(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flex, "_validate_device", lambda *tensors: None)
    # it says that it runs uncompiled, as it should here
    warnings.filterwarnings("ignore", message="flex_attention called without torch.compile")


def packed(model: tiny.TinyModel, way: Way = PACKED) -> tiny.TinyModel:
    """The model, whose rows go this way from now on."""
    go(model.module, way)
    return model
