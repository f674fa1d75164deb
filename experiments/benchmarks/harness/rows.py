"""Rows of GSM8K's form, {question, answer}, from a file of such rows or of AFT's questions.

    python rows.py QUESTIONS.jsonl OUT.jsonl [LIMIT]

Both sides read what this writes: two fields and nothing else, so that neither can see more than the other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path


def read_rows(file: str | Path) -> list[dict[str, str]]:
    """The rows of a file; AFT's own questions have the whole answer as `reference`. Bad row: exit code 2."""
    rows = []
    for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({"question": row["question"], "answer": row.get("reference", row.get("answer"))})
        except (ValueError, KeyError, AttributeError, TypeError):
            row = {}
        if not all(isinstance(row.get(field), str) for field in ("question", "answer")):
            print(f"{file}:{number}: not a row of GSM8K\n  found: {line[:200]}", file=sys.stderr)
            print('  expected: {"question": "...", "answer": "... #### 42"}', file=sys.stderr)
            sys.exit(2)
    return rows


def write_rows(file: str | Path, rows: Iterable[dict[str, str]]) -> None:
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    Path(file).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    source, target, *limit = sys.argv[1:]
    write_rows(target, read_rows(source)[: int(limit[0]) if limit else None])
