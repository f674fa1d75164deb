"""Are the gradients of right and wrong solutions entangled, and do the loss's exponentials tell pairs apart?

    npx aft python experiments/questions/entangled.py --model FOLDER --groups FILE.jsonl --out entangled.json

FOLDER: the weights that a method starts from (an artefact's checkpoint, or any model that AFT loads);
FILE.jsonl: what the stage `judge` left. Writes the JSON file and, beside it, the table as entangled.md. Some
minutes on two cores: a question costs eight backward passes.

The explanation that is tested (arXiv 2509.19893): right and wrong solutions share most of their tokens, so
pushing the wrong ones down pushes the right ones down too. Of each question with both, g_p is the gradient,
by all weights, of the mean over its right solutions of s = mean log-probability a token, g_n that of the
wrong ones:

- cos(g_p, g_n), beside that of g_p and the g_n of another question, and that of two halves of the right ones;
- what a step along g_p that raises its own score by 1 nat raises the wrong ones' by: <g_p, g_n> / <g_p, g_p>;
- the same cosine without the shared tokens, and what goes with them of the cosine as it is: (<g_p, g_n> less
  the same without them) / (|g_p| |g_n|). A token is shared with a solution of the other side where it lies in
  the longest common prefix of the two, or, the wider reading, where an alignment of the two (difflib) matches
  it. Its gradient is left out by the share of the other side's solutions with which it is shared; a
  solution's length stays what it was.

And of the loss log(1 + sum exp(x)), for x = s_n - s_p in mean and in summed log-probabilities: how exp(x) is
spread, and how evenly a question's pairs share the gradient: exp(entropy of the shares) / pairs, 1 where all
are alike.

Intervals: 95 %, percentile bootstrap over questions.
"""

from __future__ import annotations

import argparse
import difflib
import json
import math
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from aft_worker.errors import WorkerError
from aft_worker.model import LoadedModel, load_model
from aft_worker.protocol import ScoreGroup, ScoreResponse
from aft_worker.score import encode_group, layout_of, make_rows, score_groups, score_path, token_logprobs
from torch import Tensor

RESAMPLES = 2000
NEAR = 0.1  # nats: exp(x) between .905 and 1.105
LONGEST = 1 << 20  # a group is one row where rows can be shared
Vector = list[Tensor]


def common_prefix(own: Sequence[int], other: Sequence[int]) -> list[bool]:
    """Of each token of `own`, whether it lies in the longest common prefix of the two."""
    length = next((n for n, (a, b) in enumerate(zip(own, other, strict=False)) if a != b), None)
    length = min(len(own), len(other)) if length is None else length
    return [n < length for n in range(len(own))]


def aligned(own: Sequence[int], other: Sequence[int]) -> list[bool]:
    """Of each token of `own`, whether an alignment of the two matches it with an equal one."""
    # difflib is not symmetric: of the two readings of a pair always the same one is taken
    turned = tuple(own) > tuple(other)
    first, second = (other, own) if turned else (own, other)
    found = [False] * len(own)
    for block in difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks():
        start = block.b if turned else block.a
        found[start : start + block.size] = [True] * block.size
    return found


SHARED: dict[str, Callable[[Sequence[int], Sequence[int]], list[bool]]] = {
    "common prefix": common_prefix,
    "aligned tokens": aligned,
}


def shared_shares(own: Sequence[int], others: Sequence[Sequence[int]], kind: str) -> list[float]:
    """Of each token of `own`, the share of `others` with which it is shared."""
    found = [SHARED[kind](own, other) for other in others]
    return [sum(column) / len(others) for column in zip(*found, strict=True)]


def pair_shares(right: Sequence[float], wrong: Sequence[float]) -> list[float]:
    """exp(x) / (1 + sum exp(x)) of each pair, x = wrong - right: the force of log(1 + sum exp(x)) on it."""
    exponents = [n - p for p in right for n in wrong]
    highest = max(0.0, *exponents)
    total = math.exp(-highest) + sum(math.exp(x - highest) for x in exponents)
    return [math.exp(x - highest) / total for x in exponents]


