"""Decoding in slots of a fixed size: a slot is refilled as soon as its sample has ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import torch
from torch import Tensor
from transformers import DynamicCache

from ..device import sizes_of
from ..score import Model, attending, place_lists, score_path, to_device
from .decoder import CannotDecode
from .prompts import EncodedPrompt
from .slot_attention import NAME, looks
from .slot_cache import SlotCache, Stacked, shapes_of

# Tokens of prompts, padding included, that go through the model together: on a GPU as many as pay, within
# the memory that their keys and values may take until they are in slots.
_PREFILL_TOKENS = {"cpu": 1024, "cuda": 16_384}
_PREFILL_BYTES = 2**31


class SlotDecoder:
    """See `Decoder`. A prompt goes through the model once, alongside those that come next; its keys and
    values are copied into the slots of its samples. Its last token is fed as a sample's first."""

    refills = compacts = True
    slow = None

    def __init__(self, model: Model, slots: int, length: int, shapes: Shapes) -> None:
        self._model = model
        self._path = score_path(model.module)
        if self._path.head is None:
            raise CannotDecode("its logits are not made of its hidden states")
        # where ranks wait for each other in it, a step is no matter of one device
        self.captures = not self._path.is_shared_out
        self._length = length
        self._prefill_tokens = min(
            _PREFILL_TOKENS[sizes_of(model.device)], _PREFILL_BYTES // position_bytes(shapes, model.dtype)
        )
        self._cache = SlotCache(slots, length, shapes, model.dtype, model.device)
        self._prefilled: dict[int, _Prefilled] = {}  # by the prompt's identity

    def fits(self, prompt: EncodedPrompt) -> bool:
        return len(prompt.ids) + prompt.limit - 1 <= self._length

    def together(self, prompt: EncodedPrompt, others: Sequence[EncodedPrompt]) -> bool:
        return True

    def fill(self, rows: Sequence[tuple[EncodedPrompt, int]], ahead: Iterable[EncodedPrompt]) -> None:
        waiting = {id(prompt): prompt for prompt, _ in rows if len(prompt.ids) > 1}
        lacking = [prompt for key, prompt in waiting.items() if key not in self._prefilled]
        if lacking:
            for batch in _batches(lacking, self._new(ahead, waiting), self._prefill_tokens):
                self._prefill(batch)
        by_batch: dict[int, list[tuple[_Prefilled, int]]] = {}
        for prompt, slot in rows:
            if id(prompt) in waiting:
                one = self._prefilled[id(prompt)]
                by_batch.setdefault(id(one.stacked), []).append((one, slot))
                one.left -= 1
                if one.left == 0:
                    del self._prefilled[id(prompt)]
        device = self._model.device
        for members in by_batch.values():
            found = place_lists(device, [one.place for one, _ in members], [slot for _, slot in members])
            self._cache.fill(members[0][0].stacked, *found)

    def step(self, token: Tensor, position: Tensor, reach: int) -> Tensor:
        self._cache.position, self._cache.reach = position, reach
        masks = self._path.masks(self._length, lambda window: looks(position, window, reach))

        def logits() -> Tensor:
            hidden = self._path.backbone(
                input_ids=token[:, None],
                position_ids=position[:, None],
                attention_mask=masks,
                past_key_values=self._cache,
                use_cache=True,
            ).last_hidden_state
            return self._path.logits(hidden[:, -1])

        with attending(self._path.config, NAME):
            return self._path.within(logits)

    def move(self, source: Sequence[int], target: Sequence[int], n: int) -> None:
        if source:
            self._cache.move(*place_lists(self._model.device, source, target))

    def _new(self, ahead: Iterable[EncodedPrompt], taken: Iterable[int]) -> Iterator[EncodedPrompt]:
        """Prompts that are neither computed nor about to be, each once."""
        seen = set(taken)
        for prompt in ahead:
            if len(prompt.ids) > 1 and id(prompt) not in seen and id(prompt) not in self._prefilled:
                seen.add(id(prompt))
                yield prompt

    def _prefill(self, prompts: Sequence[EncodedPrompt]) -> None:
        stacked = self._cache.stacked(prefill(self._model, [prompt.ids[:-1] for prompt in prompts]))
        for place, prompt in enumerate(prompts):
            self._prefilled[id(prompt)] = _Prefilled(stacked, place, len(prompt.indices), prompt)


Shapes = Sequence[tuple[tuple[int, int], tuple[int, int]]]


class _Prefilled:
    """A prompt that is computed; `left`: how many slots still want it. The prompt is held for its
    identity."""

    def __init__(self, stacked: Stacked, place: int, left: int, prompt: EncodedPrompt) -> None:
        self.stacked = stacked
        self.place = place
        self.left = left
        self._prompt = prompt


def prefill(model: Model, rows: Sequence[Sequence[int]]) -> DynamicCache:
    """Keys and values of these token ids, padded on the right, where no token before sees the padding."""
    width = max(map(len, rows))
    ids = torch.full((len(rows), width), model.tokenizer.pad_id, dtype=torch.long)
    for row, tokens in enumerate(rows):
        ids[row, : len(tokens)] = torch.tensor(tokens)
    # layers of the full length also where a window binds: a slot holds all positions
    cache = DynamicCache()
    path = score_path(model.module)
    ids = to_device(ids, model.device)
    path.within(lambda: path.backbone(input_ids=ids, past_key_values=cache, use_cache=True).last_hidden_state)
    return cache


def position_bytes(shapes: Shapes, dtype: torch.dtype) -> int:
    """Of the keys and values of one token in all layers."""
    return dtype.itemsize * sum(heads * size for pair in shapes for heads, size in pair)


def measured_shapes(model: Model) -> Shapes:
    """(heads, size) of the keys and values of each layer, from a token that is run."""
    try:
        shapes = shapes_of(prefill(model, [[model.tokenizer.pad_id]]))
    except IndexError:
        # the model asked the cache for a state of another kind
        raise CannotDecode("it keeps more than keys and values") from None
    if not shapes:
        raise CannotDecode("it keeps no keys and values")
    return shapes


def _batches(
    lacking: Sequence[EncodedPrompt], later: Iterable[EncodedPrompt], tokens: int
) -> list[list[EncodedPrompt]]:
    """Those that are lacking in as many batches as they need; the last one is filled up with what comes
    later."""
    batches: list[list[EncodedPrompt]] = [[]]
    width = 0
    for place, prompt in enumerate(chain(lacking, later)):
        size = len(prompt.ids) - 1
        if batches[-1] and max(width, size) * (len(batches[-1]) + 1) > tokens:
            if place >= len(lacking):
                break
            batches.append([])
            width = 0
        batches[-1].append(prompt)
        width = max(width, size)
    return batches
