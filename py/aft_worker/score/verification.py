"""Holds the score path against a model's own forward pass when it is loaded, and settles how it is computed.

What is right is what the module itself gives for one sequence alone, without padding. The fastest way that
gives it is taken: what a class does on long rows is tried on its twin, that of the weights on a few tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..errors import WorkerError, first_line
from .layout import Layout
from .path import ROWS, Rows, ScorePath, plainer, score_path, without_cache
from .scoring import Model, evaluating, layout_of, token_logprobs
from .twin import TWIN, TwinModel, twins_of
from .windows import LONGEST, window_lengths

Groups = Sequence[tuple[int, Sequence[int]]]  # tokens of a prompt, and of each response to it

# of a twin: over its windows, and on both sides of its switches
LONG: Groups = [
    (5, [4, TWIN.original - 8, 9]),
    (TWIN.window + 5, [TWIN.original, 3]),
    (3, [2]),
    (TWIN.original - 2, [2, 3]),
    # together longer than all positions: some classes have tables of just so many places
    (TWIN.original, [TWIN.positions // 2, TWIN.positions // 2 - 3]),
]
# of one with a state, which is slow, and where padding alone is the question
RAGGED: Groups = [(5, [4, TWIN.positions - 5, 9, TWIN.positions // 2])]
SHORT: Groups = [(4, [3, 4]), (6, [2])]

WORDS: dict[Rows, str] = {
    "shared": "several responses a row",
    "single": "one response a row",
    "equal": "one response a row, in batches of one length",
    "alone": "one response at a time",
}


@dataclass(frozen=True, slots=True)
class Found:
    """How a model is computed; `head` numbers what its logits may be, None: they are its own; `why` it goes
    no faster way."""

    rows: Rows
    head: int | None
    why: str


class _Refused(Exception):
    """The reason, in a few words."""


class _Inherent(_Refused):
    """It holds for a model as for its twin."""


_twins: dict[tuple[type, str], Found | None] = {}


@torch.no_grad()
def verify_head(model: Model) -> None:
    """Sets the score path of a model that was just loaded to the fastest way that gives what the model's own
    forward pass gives. Raises ModelNotLoaded, with class and reason, for a model that has no right score."""
    path = score_path(model.module)
    name = path.class_name
    try:
        with evaluating(model.module):
            _go(path, _settled(model, path))
    except _Refused as error:
        raise WorkerError("ModelNotLoaded", f"{name} cannot be scored: {error}", source=path.source) from None


def scored_how(model: Model) -> str | None:
    """How and why a model is computed otherwise than the fastest way; None for that."""
    path = score_path(model.module)
    if not path.why:
        return None
    own = " by its own logits" if path.head is None else ""
    return f"{path.class_name} is scored with {WORDS[path.rows]}{own} ({path.why})"


def _settled(model: Model, path: ScorePath) -> Found:
    twin = _of_twin(path)
    tolerance = 1e-3 if model.dtype == torch.float32 else 0.1
    if twin is None:
        return _Check(model, path, [*SHORT, *_beyond(path)], tolerance).search(path.rows, path.why)
    check = _Check(model, path, SHORT, tolerance)
    found = Found(plainer(path.rows, twin.rows), twin.head, path.why or twin.why)
    _go(path, found)
    if check.differs() is None:
        return found
    # the twin has not shown it: something of these weights, or of this machine's attention
    return check.search(found.rows, found.why)


def _of_twin(path: ScorePath) -> Found | None:
    """Of a model of this class and these settings; None where it has no twin, or that does not run."""
    causal = path.causal
    key = type(causal), causal.config.to_json_string(use_diff=False) + str(path.config._attn_implementation)
    if key not in _twins:
        # the first that runs: sizes that were cut may not go together
        _twins[key] = next(filter(None, map(_found, twins_of(causal))), None)
    return _twins[key]


def _found(module: Any) -> Found | None:
    twin = TwinModel(module)
    path = score_path(module)
    try:
        groups = LONG if path.share or path.switches else RAGGED
        return _Check(twin, path, groups, 1e-4).search(path.rows, path.why)
    except _Inherent:
        raise
    except _Refused:
        # what else a class cannot do at all is said of the model itself
        return None


def _beyond(path: ScorePath) -> Groups:
    """Of a model without a twin, rows that are longer than its windows; where those would be too long, or
    differences would drown in rounding, responses have rows of their own."""
    switches = [switch.at for switch in path.switches]
    longest = max([*window_lengths(path.config), *switches], default=0)
    precise = next(path.causal.parameters()).dtype in (torch.float32, torch.float64)
    if path.share and not (precise and longest <= LONGEST):
        path.rows, path.why = "single", "its windows are not tried with shared rows"
    return [(8, [longest + 8, longest // 2 + 8])] if longest <= LONGEST else []


class _Check:
    """Token ids for one model, and what its own forward pass gives for them."""

    def __init__(self, model: Model, path: ScorePath, groups: Groups, tolerance: float) -> None:
        self._model, self._path, self._tolerance = model, path, tolerance
        self._groups: list[tuple[list[int], list[list[int]]]] = []
        seed = 7
        most = model.max_positions or sum(map(sum, ([prompt, *responses] for prompt, responses in groups)))
        for prompt, responses in groups:
            first = max(1, min(prompt, most // 2))
            made = []
            for length in (first, *(min(response, most - first) for response in responses)):
                made.append(_ids(length, seed, path))
                seed += 5
            self._groups.append((made[0], made[1:]))
        self._most = most
        self._expected = torch.cat([self._own(*pair) for pair in self._pairs()])
        self._check_repeats()
        self._check_causal()

    def search(self, rows: Rows, why: str) -> Found:
        """The fastest way from `rows` on that gives what is expected. Raises _Refused."""
        path = self._path
        reason = "its logits are not those of its head"
        for head in (*range(len(path.heads)), None):
            _go(path, Found("alone", head, why))
            problem = self.differs()
            if problem is None:
                break
            reason = problem
        else:
            raise _Refused(reason)
        of_head = "" if head is not None else "its logits are more than a factor of its head's"
        for one in ROWS[ROWS.index(rows) :]:
            _go(path, Found(one, head, why))
            problem = self.differs()
            if problem is None:
                return Found(one, head, "; ".join(filter(None, [why, of_head])))
            why = why or f"in {WORDS[one]} {problem}"
        raise _Refused(why)

    def differs(self) -> str | None:
        """What is wrong with the scores as they are computed now."""
        try:
            found = self._scored()
        except torch.OutOfMemoryError:
            raise
        except Exception as error:  # whatever a model does with rows that it was not made for
            return f"it raises {first_line(error)}"
        # weights that give NaN are no question of the way: NaN is not "more than"
        apart = (found - self._expected).abs()
        if bool((apart > self._tolerance * self._expected.abs().clamp(min=1)).any()):
            return "scores differ from those of its own forward pass"
        return None

    def _scored(self) -> Tensor:
        """[T] by the score path, in the order of `_pairs`."""
        layout: Layout = layout_of(self._model)
        rows, count = [], 0
        for prompt, responses in self._groups:
            numbers = range(count, count + len(responses))
            rows += layout.rows(prompt, responses, numbers, 1 << 20)
            count += len(responses)
        parts: dict[int, Tensor] = {}
        for members in layout.pack([[row] for row in rows], 1 << 20):
            batch = layout.collate([rows[place] for place in members])
            logprobs = token_logprobs(self._model, batch).split(batch.counts)
            parts |= zip(batch.numbers, logprobs, strict=True)
        return torch.cat([parts[number] for number in range(count)])

    def _pairs(self) -> list[tuple[list[int], list[int]]]:
        return [(prompt, response) for prompt, responses in self._groups for response in responses]

    def _own(self, prompt: list[int], response: list[int]) -> Tensor:
        """[T] from the model's own forward on one plain sequence."""
        logits = self._logits(prompt + response)[len(prompt) - 1 : -1].float()
        targets = torch.tensor(response, device=logits.device)
        return logits.log_softmax(-1).gather(1, targets[:, None]).squeeze(1)

    def _logits(self, ids: list[int]) -> Tensor:
        """[T, vocabulary]"""
        path = self._path
        path.rewind()
        try:
            tokens = torch.tensor([ids], device=self._model.device)
            logits = path.causal(input_ids=tokens, **without_cache(path.causal)).logits
        except torch.OutOfMemoryError:
            raise
        except Exception as error:  # of any class
            raise _Refused(f"its own forward pass fails on token ids alone ({first_line(error)})") from None
        if not isinstance(logits, Tensor) or logits.dim() != 3 or logits.shape[:2] != (1, len(ids)):
            raise _Refused("its own forward pass gives no logits for each token")
        return logits[0]

    def _check_causal(self) -> None:
        """That no token's logits change with what comes later. Raises _Refused."""
        longest = max(len(prompt) + len(response) for prompt, response in self._pairs())
        # beyond a twin's window, and on one side of its switches
        ids = _ids(min(longest, TWIN.original - 2, self._most), 3, self._path)
        first = len(ids) // 2
        if not first or self._path.side(len(ids)) != self._path.side(first):
            return
        whole, part = self._logits(ids), self._logits(ids[:first])
        one, other = (logits[:first].float().log_softmax(-1) for logits in (whole, part))
        if bool(((one - other).abs() > self._tolerance * other.abs().clamp(min=1)).any()):
            raise _Inherent("it is not causal: what comes later changes the logits of a token before it")

    def _check_repeats(self) -> None:
        """That it draws nothing. Raises _Refused."""
        prompt, response = max(self._pairs(), key=lambda pair: len(pair[0]) + len(pair[1]))
        one, other = self._own(prompt, response), self._own(prompt, response)
        if bool(((one - other).abs() > self._tolerance * other.abs().clamp(min=1)).any()):
            raise _Inherent("its own forward pass gives other logits each time")


def _go(path: ScorePath, found: Found) -> None:
    path.rows, path.why = found.rows, found.why
    path.head = None if found.head is None else path.heads[found.head]


def _ids(length: int, seed: int, path: ScorePath) -> list[int]:
    """Token ids, none of them special where there are others."""
    special: set[int] = set()
    for name, value in vars(path.config).items():
        if name.endswith("token_id") and value is not None:
            special |= set(value) if isinstance(value, list) else {value}
    rest = [token for token in range(min(path.vocabulary, 512)) if token not in special]
    return [rest[(seed + 13 * at + 7 * at * at) % len(rest)] for at in range(length)]
