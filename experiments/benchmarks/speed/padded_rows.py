"""A training step as it is usually written, which ours is held against: a row a response, padded on the right
to the longest of its micro-batch, and the logits of all places at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from aft_worker.losses import Objective, group_loss, part_of
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import LossSettings, OptimizerSettings, TrainGroup
from aft_worker.train.feedback import judged_responses
from torch import Tensor, nn


@dataclass(frozen=True)
class _Row:
    ids: list[int]
    prompt: int  # tokens


class PaddedRows:
    """One more step at each call, under AdamW with float32 weights. `loss`: the last step's."""

    def __init__(
        self,
        model: LoadedModel,
        loss: LossSettings,
        groups: Sequence[TrainGroup],
        max_tokens: int,
        optimizer: OptimizerSettings,
    ) -> None:
        self.loss = 0.0
        self._model = model
        self._clip = optimizer.clip_norm
        self._settings = loss
        self._max_tokens = max_tokens
        self._rows = [self._rows_of(one) for one in groups]
        self._responses = [
            [
                replace(response, tokens=len(row.ids) - row.prompt)
                for response, row in zip(judged_responses(one, group_loss(loss)), rows, strict=True)
            ]
            for one, rows in zip(groups, self._rows, strict=True)
        ]
        self._targets = sum(one.tokens for group in self._responses for one in group if one.target)
        self._weights = [weight for weight in model.module.parameters() if weight.requires_grad]
        self._masters = [
            weight if weight.dtype == torch.float32 else nn.Parameter(weight.detach().float())
            for weight in self._weights
        ]
        self._adamw = torch.optim.AdamW(
            self._masters,
            lr=optimizer.learning_rate,
            betas=optimizer.betas,
            eps=optimizer.epsilon,
            weight_decay=optimizer.weight_decay,
            fused=True,
        )

    def __call__(self) -> None:
        self._model.module.train()
        objective = Objective(self._settings, self._targets, len(self._rows))
        losses = []
        for members in self._micro_batches():
            sums = self._sums([row for place in members for row in self._rows[place]])
            part = part_of(group_loss(self._settings), [self._responses[place] for place in members])
            share = objective(sums.detach().double().cpu(), part)
            losses.append(objective.total(share.vft.item(), share.alignment.item()))
            sums.backward(share.gradient.to(sums))
        self.loss = sum(losses)
        self._update()

    def _rows_of(self, one: TrainGroup) -> list[_Row]:
        codec = self._model.tokenizer
        prompt = codec.encode_prompt(one.prompt)
        return [
            _Row([*prompt, *codec.encode_response(each.text, each.token_ids, each.finish)], len(prompt))
            for each in one.responses
        ]

    def _micro_batches(self) -> list[list[int]]:
        """Places of the groups that go through the model together, the longest first."""
        encoded = self._rows
        longest = [max(len(row.ids) for row in rows) for rows in encoded]
        batches: list[list[int]] = []
        rows = width = 0
        for place in sorted(range(len(encoded)), key=lambda one: -longest[one]):
            if batches and (rows + len(encoded[place])) * width <= self._max_tokens:
                batches[-1].append(place)
                rows += len(encoded[place])
            else:
                batches.append([place])
                rows, width = len(encoded[place]), longest[place]
        return batches

    def _sums(self, rows: Sequence[_Row]) -> Tensor:
        """[R] the sum of each response's log-probabilities."""
        device, pad = self._model.device, self._model.tokenizer.pad_id
        width = max(len(row.ids) for row in rows)
        ids = torch.tensor([row.ids + [pad] * (width - len(row.ids)) for row in rows], device=device)
        places = torch.arange(width, device=device)[None]
        starts = torch.tensor([row.prompt for row in rows], device=device)[:, None]
        ends = torch.tensor([len(row.ids) for row in rows], device=device)[:, None]
        mask = (places < ends).long()
        logits = self._model.module(input_ids=ids, attention_mask=mask, use_cache=False).logits[:, :-1]
        logprobs = logits.float().log_softmax(-1).gather(-1, ids[:, 1:, None]).squeeze(-1)
        of_response = (places >= starts) & (places < ends)
        return (logprobs * of_response[:, 1:]).sum(-1)

    def _update(self) -> None:
        for weight, master in zip(self._weights, self._masters, strict=True):
            if master is not weight and weight.grad is not None:
                master.grad, weight.grad = weight.grad.float(), None
        if self._clip:
            nn.utils.clip_grad_norm_(self._masters, self._clip)
        self._adamw.step()
        self._adamw.zero_grad()
        with torch.no_grad():
            for weight, master in zip(self._weights, self._masters, strict=True):
                if master is not weight:
                    weight.copy_(master)
