"""Decoding by the library's own cache and masks, for models that slots do not fit: the rows of a batch begin
together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from ..score import Model
from .prompts import EncodedPrompt


class BatchDecoder:
    """See `Decoder`. Each prompt goes through the model once, then its cache is copied to all its samples;
    where rows cannot be picked out of the cache (recurrent and hybrid layers), each computes its prompt and
    stays to the batch's end. Prompts are left-padded to the longest."""

    refills = captures = False

    def __init__(self, model: Model, why: str) -> None:
        self._model = model
        self._cache = DynamicCache(config=model.module.config)
        self.compacts = _selectable(self._cache)
        self.slow = f"{why}: samples are decoded in batches, each of which ends with its longest"

    def fits(self, prompt: EncodedPrompt) -> bool:
        return True

    def fill(self, rows: Sequence[tuple[EncodedPrompt, int]], ahead: Iterable[EncodedPrompt]) -> None:
        self._cache = DynamicCache(config=self._model.module.config)
        distinct = {id(prompt): prompt for prompt, _ in rows} if self.compacts else None
        prompts = [prompt for prompt, _ in rows] if distinct is None else list(distinct.values())
        width = max(len(prompt.ids) for prompt in prompts) - 1
        ids = torch.full((len(prompts), width), self._model.tokenizer.pad_id, dtype=torch.long)
        # 1 from the prompt's first token on
        mask = torch.zeros(len(prompts), width, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            start = width - len(prompt.ids) + 1
            ids[row, start:] = torch.tensor(prompt.ids[:-1])
            mask[row, start:] = 1
        self._mask = mask.to(self._model.device)
        if width:
            positions = (self._mask.cumsum(dim=-1) - 1).clamp(min=0)
            self._forward(ids.to(self._model.device), positions, logits_to_keep=1)
        if distinct is not None:
            places = {key: place for place, key in enumerate(distinct)}
            self._select([places[id(prompt)] for prompt, _ in rows])

    def step(self, token: Tensor, position: Tensor, reach: int) -> Tensor:
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(self._mask), 1)], dim=1)
        return self._forward(token[:, None], position[:, None])

    def move(self, source: Sequence[int], target: Sequence[int], n: int) -> None:
        order = list(range(len(self._mask)))
        for old, new in zip(source, target, strict=True):
            order[new] = old
        self._select(order[:n])

    def _select(self, rows: Sequence[int]) -> None:
        chosen = torch.tensor(rows).to(self._model.device)
        if self._mask.shape[1]:
            self._cache.batch_select_indices(chosen)
        self._mask = self._mask[chosen]

    def _forward(self, ids: Tensor, positions: Tensor, **settings: int) -> Tensor:
        return self._model.module(
            input_ids=ids,
            attention_mask=self._mask,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            **settings,
        ).logits[:, -1]


def _selectable(cache: DynamicCache) -> bool:
    return all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in cache.layers)
