"""Holds decoding against the model's plain forward pass: one row, without a cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..score import Model, score_path, without_cache
from .decoder import Decoder
from .prompts import EncodedPrompt

STEPS = 4


@dataclass(frozen=True, slots=True)
class _Case:
    """A row of tokens: a prompt and the `STEPS` that are fed after it, its last token the first of them."""

    prompt: EncodedPrompt
    ids: list[int]


class PlainRows:
    """Rows of these lengths, the last two of them equal, and what the plain forward pass says of each."""

    def __init__(self, model: Model, lengths: Sequence[int]) -> None:
        self._model = model
        self._path = score_path(model.module)
        self._cases = [self._case(at, length) for at, length in enumerate(lengths)]
        self._plain: dict[int, Tensor] = {}

    def differ(self, open: Callable[[Model, int, int], Decoder], batches: Sequence[Sequence[int]]) -> bool:
        """Whether the decoder that `open` gives, of so many slots with so many positions, decodes otherwise:
        rows of the numbers in `batches`, each of which begins together."""
        decoder = open(self._model, 4, max(len(case.ids) for case in self._cases))
        return any(self._differs(decoder, rows) for rows in batches)

    def _differs(self, decoder: Decoder, rows: Sequence[int]) -> bool:
        """The rows begin together; half-way one of them ends, another takes its place, and where slots are
        refilled a new one begins beside them."""
        device = self._model.device
        # before all else: some models keep their state in themselves
        plain = {row: self._expected(row) for row in {*rows, 2}}
        decoder.fill([(self._cases[row].prompt, slot) for slot, row in enumerate(rows)], [])
        live = [(row, 0) for row in rows]
        for turn in range(STEPS):
            if turn == STEPS // 2 and decoder.compacts:
                last = len(live) - 1
                decoder.move([last], [1], last)
                live = [live[0], live[last], *live[2:last]]
                if decoder.refills:
                    decoder.fill([(self._cases[2].prompt, last)], [])
                    live.append((2, 0))
            places = [len(self._cases[row].prompt.ids) - 1 + step for row, step in live]
            tokens = [self._cases[row].ids[place] for (row, _), place in zip(live, places, strict=True)]
            found = decoder.step(
                torch.tensor(tokens).to(device), torch.tensor(places).to(device), max(places) + 1
            )
            expected = torch.stack([plain[row][step] for row, step in live])
            if _differ(found, expected):
                return True
            live = [(row, step + 1) for row, step in live]
        return False

    def _case(self, at: int, length: int) -> _Case:
        if self._model.max_positions:
            length = max(1, min(length, self._model.max_positions - STEPS))
        vocabulary = self._path.vocabulary
        # a padding token within a row has another meaning in some models
        shunned = {self._model.tokenizer.pad_id, getattr(self._path.config, "pad_token_id", None)}
        usual = [token for token in range(min(vocabulary, 512)) if token not in shunned]
        ids = [usual[(7 + 13 * place + 5 * length + 3 * at) % len(usual)] for place in range(length + STEPS)]
        return _Case(EncodedPrompt(str(at), ids[:length], [0, 1], STEPS), ids)

    def _expected(self, row: int) -> Tensor:
        """[STEPS, vocabulary] after each token that is fed."""
        if row not in self._plain:
            self._path.rewind()
            ids = torch.tensor([self._cases[row].ids[:-1]]).to(self._model.device)
            logits = self._model.module(input_ids=ids, **without_cache(self._path.causal)).logits
            self._plain[row] = logits[0, -STEPS:].clone()
        return self._plain[row]


def _differ(found: Tensor, expected: Tensor) -> bool:
    """Of logits [n, vocabulary], by more than rounding can explain. Broken weights, which give NaN, do
    not."""
    one, other = (logits.float().log_softmax(-1) for logits in (found, expected))
    apart = (one - other).abs()
    if expected.dtype == torch.float32:
        return bool((apart > 1e-3 * other.abs().clamp(min=1)).any())
    # tokens that hardly occur are rounded by more than matters; 0.07 nats were seen in bfloat16
    return bool(((other.exp() * apart).sum(-1) > 0.25).any())
