"""Sampling shared by the ranks.

Rank 0 holds the jobs and puts them up; `deal.py` says which rank samples what. What has been sampled goes to
rank 0 as it is finished. A sample is a function of (seed, prompt id, index), so that it is the same whoever
draws it (`Sampler` says what batches may change).
"""

from __future__ import annotations

from collections.abc import Callable

from ..board import Board
from ..score import Model, in_lockstep, score_path
from .dealt_follower import Follower
from .dealt_leader import Leader
from .sampler import SampleJob
from .transformers_sampler import TransformersSampler


class DealtSampler:
    """`sampler` on each of the ranks; each calls `sample`, and the jobs are rank 0's. See `Sampler`."""

    def __init__(self, board: Board, sampler: TransformersSampler, model: Model) -> None:
        self._board = board
        self._sampler = sampler
        self._model = model

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        model = self._model
        kind = Leader if self._board.rank == 0 else Follower
        with in_lockstep(score_path(model.module), model.device) as lockstep:
            kind(self._board, self._sampler, model, job.request, lockstep).run(job, more)