def evenness(forces: Sequence[float]) -> float:
    """exp(entropy) / count of the forces' shares: 1 where all are alike, 1 / count where one has all."""
    total = sum(forces)
    shares = [force / total for force in forces if force > 0]
    return math.exp(-sum(share * math.log(share) for share in shares)) / len(forces)


def interval(
    rows: Sequence[Sequence[float]], measure: Callable[[Sequence[Sequence[float]]], float], seed: int = 0
) -> dict[str, float]:
    """The measure of the rows (one a question), with its 95 % percentile bootstrap interval."""
    draw = random.Random(seed)
    found = sorted(measure(draw.choices(rows, k=len(rows))) for _ in range(RESAMPLES))
    low, high = found[round(0.025 * (RESAMPLES - 1))], found[round(0.975 * (RESAMPLES - 1))]
    return {"value": measure(rows), "low": low, "high": high, "questions": len(rows)}


def mean(rows: Sequence[Sequence[float]]) -> float:
    return sum(row[0] for row in rows) / len(rows)


def ratio(rows: Sequence[Sequence[float]]) -> float:
    """Of the sums of the first and the second column."""
    return sum(row[0] for row in rows) / sum(row[1] for row in rows)


def quantiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {f"{q}": ordered[round(q / 100 * (len(ordered) - 1))] for q in (5, 25, 50, 75, 95)}


class Gradients:
    """Of weighted sums of one question's token log-probabilities, by all weights."""

    def __init__(self, model: LoadedModel, group: ScoreGroup) -> None:
        prompt, self.ids = encode_group(model.tokenizer, group, model.max_positions)
        share = score_path(model.module).share
        rows = make_rows(prompt, self.ids, range(len(self.ids)), LONGEST, share)
        layout = layout_of(model)
        with layout.attending():
            self.logprobs = token_logprobs(model, layout.collate(rows))
        self._weights = [weight for weight in model.module.parameters() if weight.requires_grad]

    def of(self, shares: dict[int, list[float]]) -> Vector:
        """shares: of a response's number, a factor for each of its tokens. The gradient of the mean over
        these responses of the mean over their tokens."""
        weights = torch.zeros_like(self.logprobs)
        start = 0
        for number, ids in enumerate(self.ids):
            if number in shares:
                own = torch.tensor(shares[number]) / (len(ids) * len(shares))
                weights[start : start + len(ids)] = own.to(weights)
            start += len(ids)
        found = torch.autograd.grad(
            self.logprobs, self._weights, weights, retain_graph=True, allow_unused=True
        )
        return [part.float() for part in found if part is not None]


def dot(a: Vector, b: Vector) -> float:
    return sum(float((x * y).sum(dtype=torch.float64)) for x, y in zip(a, b, strict=True))


def cosine(a: Vector, b: Vector) -> float:
    size = math.sqrt(dot(a, a) * dot(b, b))
    return dot(a, b) / size if size > 0 else math.nan


def measured(
    model: LoadedModel, group: ScoreGroup, right: list[bool], other: Vector | None
) -> tuple[dict[str, Any], Vector]:
    """(what is told of one question, its g_n). other: the g_n of another."""
    of = Gradients(model, group)
    sides = [[n for n, is_right in enumerate(right) if is_right is side] for side in (True, False)]
    whole = [{n: [1.0] * len(of.ids[n]) for n in side} for side in sides]
    g_p, g_n = map(of.of, whole)
    inner, size = dot(g_p, g_n), dot(g_p, g_p)
    other_size = dot(g_n, g_n)
    found: dict[str, Any] = {"cosine": cosine(g_p, g_n), "lift": inner / size}
    found["left"] = (size + other_size - 2 * inner) / (size + other_size)
    if other is not None:
        found["other question"] = cosine(g_p, other)
    if len(sides[0]) > 1:
        halves = [{n: whole[0][n] for n in sides[0][start::2]} for start in (0, 1)]
        found["right and right"] = cosine(*map(of.of, halves))
    for kind in SHARED:
        rest, tokens, total = [], 0.0, 0
        for side, against in (sides, sides[::-1]):
            others = [of.ids[n] for n in against]
            shares = {n: shared_shares(of.ids[n], others, kind) for n in side}
            tokens += sum(map(sum, shares.values()))
            total += sum(map(len, shares.values()))
            rest.append({n: [1 - share for share in own] for n, own in shares.items()})
        r_p, r_n = map(of.of, rest)
        # nothing is left where right and wrong are told apart by no token of their own
        both = dot(r_p, r_p) > 0 and dot(r_n, r_n) > 0
        found[kind] = {
            "tokens": tokens / total,
            "cosine": cosine(r_p, r_n) if both else None,
            "of the cosine": (inner - dot(r_p, r_n)) / math.sqrt(size * other_size),
        }
    return found, g_n


