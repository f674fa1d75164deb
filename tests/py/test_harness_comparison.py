"""What experiments/benchmarks/harness says of two sides that differ: explained only by what holds."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMPARE = Path(__file__).parents[2] / "experiments" / "benchmarks" / "harness" / "compare.py"


@pytest.fixture(scope="module")
def compare() -> Any:
    spec = importlib.util.spec_from_file_location("compare", COMPARE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROMPT = "Question: How many?\nAnswer:\n"


def harness(
    text: str, extracted: str, correct: bool, gold: str = "So.\n#### 18", **more: Any
) -> dict[str, Any]:
    judged = {"extracted": extracted, "correct": correct}
    return {
        "prompt": PROMPT,
        "text": text,
        "gold": gold,
        "strict-match": judged,
        "flexible-extract": judged,
        **more,
    }


def aft(
    text: str, extracted: str | None, correct: bool, answer: str = "18", prompt: str = PROMPT
) -> dict[str, Any]:
    candidate = {"text": text, "extracted": extracted, "correct": correct}
    return {"id": "gsm8k-test-1", "prompt": prompt, "answer": answer, "candidates": [candidate]}


AGREEING = [
    ("right", harness("#### 18", "18", True), aft("#### 18", "18", True)),
    ("right", harness("#### 1,800.", "1,800.", True, "#### 1800"), aft("#### 1,800.", "1800", True, "1800")),
    ("wrong", harness("#### 17.50", "17.50", False), aft("#### 17.50", "17.5", False)),
    ("no answer", harness("18", "[invalid]", False), aft("18", None, False)),
    ("no number", harness("#### 1.2.3", "1.2.3", False), aft("#### 1.2.3", None, False)),
]

EXPLAINED = [
    ("written", harness("#### 18.00", "18.00", False), aft("#### 18.00", "18", True)),
    (
        "cut",
        harness("17\n", "17", False),
        aft("17\nQuestion: And?\nAnswer:\n#### 18", "18", True),
    ),
    ("draw", harness("#### 17", "17", False, gap=1e-5), aft("#### 18", "18", True)),
]

UNEXPLAINED = [
    ("prompt", harness("#### 18", "18", True), aft("#### 18", "18", True, prompt=PROMPT.strip())),
    (
        "ids",
        harness("#### 18", "18", True, ids=[1, 5], aftIds=[1, 1, 5], fed=True),
        aft("#### 18", "18", True),
    ),
    ("ids", harness("#### 18", "18", True, ids=[1, 5], aftIds=[1, 5], fed=False), aft("#### 18", "18", True)),
    ("gold", harness("#### 18", "18", True), aft("#### 18", "18", False, "19")),
    ("text", harness("#### 18", "18", True), aft("#### 18\n", "18", True)),
    ("text", harness("#### 17", "17", False, gap=0.5), aft("#### 18", "18", True)),
    ("text", harness("#### 17", "17", False, gap=None), aft("#### 18", "18", True)),
    ("answer", harness("#### 17 #### 16", "17", False), aft("#### 17 #### 16", "16", False)),
    ("answer", harness("#### 18", "18", True), aft("#### 18", None, False)),
    ("answer", harness("17\n", "17", False), aft("17\nQuestion: And?\nAnswer:\n#### 18", "16", False)),
    ("answer", harness("#### 17", "17", False, gap=1e-5), aft("#### 18", "18", False)),
    ("verdict", harness("#### 18", "18", True), aft("#### 18", "18", False)),
    ("verdict", harness("#### 17", "17", False), aft("#### 17", "17", True)),
]


@pytest.mark.parametrize(("kind", "theirs", "group"), [*AGREEING, *EXPLAINED, *UNEXPLAINED])
def test_each_difference_has_its_kind(compare: Any, kind: str, theirs: dict, group: dict) -> None:
    for mode in ("strict", "flexible"):
        assert compare.kind_of(theirs, group, mode, compare.DRAW["float32"]) == kind


@pytest.mark.parametrize(("cases", "code"), [(AGREEING, 0), (EXPLAINED, 0), (UNEXPLAINED[-1:], 1)])
def test_only_what_is_not_explained_fails(tmp_path: Path, cases: list, code: int) -> None:
    theirs, groups = [case[1] for case in cases], [case[2] for case in cases]
    for name, rows in (("harness", theirs), ("groups.strict", groups), ("groups.flexible", groups)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = subprocess.run(
        [sys.executable, COMPARE, "A title", tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    right = [sum(group["candidates"][0]["correct"] for group in groups)] * 2
    assert f"| right, AFT | {right[0]} | {right[1]} |" in done.stdout
    assert ("UNEXPLAINED" in done.stdout) == (code == 1)
