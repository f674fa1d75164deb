"""Holds the two sides against each other, row by row, and says of every difference where it comes from.

    python compare.py TITLE FOLDER [DTYPE]

Reads FOLDER/harness.jsonl and FOLDER/groups.{strict,flexible}.jsonl; prints a table and the differences as
Markdown. Exit code 1: a difference that nothing explains. Needs nothing but Python.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

FILTERS = {"strict": "strict-match", "flexible": "flexible-extract"}
PATTERNS = {"strict": r"#### (\-?[0-9\.\,]+)", "flexible": r"(-?[$0-9.,]{2,})|(-?[0-9]+)"}
STOPS = ("Question:", "</s>", "<|im_end|>")
# Up to this difference (nats) two tokens are a draw, which the order of sums decides.
DRAW = {"float32": 1e-3, "bfloat16": 0.25}
SHOWN = 5

AGREED = {
    "right": "right by both",
    "wrong": "wrong by both, the same answer",
    "no number": "wrong by both, and what was found is no number (AFT: no answer)",
    "no answer": "no answer by both",
}
EXPLAINED = {
    "written": "by design: right for AFT as an equal number, wrong for the harness as another text",
    "cut": "by design: the harness cuts the response at a stop text, AFT does not",
    "draw": "two tokens were a draw, and the responses part there",
}
UNEXPLAINED = {
    "prompt": "UNEXPLAINED: another prompt",
    "ids": "UNEXPLAINED: other token ids of the prompt",
    "text": "UNEXPLAINED: another response",
    "gold": "UNEXPLAINED: another gold answer",
    "answer": "UNEXPLAINED: another answer extracted",
    "verdict": "UNEXPLAINED: another verdict on the same answer",
}
KINDS = AGREED | EXPLAINED | UNEXPLAINED


def number(text: str | None) -> Decimal | None:
    """The value of what the harness compares as text: its four regular expressions, then a plain decimal."""
    for pattern in (",", r"\$", r"(?s).*#### ", r"\.$"):
        text = re.sub(pattern, "", text or "")
    text = (text or "").strip()
    return Decimal(text) if re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)", text) else None


def cut(text: str) -> str:
    for stop in STOPS:
        text = text.split(stop)[0]
    return text


def by_rule(text: str, mode: str) -> Decimal | None:
    """The answer of a text by the published pattern: the first match of strict, the last of flexible."""
    found = [match[0] for match in re.finditer(PATTERNS[mode], text)]
    return number(found[0 if mode == "strict" else -1]) if found else None


def kind_of(theirs: dict[str, Any], group: dict[str, Any], mode: str, draw: float) -> str:
    """The name in KINDS of how this row was answered and judged by both under this filter."""
    found, (ours,) = theirs[FILTERS[mode]], group["candidates"]
    gold, extracted = number(theirs["gold"]), number(found["extracted"])
    if theirs["prompt"] != group["prompt"]:
        return "prompt"
    if "ids" in theirs and not same_ids(theirs):
        return "ids"
    if gold != number(group["answer"]):
        return "gold"
    parted = None
    if theirs["text"] != ours["text"]:
        parted = why_parted(theirs, ours, draw)
        if parted is None:
            return "text"
        # The harness judged another text: AFT must have judged its own by the rule.
        answer = by_rule(ours["text"], mode)
        if number(ours["extracted"]) != answer or ours["correct"] != (answer is not None and answer == gold):
            return "answer"
    if extracted != number(ours["extracted"]):
        return parted or "answer"
    if found["correct"] == ours["correct"]:
        return agreed(found)
    if ours["correct"] and extracted is not None and extracted == gold:
        return "written"
    return parted or "verdict"


def why_parted(theirs: dict[str, Any], ours: dict[str, Any], draw: float) -> str | None:
    """Which explanation holds for two responses that differ."""
    if cut(ours["text"]) == theirs["text"]:
        return "cut"
    gap = theirs.get("gap")
    return "draw" if gap is not None and gap <= draw else None


def agreed(found: dict[str, Any]) -> str:
    """The kind of a row on which both agree, from what the harness found."""
    if found["correct"]:
        return "right"
    if number(found["extracted"]) is not None:
        return "wrong"
    return "no answer" if found["extracted"] == "[invalid]" else "no number"


def same_inputs(theirs: list[dict[str, Any]], groups: list[dict[str, Any]]) -> list[str]:
    """In how many rows what is judged is the same on both sides, from the prompt on."""
    pairs = list(zip(theirs, groups, strict=True))
    same = {
        "prompt": sum(record["prompt"] == group["prompt"] for record, group in pairs),
        "token ids of the prompt (BOS too)": sum(same_ids(record) for record in theirs if "ids" in record),
        "response": sum(record["text"] == group["candidates"][0]["text"] for record, group in pairs),
        "gold answer": sum(number(record["gold"]) == number(group["answer"]) for record, group in pairs),
    }
    if not any("ids" in record for record in theirs):
        del same["token ids of the prompt (BOS too)"]
    return [f"{name} {count}" for name, count in same.items()]


def same_ids(record: dict[str, Any]) -> bool:
    """Whether AFT's ids of the prompt are the harness', and those that its model was seen to be given."""
    return record["ids"] == record["aftIds"] and record["fed"]


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main(title: str, folder: Path, dtype: str = "float32") -> int:
    theirs = read(folder / "harness.jsonl")
    groups = {mode: read(folder / f"groups.{mode}.jsonl") for mode in FILTERS}
    kinds = {
        mode: [kind_of(record, group, mode, DRAW[dtype]) for record, group in zip(theirs, own, strict=True)]
        for mode, own in groups.items()
    }
    same = ", ".join(same_inputs(theirs, groups["strict"]))
    print(f"## {title}\n\nOf {len(theirs)} rows the same on both sides: {same}.\n")
    print(f"| {len(theirs)} rows | strict | flexible |\n| --- | --- | --- |")
    for kind, words in KINDS.items():
        counts = [kinds[mode].count(kind) for mode in FILTERS]
        if any(counts) or kind in EXPLAINED:
            print(f"| {words} | {counts[0]} | {counts[1]} |")
    by_harness = [sum(record[name]["correct"] for record in theirs) for name in FILTERS.values()]
    by_aft = [sum(group["candidates"][0]["correct"] for group in own) for own in groups.values()]
    print(f"| right, harness | {by_harness[0]} | {by_harness[1]} |")
    print(f"| right, AFT | {by_aft[0]} | {by_aft[1]} |\n")
    examples = [line for mode in FILTERS for line in differences(mode, kinds[mode], theirs, groups[mode])]
    if examples:
        print(f"Differences (of each kind the first {SHOWN}):\n")
        print("\n".join(examples) + "\n")
    return 1 if any(kind in UNEXPLAINED for own in kinds.values() for kind in own) else 0


def differences(
    mode: str, kinds: list[str], theirs: list[dict[str, Any]], groups: list[dict[str, Any]]
) -> list[str]:
    """One line each for the first differences of each kind."""
    lines = []
    listed: Counter[str] = Counter()
    for kind, record, group in zip(kinds, theirs, groups, strict=True):
        listed[kind] += 1
        if kind in AGREED or listed[kind] > SHOWN:
            continue
        found, (candidate,) = record[FILTERS[mode]], group["candidates"]
        lines.append(
            f"- {mode}, {group['id']}, {kind}: response {shown(candidate['text'])}, "
            f"gold {shown(group['answer'])}; harness {shown(found['extracted'])}, {verdict(found)}; "
            f"AFT {shown(candidate['extracted'])}, {verdict(candidate)}"
        )
    return lines


def shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= 80 else f"`{text[:30]} … {text[-45:]}`"


def verdict(judged: dict[str, Any]) -> str:
    return "right" if judged["correct"] else "wrong"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