def exponentials(scores: Sequence[tuple[list[tuple[float, int]], list[bool]]]) -> dict[str, Any]:
    """scores: of each question (summed log-probability, tokens) of its solutions, and which are right."""
    found: dict[str, Any] = {}
    for kind, score in {"mean": lambda s, n: s / n, "sum": lambda s, n: s}.items():
        gaps: list[float] = []
        rows: list[list[float]] = []
        near: list[list[float]] = []
        for values, right in scores:
            own = [
                [score(*v) for v, r in zip(values, right, strict=True) if r is side] for side in (True, False)
            ]
            differences = [n - p for p in own[0] for n in own[1]]
            gaps += differences
            near.append([sum(abs(x) < NEAR for x in differences), len(differences)])
            forces = pair_shares(*own)
            # of one pair alone nothing can be told
            if len(forces) > 1:
                rows.append([evenness(forces), max(forces) / sum(forces) * len(forces)])
        found[kind] = {
            "pairs": len(gaps),
            "x": quantiles(gaps),
            "exp(x)": {q: math.exp(min(x, 700)) for q, x in quantiles(gaps).items()},
            "near 1": interval(near, ratio),
            "evenness": interval(rows, mean) if rows else None,
            "largest share over the mean one": interval([row[1:] for row in rows], mean) if rows else None,
        }
    return found


