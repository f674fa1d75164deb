"""A sample in its slot: how it begins, and what it has come to when it has ended."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..device import dtype_name
from ..errors import WorkerError
from ..protocol import SampledCandidate
from ..score import Model
from .counter_rng import sample_key
from .slots import Ended, Start
from .stop_texts import StopWatch
from .waiting import Waiting


@dataclass(slots=True)
class Row:
    """`reach`: more than any position that it has used; `watch` where texts may end it; `over`: it has ended,
    and its slot is free."""

    sample: Waiting
    reach: int
    watch: StopWatch | None
    over: bool = False


def start(one: Waiting) -> Start:
    """Its first step feeds the prompt's last token."""
    ids = one.prompt.ids
    key = sample_key(one.of.job.request.seed, one.prompt.id, one.index)
    return Start(token=ids[-1], position=len(ids) - 1, key=key, limit=one.prompt.limit)


def candidate(row: Row, ended: Ended, model: Model) -> SampledCandidate:
    """Raises InternalError where its log-probability is no number."""
    prompt, codec = row.sample.prompt, model.tokenizer
    if not math.isfinite(ended.logprob):
        raise WorkerError(
            "InternalError",
            f"the model's logits for prompt {prompt.id!r} are not finite: its weights are broken, "
            f"or its numbers do not fit {dtype_name(model.dtype)}",
        )
    cut = None if row.watch is None else row.watch.text
    ids = ended.ids if row.watch is None or cut is None else ended.ids[: row.watch.tokens]
    return SampledCandidate(
        question_id=prompt.id,
        index=row.sample.index,
        text=codec.decode(ids) if cut is None else cut,
        token_ids=ids if cut is None else None,
        finish="stop" if cut is not None or ids[-1] in codec.eos_ids else "length",
        logprob=ended.logprob if cut is None else None,
        tokens=len(ids),
    )
