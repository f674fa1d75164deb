"""The kernel of slots' attention, run by Triton's interpreter where Triton is installed and no GPU is
needed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import torch
from aft_worker.sample.slot_attention import attend_plainly, looks
from aft_worker.sample.slot_kernel import attend_on_cuda

torch.manual_seed(0)
for kv_heads, group, size, window, cap in (
    (3, 3, 64, None, None), (2, 1, 80, None, None), (1, 4, 16, 7, None),
    (2, 2, 12, None, 2.0), (1, 17, 32, 50, None),
):
    query = torch.randn(5, kv_heads, group, size)
    # strides of a slot that is longer than what is looked at
    key, value = (torch.randn(8, kv_heads, 220, size)[:5, :, :200] for _ in range(2))
    last = torch.tensor([0, 5, 63, 64, 199])
    expected = attend_plainly(query, key, value, looks(last, window, 200), 0.3, cap)
    first = torch.zeros_like(last) if window is None else (last + 1 - window).clamp(min=0)
    limits = torch.stack([first, last + 1], dim=-1).int()[:, None, None, :]
    assert (attend_on_cuda(query, key, value, limits, 0.3, cap) - expected).abs().max() < 1e-5
print("equal")
"""


@pytest.mark.skipif(importlib.util.find_spec("triton") is None, reason="triton is not installed")
def test_it_equals_the_plain_attention():
    root = Path(__file__).resolve().parents[3]
    environment = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": str(root / "py")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, timeout=300
    )
    assert done.stdout == "equal\n", done.stderr
