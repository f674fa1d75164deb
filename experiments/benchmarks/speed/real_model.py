"""The model and the questions that the user names, in the place of shapes and random words."""

from __future__ import annotations

import json
import random
from pathlib import Path

import torch
from aft_worker.device import dtype_name
from aft_worker.model.loading import LoadedModel, load_model
from aft_worker.protocol import GeneratePrompt

_NAMES = ("Ann", "Ben", "Carla", "Dan", "Eve", "Farid", "Grace", "Hugo")
_THINGS = ("apples", "books", "coins", "eggs", "pens", "stamps", "tickets", "shells")


def real_model(folder: Path, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    return load_model(str(folder), dtype=dtype_name(dtype), device=str(device))


def prompts_from(file: Path | None, count: int, k: int) -> list[GeneratePrompt]:
    """`count` prompts: of a file's rows (`prompt`, or `question` as in GSM8K's), from the first again where
    it has fewer; without a file word problems that are made up here.

    Raises ValueError for a row that has neither.
    """
    texts = _made_up(count) if file is None else _read(file)
    return [
        GeneratePrompt(id=f"q{number}", prompt=texts[number % len(texts)], indices=list(range(k)))
        for number in range(count)
    ]


def _read(file: Path) -> list[str]:
    texts = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        if not isinstance(row, dict) or not isinstance(row.get("prompt", row.get("question")), str):
            raise ValueError(f"{file}:{number}: expected an object with a text `prompt` or `question`")
        texts.append(row["prompt"] if "prompt" in row else f"Question: {row['question']}\nAnswer:")
    if not texts:
        raise ValueError(f"{file}: no rows")
    return texts


def _made_up(count: int) -> list[str]:
    draw = random.Random(7)
    texts = []
    for _ in range(count):
        name, other = draw.sample(_NAMES, 2)
        thing = draw.choice(_THINGS)
        a, b, c, d = (draw.randrange(2, 40) for _ in range(4))
        sentences = [
            f"{name} has {a} boxes with {b} {thing} in each of them.",
            f"{other} gives {name} {c} more {thing} every day for {d} days.",
            f"Then {name} sells {draw.randrange(2, a * b)} of the {thing}.",
            f"A friend of theirs brings {draw.randrange(2, 90)} {thing} from the market.",
        ]
        kept = sentences[: draw.randrange(2, 5)]
        texts.append(f"Question: {' '.join(kept)} How many {thing} does {name} have now?\nAnswer:")
    return texts
