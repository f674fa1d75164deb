"""The rows that are being sampled: which tokens they have, and when they are finished. Nothing here computes
logits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..device import dtype_name
from ..errors import WorkerError
from ..protocol import SampledCandidate
from ..score import Model
from .counter_rng import sample_key, uniforms
from .prompts import EncodedPrompt
from .sampler import SampleRequest
from .stop_texts import StopWatch
from .token_choice import choose_tokens


@dataclass(frozen=True)
class _Row:
    """One sample of one prompt; `watch` where texts may end it."""

    prompt: EncodedPrompt
    index: int
    watch: StopWatch | None


@dataclass
class _State:
    """The first dimension is the row."""

    tokens: Tensor
    logprob: Tensor
    count: Tensor
    done: Tensor
    limits: Tensor

    def select(self, rows: Tensor) -> _State:
        return _State(**{name: value[rows] for name, value in vars(self).items()})


class RowsInFlight:
    """All rows take each step together. `longest`: the most steps that any of them can take;
    `last_tokens` [rows]: those of the last step, of finished rows too."""

    def __init__(self, request: SampleRequest, prompts: Sequence[EncodedPrompt], model: Model) -> None:
        self._request = request
        self._codec = model.tokenizer
        self._dtype = model.dtype
        self._stop_ids = torch.tensor(sorted(self._codec.eos_ids), dtype=torch.long, device=model.device)
        self._rows = [self._new_row(prompt, index) for prompt in prompts for index in prompt.indices]
        keys = [sample_key(request.seed, row.prompt.id, row.index) for row in self._rows]
        self._keys = np.array(keys, dtype=np.uint64)
        self._step = 0
        rows, device = len(self._rows), model.device
        limits = torch.tensor([row.prompt.limit for row in self._rows], device=device)
        self.longest = int(limits.max())
        self._state = _State(
            tokens=torch.zeros(rows, self.longest, dtype=torch.long, device=device),
            logprob=torch.zeros(rows, dtype=torch.float64, device=device),
            count=torch.zeros(rows, dtype=torch.long, device=device),
            done=torch.zeros(rows, dtype=torch.bool, device=device),
            limits=limits,
        )
        self.finished = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def last_tokens(self) -> Tensor:
        return self._state.tokens[:, self._step - 1]

    def choose(self, logits: Tensor) -> None:
        """One more token a row, from its logits [rows, vocabulary]."""
        request, state = self._request, self._state
        uniform = None
        if request.temperature > 0:
            uniform = torch.from_numpy(uniforms(self._keys, self._step)).to(logits.device)
        chosen, logprob = choose_tokens(logits, uniform, request.temperature, request.top_p)
        going_on = ~state.done
        state.tokens[:, self._step] = chosen
        state.logprob += logprob.double() * going_on
        state.count += going_on
        state.done |= torch.isin(chosen, self._stop_ids) | (state.count >= state.limits)
        if request.stop:
            state.done |= self._stopped_by_text(chosen, going_on)
        self.finished = int(state.done.sum())
        self._step += 1

    def take_finished(self) -> tuple[list[SampledCandidate], Tensor]:
        """(the finished rows' candidates, which leave; the places [n] of those that go on)."""
        done, going_on = (mask.nonzero()[:, 0] for mask in (self._state.done, ~self._state.done))
        candidates = self._candidates(
            [self._rows[place] for place in done.tolist()], self._state.select(done)
        )
        self._rows = [self._rows[place] for place in going_on.tolist()]
        self._keys = self._keys[going_on.cpu().numpy()]
        self._state = self._state.select(going_on)
        self.finished = 0
        return candidates, going_on

    def candidates(self) -> list[SampledCandidate]:
        """Of all rows, as they are."""
        return self._candidates(self._rows, self._state)

    def _new_row(self, prompt: EncodedPrompt, index: int) -> _Row:
        watch = StopWatch(self._codec, self._request.stop) if self._request.stop else None
        return _Row(prompt, index, watch)

    def _stopped_by_text(self, chosen: Tensor, going_on: Tensor) -> Tensor:
        """[rows] Which of the rows that go on end in a stop text with the tokens just chosen [rows]."""
        taken = zip(self._rows, chosen.tolist(), going_on.tolist(), strict=True)
        ended = [goes and row.watch is not None and row.watch.ends_with(token) for row, token, goes in taken]
        return torch.tensor(ended, device=chosen.device)

    def _candidates(self, rows: list[_Row], state: _State) -> list[SampledCandidate]:
        stops = torch.isin(state.tokens.gather(1, state.count[:, None] - 1)[:, 0], self._stop_ids).tolist()
        columns = (state.tokens.tolist(), state.count.tolist(), state.logprob.tolist(), stops)
        return [self._candidate(*values) for values in zip(rows, *columns, strict=True)]

    def _candidate(
        self, row: _Row, ids: list[int], count: int, logprob: float, stopped: bool
    ) -> SampledCandidate:
        if not math.isfinite(logprob):
            raise WorkerError(
                "InternalError",
                f"the model's logits for prompt {row.prompt.id!r} are not finite: its weights are broken, "
                f"or its numbers do not fit {dtype_name(self._dtype)}",
            )
        cut = None if row.watch is None else row.watch.text
        return SampledCandidate(
            question_id=row.prompt.id,
            index=row.index,
            text=self._codec.decode(ids[:count]) if cut is None else cut,
            token_ids=ids[:count] if cut is None else None,
            finish="stop" if stopped or cut is not None else "length",
            logprob=logprob if cut is None else None,
            tokens=count,
        )
