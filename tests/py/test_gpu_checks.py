"""The checks for GPU machines, tried on the CPU at their small size: so that they run where a GPU is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "script, name, least", [("check.py", "results", 50), ("seven_b.py", "seven-b", 12)], ids=["all", "7B"]
)
def test_the_gpu_checks_pass_on_the_cpu(tmp_path: Path, script: str, name: str, least: int) -> None:
    command = [sys.executable, f"tests/gpu/{script}", "--device", "cpu", "--small", "--out", str(tmp_path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    (written,) = tmp_path.glob(f"{name}-cpu-*-small.json")
    results = json.loads(written.read_text())
    assert [check for check in results["checks"] if not check["passed"]] == []
    assert len(results["checks"]) > least
