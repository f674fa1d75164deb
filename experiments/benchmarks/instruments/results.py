"""What the checks found: collected, printed as a table, written as JSON and Markdown."""

from __future__ import annotations

import json
import math
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Value = Any  # what JSON has


@dataclass(frozen=True)
class Check:
    """`found` must be what `expected` says; a number must be at most `expected`."""

    topic: str
    name: str
    found: Value
    expected: Value
    passed: bool


@dataclass(frozen=True)
class Measurement:
    topic: str
    name: str
    value: Value
    unit: str


@dataclass(frozen=True)
class Skipped:
    """A topic that was not run, or a part of one, and why."""

    topic: str
    why: str


class Results:
    """Collects by topic. An exception in a topic is a failed check of it, and the next topic is run."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.measurements: list[Measurement] = []
        self.skipped: list[Skipped] = []
        self._topic = ""

    @property
    def passed(self) -> bool:
        """Nothing that was found is wrong, and something was found."""
        return bool(self.checks or self.measurements) and all(check.passed for check in self.checks)

    @contextmanager
    def topic(self, name: str) -> Iterator[None]:
        self._topic = name
        print(f"{name} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        try:
            yield
        except Exception as error:
            traceback.print_exc()
            found = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            self.checks.append(Check(name, "runs to its end", found[:160], "no exception", False))
        self.measure("duration of these checks", round(time.perf_counter() - started, 1), "s")

    def equal(self, name: str, found: Value, expected: Value) -> None:
        self._add(name, found, expected, found == expected)

    def holds(self, name: str, found: bool) -> None:
        self._add(name, "yes" if found else "no", "yes", found)

    def at_most(self, name: str, found: float, tolerance: float) -> None:
        """A NaN fails."""
        self._add(name, found, tolerance, found <= tolerance)

    def measure(self, name: str, value: Value, unit: str = "") -> None:
        self.measurements.append(Measurement(self._topic, name, value, unit))

    def skip(self, why: str, topic: str | None = None) -> None:
        """Says that the topic (left out: the present one) is not run, or not all of it."""
        self.skipped.append(Skipped(topic or self._topic, why))
        print(f"  skipped, {topic or self._topic}: {why}", file=sys.stderr, flush=True)

    def _add(self, name: str, found: Value, expected: Value, passed: bool) -> None:
        self.checks.append(Check(self._topic, name, found, expected, passed))
        if not passed:
            print(f"  FAILED {name}: {show(found)}, expected {show(expected)}", file=sys.stderr, flush=True)

    def table(self) -> str:
        """All checks, then all measurements, for a terminal."""
        rows = [["", "topic", "check", "found", "expected"]]
        rows += [
            ["ok" if c.passed else "FAIL", c.topic, c.name, show(c.found), _limit(c.expected)]
            for c in self.checks
        ]
        numbers = [["topic", "measured", "value"]]
        numbers += [[m.topic, m.name, f"{show(m.value)} {m.unit}".strip()] for m in self.measurements]
        failed = sum(not check.passed for check in self.checks)
        verdict = f"{failed} of {len(self.checks)} checks FAILED" if failed else "all checks passed"
        left_out = "".join(f"\nskipped, {one.topic}: {one.why}" for one in self.skipped)
        return f"{_aligned(rows)}\n\n{_aligned(numbers)}\n{left_out}\n{len(self.checks)} checks: {verdict}"

    def write(self, folder: Path, name: str, about: dict[str, Any]) -> list[Path]:
        """`name`.json and `name`.md in `folder`; `about` says on what, when and how they were found.

        Each takes the place of the one before at once: whoever is killed leaves whole files.
        """
        folder.mkdir(parents=True, exist_ok=True)
        record = {
            "schema": 1,
            "passed": self.passed,
            **about,
            "checks": [_finite(asdict(check)) for check in self.checks],
            "measurements": [_finite(asdict(measurement)) for measurement in self.measurements],
            "skipped": [asdict(one) for one in self.skipped],
        }
        files = [folder / f"{name}.json", folder / f"{name}.md"]
        _replace(files[0], json.dumps(record, indent=2, allow_nan=False) + "\n")
        _replace(files[1], self._markdown(about))
        return files

    def _markdown(self, about: dict[str, Any]) -> str:
        checks = [
            ["ok" if c.passed else "**FAILED**", c.topic, c.name, show(c.found), _limit(c.expected)]
            for c in self.checks
        ]
        numbers = [[m.topic, m.name, show(m.value), m.unit] for m in self.measurements]
        return "\n\n".join(
            [
                f"# {about['hardware']['device']}, {about['date']}",
                "**Some checks failed.**"
                if not self.passed
                else "All checks passed."
                if checks
                else "No checks.",
                _markdown_table(["", ""], [[key, str(value)] for key, value in _flat(about)]),
                *(f"Skipped, {one.topic}: {one.why}." for one in self.skipped),
                *(
                    ["## Checks", _markdown_table(["", "topic", "check", "found", "expected"], checks)]
                    * bool(checks)
                ),
                "## Measurements",
                _markdown_table(["topic", "measured", "value", "unit"], numbers) + "\n",
            ]
        )


def _replace(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.writing")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def show(value: Value) -> str:
    if isinstance(value, bool | str) or not isinstance(value, float):
        return str(value)
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    return f"{value:.2e}" if abs(value) < 1e-2 else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _limit(expected: Value) -> str:
    number = isinstance(expected, float)
    return f"<= {show(expected)}" if number else show(expected)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _flat(about: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in about.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key} ")
        else:
            yield f"{prefix}{key}", value


def _finite(record: dict[str, Any]) -> dict[str, Any]:
    """JSON has no NaN: such a value goes by its name."""
    return {k: str(v) if isinstance(v, float) and not math.isfinite(v) else v for k, v in record.items()}
