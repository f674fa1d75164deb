"""What all tests of the worker share: its place on the path, one thread, no network."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "py")]

import torch  # noqa: E402

torch.set_num_threads(1)
