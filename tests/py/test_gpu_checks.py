"""The checks for GPU machines and the benchmarks, tried on the CPU at their small size, so that they run
where a GPU is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BENCH = "experiments/benchmarks/speed/bench.py"


def _run(out: Path, script: str, *arguments: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """What the process said, and its results file."""
    command = [sys.executable, script, "--device", "cpu", "--small", "--out", str(out), *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "2"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    written = list(out.glob("*.json"))
    assert len(written) == 1, done.stdout[-3000:] + done.stderr[-2000:]
    return done, json.loads(written[0].read_text())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_gpu_checks_pass_on_the_cpu(tmp_path: Path) -> None:
    done, results = _run(tmp_path, "tests/gpu/check.py")
    assert [check for check in results["checks"] if not check["passed"]] == []
    assert done.returncode == 0, done.stderr[-2000:]
    assert len(results["checks"]) > 190
    assert results["skipped"] == []
    assert [file.name[-11:] for file in tmp_path.glob("*.json")] == ["-small.json"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_benchmarks_run_at_their_small_size(tmp_path: Path) -> None:
    done, results = _run(tmp_path, BENCH)
    assert [check for check in results["checks"] if not check["passed"]] == []
    assert done.returncode == 0, done.stderr[-2000:]
    measured = {one["topic"] for one in results["measurements"] if one["unit"] != "s"}
    left_out = {one["topic"] for one in results["skipped"]}
    # TRL has an environment of its own
    assert left_out <= {"TRL"}
    assert measured | left_out == set(results["topics"].split(", "))


@pytest.mark.parametrize(
    "option, value, said",
    [
        ("--model", "/nowhere", "expected a folder with a model (there is no /nowhere/config.json)"),
        ("--questions", "/nowhere.jsonl", "no such file: /nowhere.jsonl"),
        ("--budget", "-3", "expected seconds above 0, found '-3'"),
        ("--only", "samplin", "invalid choice: 'samplin'"),
        ("--device", "gpu", "expected cpu, cuda or cuda:N, found 'gpu'"),
    ],
)
def test_a_wrong_option_is_refused_before_any_work(
    option: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "experiments" / "benchmarks" / "instruments"))
    from sitting import Topic, parser_for  # pyright: ignore[reportMissingImports]

    parser = parser_for("bench.py", "", [Topic("sampling", 1, lambda sitting: None)])
    with pytest.raises(SystemExit) as ended:
        parser.parse_args([option, value])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_what_does_not_fit_in_the_budget_is_skipped_and_named(tmp_path: Path) -> None:
    done, results = _run(tmp_path, "tests/gpu/check.py", "--budget", "1")
    assert done.returncode == 1, "nothing was checked"
    assert results["checks"] == []
    assert [one["topic"] for one in results["skipped"]] == results["topics"].split(", ")
    assert "numerics takes about" in f"{results['skipped'][0]['topic']} {results['skipped'][0]['why']}"
    assert "skipped, numerics: takes about " in done.stdout


# two topics that take no time, but that the second does not end
ENDLESS = """
import sys, time
from dataclasses import replace
sys.path.insert(0, "tests/gpu")
import check
check.prepare_process()
import topics
runs = {
    "sampling": lambda sitting: sitting.results.holds("a check", True),
    "training": lambda sitting: time.sleep(600),
}
topics.TOPICS = [replace(one, run=runs.get(one.name, one.run)) for one in topics.TOPICS]
sys.exit(check.main())
"""


def test_a_sitting_that_is_killed_leaves_what_was_found(tmp_path: Path) -> None:
    """Killed as soon as the file names the second topic."""
    topics = ["--only", "sampling", "training"]
    command = [sys.executable, "-c", ENDLESS, "--device", "cpu", "--small", "--out", str(tmp_path), *topics]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if line.startswith("training"):
                break
        running.kill()
    (written,) = tmp_path.glob("*-partial-*.json")
    results = json.loads(written.read_text())
    assert results["under way"] == "training"
    assert {check["topic"] for check in results["checks"]} == {"sampling"}
    assert all(check["passed"] for check in results["checks"])
