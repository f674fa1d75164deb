"""AFT's rule for numbers and math-verify on the same texts: AFT's forms of numbers, math-verify's tests.

    python -m venv .venv.verifiers && .venv.verifiers/bin/pip install "math-verify[antlr4_13_2]==0.9.0"
    .venv.verifiers/bin/python experiments/benchmarks/verifiers/compare.py [MATH_VERIFY/tests]

Writes results.md beside this file. Forms: read right; not read as a number; another number than is stated,
which is what must never be. A form that AFT refuses may have a value (`5!` is 120): math-verify is right
where it gives it.
math-verify's tests: those of (gold, prediction, verdict) whose gold is one number to AFT.
"""

from __future__ import annotations

import ast
import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

# The values of forms that AFT refuses to read.
EXACT = {
    **{"5!": "120", "√16": "4", "\\sqrt{16}": "4", "5 * 2": "10", "10 = 5 * 2": "10", "5 + 3": "8"},
    **{"-2^2": "-4", "2^3^2": "512", "3 squared": "9", "10 to the power of 5": "100000", "|-5|": "5"},
    **{"2 dozen": "24", "3 lakh": "300000", "5 hundreds": "500", "2 and a half": "5/2", "2 thirds": "2/3"},
    **{"two and a half": "5/2", "5 Millionen": "5000000", "5 millones": "5000000", "5万": "50000"},
    **{"1.5M": "1500000", "5M": "5000000", "5k": "5000", "5K": "5000", "5 k": "5000", "5B": "5000000000"},
    **{"1,2": "6/5", "12,34": "617/50", "0,500": "1/2", "1.234.567": "1234567", "10_2": "2"},
    **{"0.\\overline{3}": "1/3", "0.(3)": "1/3", "0.3̅": "1/3", "3.333...": "10/3", "0.33…": "1/3"},
    **{"3/4/5": "3/20", "2-1/2": "3/2", "\\log_2 8": "3", "5 mod 3": "2", "C(5,2)": "10", "1 5/2": "7/2"},
    **{"twice 5": "10", "half of 5": "5/2", "5 times 3": "15", "10 plus 5": "15", "3 more than 5": "8"},
    **{"5 quarters": "5/4", "--5": "5"},
}


def ours(rows: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    command = [
        str(ROOT / "node_modules/.bin/tsx"),
        str(HERE / "ours.ts"),
        *([] if rows is not None else ["--forms"]),
    ]
    given = "".join(json.dumps(row) + "\n" for row in rows or [])
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()]


def parsed(text: str) -> list[Any]:
    return parse(text, [LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()])


def theirs_on_form(text: str, form: str, expected: str | None) -> str:
    found = parsed(text)
    value = expected or EXACT.get(form)
    if not found:
        return NOT_READ
    if value is not None and verify(parsed(f"${value}$"), found):
        return RIGHT
    return OTHER if is_number(found[0]) else NOT_READ


def is_number(value: Any) -> bool:
    try:
        return bool(value.is_Rational)
    except AttributeError:
        return False


def cases_of(file: Path) -> list[dict[str, Any]]:
    """The tuples (gold, prediction, verdict) of a test file's parameters."""
    tuples = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Tuple))
    found = []
    for node in tuples:
        try:
            values = ast.literal_eval(node)
        except ValueError:
            continue
        if (
            len(values) >= 3
            and isinstance(values[0], str)
            and isinstance(values[1], str)
            and values[2] in (0, 1)
        ):
            found.append({"gold": values[0], "text": values[1], "expected": bool(values[2])})
    return found


NOT_READ, OTHER, RIGHT = "no number", "another number", "right"


def forms_table() -> list[str]:
    rows = ours(None)
    counts: dict[tuple[str, str], dict[str, Counter[str]]] = {}
    others = []
    for row in rows:
        number, found = row["expected"], row["found"]
        mine = NOT_READ if found is None else RIGHT if found == number else OTHER
        verdict = theirs_on_form(row["text"], row["form"], number)
        kind = "are one number" if number is not None else "AFT refuses"
        table = counts.setdefault((kind, row["place"]), {"AFT": Counter(), "math-verify": Counter()})
        table["AFT"][mine] += 1
        table["math-verify"][verdict] += 1
        if number is not None and verdict == OTHER and row["place"] == "in a sentence":
            others.append(f"| `{row['form']}` | {number} | {parsed(row['text'])[0]} |")
    forms, places = ({row[name] for row in rows} for name in ("form", "place"))
    return [
        f"## {len(forms)} forms, each at {len(places)} places",
        "",
        "| forms that | place | verifier | right | no number | another number |",
        "|---|---|---|---:|---:|---:|",
        *(
            f"| {kind} | {place} | {name} | {count[RIGHT]} | {count[NOT_READ]} | {count[OTHER]} |"
            for (kind, place), table in counts.items()
            for name, count in table.items()
        ),
        "",
        "Forms that are one number, of which math-verify reads another in `The answer is FORM.`:",
        "",
        "| form | stated | math-verify |",
        "|---|---|---|",
        *others,
    ]


def tests_table(folder: Path) -> list[str]:
    cases = [case for file in sorted(folder.glob("test_*.py")) for case in cases_of(file)]
    numbers = [row for row in ours(cases) if row["understood"] is not None]
    outcomes: Counter[str] = Counter()
    for row in numbers:
        found = row["found"]
        right = found is not None and Fraction(found) == Fraction(row["understood"])
        outcome = (
            "the expected verdict"
            if right == row["expected"]
            else "right, where wrong was expected"
            if right
            else NOT_READ
            if found is None
            else OTHER
        )
        outcomes[outcome] += 1
        if right != row["expected"]:
            print(outcome, json.dumps(row, ensure_ascii=False))
    return [
        "",
        f"## math-verify's own tests: in {len(numbers)} of {len(cases)} cases the gold is one number to AFT",
        "",
        "| AFT | cases |",
        "|---|---:|",
        *(f"| {outcome} | {count} |" for outcome, count in sorted(outcomes.items())),
    ]


def main(tests: str | None = None) -> None:
    logging.disable(logging.CRITICAL)
    lines = ["# AFT's rule for numbers beside math-verify 0.9.0", "", *forms_table()]
    if tests is not None:
        lines += tests_table(Path(tests))
    (HERE / "results.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
