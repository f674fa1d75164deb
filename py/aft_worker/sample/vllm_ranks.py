"""vLLM beside several ranks: rank 0 has it, and of the model that it is held against each has a part."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ..board import Board
from ..score import Model, in_lockstep, score_path
from .sampler import SampleJob
from .vllm_check import Seen, check_logprobs
from .vllm_sampler import Check, VllmSampler

_LOOK_SECONDS = 0.1  # between two looks at whether rank 0 needs the others


class LeadingVllm:
    """In rank 0: a `Sampler`. `made` makes the one that samples, with the check that it is to use."""

    def __init__(self, board: Board, made: Callable[[Check], VllmSampler]) -> None:
        self._board = board
        self._made = made
        self._checks = 0

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        try:
            self._made(self._check).sample(job, more)
        finally:
            self._board.put("over", b"1")

    def _check(self, model: Model, samples: Sequence[Seen]) -> float:
        self._board.put(f"check/{self._checks}", b"1")
        self._checks += 1
        with in_lockstep(score_path(model.module), model.device) as lockstep:
            try:
                return check_logprobs(model, samples)
            finally:
                # of an error within a pass the others hear by their own waiting
                while lockstep is not None and not lockstep.is_broken and lockstep.idle(over=True) != "ended":
                    pass


class FollowingVllm:
    """In another rank, until rank 0 has sampled: a `Sampler` that samples nothing."""

    def __init__(self, board: Board, model: Model) -> None:
        self._board = board
        self._model = model

    def sample(self, job: SampleJob, more: Callable[[], SampleJob | None]) -> None:
        board, model, checks = self._board, self._model, 0
        while True:
            over = board.get("over") is not None
            if board.get(f"check/{checks}") is not None:
                checks += 1
                with in_lockstep(score_path(model.module), model.device) as lockstep:
                    while lockstep is not None and lockstep.idle(over=False) != "ended":
                        pass
            elif over:
                return
            else:
                time.sleep(_LOOK_SECONDS)
