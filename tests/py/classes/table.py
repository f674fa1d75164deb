"""The page of the guide that says how each class is computed, from what the sweep found (`held.json`).

.venv/bin/python tests/py/classes/table.py
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "experiments" / "guide" / "model-classes.md"
BEGIN, END = "<!-- classes: written by tests/py/classes/table.py -->", "<!-- end of classes -->"

Kind = dict[str, Any]
ROWS = {
    "shared": "responses share rows",
    "single": "one response a row",
    "equal": "batches of one length",
    "alone": "one response at a time",
}


def written() -> str:
    """What stands between the marks."""
    whole = json.loads((HERE / "held.json").read_text())
    kinds: list[Kind] = whole["kinds"]
    refused = [kind for kind in kinds if "refused" in kind]
    taken = [kind for kind in kinds if "refused" not in kind]
    plain = [
        kind for kind in taken if kind["rows"] != "shared" or kind.get("own_logits") or kind.get("sampling")
    ]
    fast = [kind for kind in taken if kind not in plain]
    parts = [
        f"{len(kinds)} kinds, transformers {whole['transformers']}: {len(fast)} exact and fast, "
        f"{len(plain)} exact and plain, {len(refused)} refused.",
        "### Exact and fast",
        ", ".join(f"`{kind['name']}`" for kind in fast),
        "### Exact and plain",
        _table(("model type", "scores", "samples", "why"), [_plain(kind) for kind in plain]),
        "### Refused",
        _table(("model type", "why"), [(f"`{kind['name']}`", _text(kind["refused"])) for kind in refused]),
    ]
    return "\n\n".join(parts)


def _plain(kind: Kind) -> tuple[str, ...]:
    scores = ROWS[kind["rows"]] + (", the model's own logits" if kind.get("own_logits") else "")
    note = kind.get("sampling", "")
    why, _, how = ("", "", note) if note.startswith("refused") else note.rpartition(": ")
    own = kind.get("why", "")
    reasons = [own, why if why and why not in own else ""]
    return (
        f"`{kind['name']}`",
        scores,
        _text(_short(how)),
        _text(_without_errors("; sampling: ".join(filter(None, reasons)))),
    )


def _short(how: str) -> str:
    """Of the sampler's note what is done."""
    if not how:
        return "in slots"
    if how.startswith("refused"):
        return how
    how = how.removeprefix("samples are decoded ").replace(", each of which ends with its longest", "")
    return how.replace("; each token takes a pass of its whole sequence", ", without a cache")


def _without_errors(why: str) -> str:
    """Python's own texts say little here; `held.json` has them."""
    why = re.sub(r"it raises \w+: .*?(?=; (its|it|sampling)|$)", "it raises an error", why)
    return re.sub(r" \(\w+Error: .*?\)(?=;|$)", "", why)


def _text(value: str) -> str:
    """As a cell of a table, where a bar and brackets mean something."""
    return value.replace("|", "\\|").replace("[", "\\[").replace("<", "\\<").replace("\n", " ")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page() -> str:
    """The whole page with the marks filled."""
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{written()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page())
