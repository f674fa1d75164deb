"""The model's part of sampling: prompts and tokens in, the next token's logits out."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..score import Model
from .kv_cache import new_cache, selectable
from .prompts import EncodedPrompt


class Decoder:
    """A batch of rows, each a sample of a prompt, in the order of the prompts and their indices.

    Each prompt goes through the model once, then its key-value cache is copied to all its samples; where a
    cache cannot be (`drops_rows` False), each row computes its prompt and stays to the batch's end. Prompts
    are left-padded to the longest. All logits are [rows, vocabulary].
    """

    def __init__(self, model: Model, prompts: Sequence[EncodedPrompt]) -> None:
        self._model = model
        self._prompts = prompts
        self._cache = new_cache(model.module.config)
        self.drops_rows = selectable(self._cache)
        self._width = max(len(prompt.ids) for prompt in prompts)
        self._steps = 0

    def prefill(self) -> Tensor:
        """Logits after the prompt; called once, before any `step`."""
        device = self._model.device
        rows = [place for place, prompt in enumerate(self._prompts) for _ in prompt.indices]
        prompts = self._prompts if self.drops_rows else [self._prompts[place] for place in rows]
        room = max(prompt.limit for prompt in prompts)
        ids = torch.full((len(prompts), self._width), self._model.tokenizer.pad_id, dtype=torch.long)
        # 1 from the prompt's first token on, those of the response included
        attention = torch.zeros(len(prompts), self._width + room, dtype=torch.long)
        for row, prompt in enumerate(prompts):
            ids[row, self._width - len(prompt.ids) :] = torch.tensor(prompt.ids)
            attention[row, self._width - len(prompt.ids) :] = 1
        positions = (attention[:, : self._width].cumsum(dim=-1) - 1).clamp(min=0)
        self._attention = attention.to(device)
        self._lengths = torch.tensor([len(prompt.ids) for prompt in prompts], device=device)
        logits = self._forward(
            ids.to(device), self._attention[:, : self._width], positions.to(device), logits_to_keep=1
        )
        if not self.drops_rows:
            return logits
        source = torch.tensor(rows, device=device)
        self.keep(source)
        return logits[source]

    def step(self, tokens: Tensor) -> Tensor:
        """Logits after one more token a row: tokens [rows]."""
        attention = self._attention[:, : self._width + self._steps + 1]
        positions = (self._lengths + self._steps)[:, None]
        self._steps += 1
        return self._forward(tokens[:, None], attention, positions)

    def keep(self, rows: Tensor) -> None:
        """Goes on with these rows [n] alone, in this order; a row may be named several times."""
        self._cache.batch_select_indices(rows)
        self._attention, self._lengths = self._attention[rows], self._lengths[rows]

    def _forward(self, ids: Tensor, attention: Tensor, positions: Tensor, **settings: int) -> Tensor:
        return self._model.module(
            input_ids=ids,
            attention_mask=attention,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            **settings,
        ).logits[:, -1]
