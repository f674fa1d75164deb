"""Decoding in batches whose rows begin together, as the library's own `generate` decodes: for models that
slots do not fit."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any, cast

import torch
from torch import LongTensor, Tensor
from transformers import Cache, DynamicCache

from ..score import Model, score_path, to_device, without_cache
from .decoder import CannotDecode
from .prompts import EncodedPrompt

# what a model calls the state that it gives back, and takes again (transformers' own list, in its order)
_CARRIED = ("past_key_values", "cache_params", "state", "mems", "past_buckets_states")


class BatchDecoder:
    """See `Decoder`. The state between steps, whatever it is, is the model's own, and so is the preparation
    of each step (`prepare_inputs_for_generation`): one that begins anew where its rotary positions change,
    as Phi-3 does, does so here.

    ragged: prompts are left-padded to the longest, and each goes through the model once, whose state is then
    copied to all its samples; rows can be moved where the state is a cache of the library's. Else prompts are
    of one length, each sample computes its own, and rows stay to the batch's end.
    cached: False: no state, and the whole sequences go through the model at each step.
    """

    refills = captures = False

    def __init__(self, model: Model, *, ragged: bool, cached: bool, slow: str | None) -> None:
        self._model = model
        self._path = score_path(model.module)
        self._causal: Any = self._path.causal
        self._takes = inspect.signature(self._causal.forward).parameters
        self._ragged = ragged
        self._cached = cached
        self.compacts = False
        self.slow = slow

    def fits(self, prompt: EncodedPrompt) -> bool:
        return True

    def together(self, prompt: EncodedPrompt, others: Sequence[EncodedPrompt]) -> bool:
        rows = [*others, prompt]
        width = max(len(row.ids) for row in rows)
        if not self._ragged:
            return all(len(row.ids) == width for row in rows)
        # padding takes places, of which some models have no more than positions; and so all that begin
        # together have one limit, and none that has ended and is computed on goes beyond its own
        most = self._model.max_positions
        return not most or width + max(row.limit for row in rows) <= most

    def fill(self, rows: Sequence[tuple[EncodedPrompt, int]], ahead: Iterable[EncodedPrompt]) -> None:
        self._path.rewind()
        shown = [prompt for prompt, _ in rows]
        if self._ragged:
            shown = list({id(prompt): prompt for prompt in shown}.values())
        places = {id(prompt): place for place, prompt in enumerate(shown)}
        # which of the prompts each row is of, as long as none of them is computed
        self._order = [places[id(prompt)] for prompt, _ in rows] if self._ragged else None
        width = max(len(prompt.ids) for prompt in shown)
        ids = torch.full((len(shown), width), self._model.tokenizer.pad_id, dtype=torch.long)
        mask = torch.zeros(len(shown), width, dtype=torch.long)
        for row, prompt in enumerate(shown):
            ids[row, width - len(prompt.ids) :] = torch.tensor(prompt.ids)
            mask[row, width - len(prompt.ids) :] = 1
        device = self._model.device
        self._ids, mask = to_device(ids, device), to_device(mask, device)
        self._begun = False
        self._state: dict[str, Any] = {"attention_mask": mask, "use_cache": True, **self._cache()}
        if "position_ids" in self._takes:
            self._state["position_ids"] = (mask.cumsum(dim=-1) - 1).clamp(min=0)
        if "logits_to_keep" in self._takes:
            self._state["logits_to_keep"] = 1

    def step(self, token: Tensor, position: Tensor, reach: int) -> Tensor:
        if self._begun:
            self._ids = torch.cat([self._ids, token[:, None]], dim=1)
        logits = self._logits()
        self._begun = True
        if self._order is not None:
            logits = logits[self._spread(self._order)]
            self._order = None
        return logits

    def move(self, source: Sequence[int], target: Sequence[int], n: int) -> None:
        order = list(range(len(self._ids)))
        for old, new in zip(source, target, strict=True):
            order[new] = old
        self._select(order[:n])

    def _spread(self, order: Sequence[int]) -> Tensor:
        """Each prompt's state to all rows of it."""
        self.compacts = all(isinstance(self._state[name], Cache) for name in self._carried())
        if self.compacts:
            return self._select(order)
        if list(order) != list(range(len(order))):
            raise CannotDecode("its state cannot be copied")
        return torch.arange(len(order), device=self._ids.device)

    def _carried(self) -> list[str]:
        return [name for name in _CARRIED if self._state.get(name) is not None]

    def _select(self, rows: Sequence[int]) -> Tensor:
        chosen = to_device(torch.tensor(rows), self._ids.device)
        self._ids = self._ids[chosen]
        for name, value in self._state.items():
            if isinstance(value, Cache):
                value.reorder_cache(cast(LongTensor, chosen))
            elif isinstance(value, Tensor):
                self._state[name] = value[chosen]
        return chosen

    def _cache(self) -> dict[str, Cache]:
        """The library's, under the name by which the model takes it; none for one with a state of its own."""
        name = next((name for name in ("cache_params", "past_key_values") if name in self._takes), None)
        if not self._cached or name is None or not self._causal._supports_default_dynamic_cache():
            return {}
        return {name: DynamicCache(config=self._path.config)}

    def _logits(self) -> Tensor:
        """[n, vocabulary] after the sequences so far."""
        if not self._cached:
            self._path.rewind()
            keep = {"logits_to_keep": 1} if "logits_to_keep" in self._takes else {}
            return self._causal(input_ids=self._ids, **without_cache(self._causal), **keep).logits[:, -1]
        out = self._causal(**self._inputs(), return_dict=True)
        self._state = self._causal._update_model_kwargs_for_generation(out, self._state)
        return out.logits[:, -1]

    def _inputs(self) -> dict[str, Any]:
        prepare = self._causal.prepare_inputs_for_generation
        if self._begun:
            inputs = prepare(self._ids, next_sequence_length=1, **self._state)
            carried = self._carried()
            if not carried or any(inputs.get(name) is not None for name in _CARRIED):
                return inputs
            # it begins anew: with all tokens, which some versions of transformers (5.17) forget
            for name in carried:
                del self._state[name]
        return prepare(self._ids, is_first_iteration=True, **self._state)