def summary(questions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    def means(values: Sequence[float | None]) -> dict[str, float] | None:
        rows = [[value] for value in values if value is not None and math.isfinite(value)]
        return interval(rows, mean) if rows else None

    found: dict[str, Any] = {
        name: means([one.get(name) for one in questions])
        for name in ("cosine", "other question", "right and right", "lift", "left")
    }
    for kind in SHARED:
        found[kind] = {
            "tokens": means([one[kind]["tokens"] for one in questions]),
            "cosine without": means([one[kind]["cosine"] for one in questions]),
            "of the cosine": means([one[kind]["of the cosine"] for one in questions]),
        }
    return found


def table(result: dict[str, Any]) -> str:
    entangled, spread = result["gradients"], result["exponentials"]

    def cell(of: dict[str, float] | None) -> str:
        return "-" if of is None else f"{of['value']:.3f} [{of['low']:.3f}, {of['high']:.3f}]"

    lines = [
        "| of a question, mean [95 % interval] | |",
        "|---|---|",
        f"| cos(g_p, g_n), right and wrong | {cell(entangled['cosine'])} |",
        f"| two halves of the right ones | {cell(entangled['right and right'])} |",
        f"| right, and another question's wrong | {cell(entangled['other question'])} |",
        f"| a nat for the right ones lifts the wrong ones by | {cell(entangled['lift'])} |",
        f"| left of the squared gradients in g_p - g_n | {cell(entangled['left'])} |",
    ]
    for kind in SHARED:
        own = entangled[kind]
        lines += [
            f"| {kind}: share of tokens | {cell(own['tokens'])} |",
            f"| {kind}: what goes with them of the cosine | {cell(own['of the cosine'])} |",
            f"| {kind}: cosine without them | {cell(own['cosine without'])} |",
        ]
    lines += ["", "| over pairs | mean scores | summed scores |", "|---|---|---|"]
    for name, of in {
        "exp(s_n - s_p), 5 / 50 / 95 %": lambda one: " / ".join(
            f"{one['exp(x)'][q]:.3g}" for q in ("5", "50", "95")
        ),
        f"within {NEAR} nats of 1": lambda one: cell(one["near 1"]),
        "evenness of the pairs' shares (1: all alike)": lambda one: cell(one["evenness"]),
        "largest share over the mean one": lambda one: cell(one["largest share over the mean one"]),
    }.items():
        lines.append(f"| {name} | {of(spread['mean'])} | {of(spread['sum'])} |")
    return "\n".join(lines)


def read_groups(path: Path, count: int, seed: int) -> list[tuple[ScoreGroup, list[bool]]]:
    """So many of those with a right and a wrong solution, drawn at random."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{path}: {error}\n  expected: judged groups, JSON Lines (groups.jsonl)") from None
    for row, line in enumerate(lines, 1):
        try:
            group = json.loads(line)
            right = [bool(candidate["correct"]) for candidate in group["candidates"]]
            responses = [
                ScoreResponse(text=one["text"], token_ids=one.get("tokenIds"), finish=one.get("finish"))
                for one in group["candidates"]
            ]
            own = ScoreGroup(id=group["id"], prompt=group["prompt"], responses=responses)
        except (ValueError, KeyError, TypeError) as error:
            raise SystemExit(
                f"{path}:{row}: not a judged group ({type(error).__name__}: {error})\n"
                "  expected: id, prompt and candidates with text and correct, as a judge stage writes them"
            ) from None
        if len(set(right)) == 2:
            found.append((own, right))
    if not found:
        raise SystemExit(f"{path}: no question has both a right and a wrong solution")
    random.Random(seed).shuffle(found)
    return found[:count]


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    started = time.perf_counter()
    chosen = read_groups(arguments.groups, max(arguments.questions, arguments.scored), arguments.seed)
    try:
        model = load_model(arguments.model, dtype="float32", device=arguments.device)
    except WorkerError as error:
        raise SystemExit(str(error)) from None
    model.module.eval()
    scored, _ = score_groups(model, [group for group, _ in chosen], 4096)
    spread = exponentials(
        [
            ([(one.logprob, len(one.token_ids)) for one in own], right)
            for own, (_, right) in zip(scored, chosen, strict=True)
        ]
    )
    questions: list[dict[str, Any]] = []
    other: Vector | None = None
    for place, (group, right) in enumerate(chosen[: arguments.questions], 1):
        found, other = measured(model, group, right, other)
        questions.append({"id": group.id, **found})
        if sys.stderr.isatty():
            print(f"\r{place} of {min(arguments.questions, len(chosen))} questions", end="", file=sys.stderr)
    return {
        "model": arguments.model,
        "groups": str(arguments.groups),
        "seed": arguments.seed,
        "seconds": time.perf_counter() - started,
        "gradients": summary(questions),
        "exponentials": spread,
        "questions": questions,
    }


def whole(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; expected a whole number of at least 1")
    return number


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, help="a folder in Hugging Face format, or a hub id")
    parser.add_argument("--groups", type=Path, required=True, help="judged groups, JSON Lines")
    parser.add_argument("--out", type=Path, required=True, help="the JSON file; the table goes beside it")
    parser.add_argument("--questions", type=whole, default=150, help="whose gradients are taken")
    parser.add_argument("--scored", type=whole, default=1000, help="whose exponentials are told")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0, help="of which questions are taken")
    arguments = parser.parse_args()
    if not arguments.out.parent.is_dir():
        parser.error(f"argument --out: no such folder: {arguments.out.parent}")
    if arguments.out.is_dir():
        parser.error(f"argument --out: is a folder, expected a file: {arguments.out}")
    result = run(arguments)
    arguments.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    arguments.out.with_suffix(".md").write_text(table(result) + "\n", encoding="utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
