"""The samples that are being decoded, as tensors: a slot is a place for one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..score import FromDevice, to_device
from .counter_rng import uniforms
from .token_choice import choose_tokens


@dataclass(frozen=True, slots=True)
class Start:
    """A sample that begins: the prompt's last token and its position, the key of its random numbers, the most
    tokens that it may have."""

    token: int
    position: int
    key: int
    limit: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What a slot holds, on the host: token ids, their summed log-probability in nats."""

    ids: list[int]
    logprob: float


class Slots:
    """State of `count` slots on the device, each of at most `longest` tokens. A slot that is done takes part
    in a step and does not change, so a step needs nothing from the host and may be captured and replayed.

    `token` [n] is the last token, which the next step feeds at `position` [n]. All are done at first. They
    lie on the host where the model's device has no float64, in which tokens are chosen.
    """

    def __init__(
        self,
        count: int,
        longest: int,
        stop_ids: Iterable[int],
        temperature: float,
        top_p: float,
        device: torch.device,
    ) -> None:
        def zeros(*shape: int, dtype: torch.dtype = torch.long) -> Tensor:
            return torch.zeros(*shape, dtype=dtype, device=device)

        self._temperature, self._top_p = temperature, top_p
        self._stop_ids = torch.tensor(sorted(stop_ids), dtype=torch.long, device=device)
        self.token, self.position = zeros(count), zeros(count)
        self._key, self._count, self._limit = zeros(count), zeros(count), zeros(count)
        self._logprob = zeros(count, dtype=torch.float64)
        self._tokens = zeros(count, longest, dtype=torch.int32)
        self._done = torch.ones(count, dtype=torch.bool, device=device)

    def put(self, slots: Tensor, starts: Sequence[Start]) -> None:
        """Begins these samples in these slots [m]."""
        columns = zip(*((one.token, one.position, one.key, one.limit) for one in starts), strict=True)
        values = to_device(torch.tensor([*columns], dtype=torch.long), slots.device)
        for state, value in zip((self.token, self.position, self._key, self._limit), values, strict=True):
            state[slots] = value
        self._count[slots] = 0
        self._logprob[slots] = 0.0
        self._done[slots] = False

    def advance(self, logits: Tensor) -> None:
        """One more token in each of the first n slots, from its logits [n, vocabulary]."""
        rows = slice(0, logits.shape[0])
        token, count, done = self.token[rows], self._count[rows], self._done[rows]
        uniform = uniforms(self._key[rows], count) if self._temperature > 0 else None
        chosen, logprob = choose_tokens(logits, uniform, self._temperature, self._top_p)
        chosen = torch.where(done, token, chosen)
        place = count.clamp(max=self._tokens.shape[1] - 1)[:, None]
        written = self._tokens[rows]
        kept = torch.where(done, written.gather(1, place)[:, 0], chosen.int())
        written.scatter_(1, place, kept[:, None])
        # not a product: what a slot that is done computes may be no number
        self._logprob[rows] += torch.where(done, 0.0, logprob)
        going_on = (~done).long()
        count += going_on
        self.position[rows] += going_on
        token.copy_(chosen)
        stopped = (chosen[:, None] == self._stop_ids).any(dim=1)
        done |= stopped | (count >= self._limit[rows])

    def done(self, n: int) -> list[bool]:
        """Of the first n slots; waits for the device."""
        return self._done[:n].tolist()

    def latest(self, n: int, most: int) -> list[tuple[list[int], int]]:
        """Of the first n slots: (the last tokens, at most `most`, and how many there are in all)."""
        count = self._count[:n]
        places = count[:, None] - most + torch.arange(most, device=count.device)
        tokens = self._tokens[:n].gather(1, places.clamp(min=0)).tolist()
        return [
            (row[max(0, most - total) :], total) for row, total in zip(tokens, count.tolist(), strict=True)
        ]

    def end(self, slots: Tensor) -> None:
        """These slots [m] change no more."""
        self._done[slots] = True

    def move(self, source: Tensor, target: Tensor) -> None:
        """What lies in the slots `source` [m] to the slots `target` [m]; the former are done."""
        for state in (self.token, self.position, self._key, self._limit, self._count, self._logprob):
            state[target] = state[source]
        self._tokens[target] = self._tokens[source]
        self._done[target] = self._done[source]
        self._done[source] = True

    def read(self, slots: Tensor) -> SlotsRead:
        """What these slots [m] hold now, on its way to the host."""
        return SlotsRead(self._tokens[slots], self._count[slots], self._logprob[slots])


class SlotsRead:
    """A copy of some slots, which on an accelerator is under way while more steps are queued behind it."""

    def __init__(self, tokens: Tensor, count: Tensor, logprob: Tensor) -> None:
        self._copies = FromDevice(tokens, count, logprob)

    def ended(self) -> list[Ended]:
        columns = zip(*(copy.tolist() for copy in self._copies.wait()), strict=True)
        return [Ended(ids[:count], logprob) for ids, count, logprob in columns]
