"""Holds what a model samples against its own plain forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample.ways import decode_way
from aft_worker.score import evaluating, score_path, without_cache

PROMPTS = (
    "a",
    "how many apples?",
    "12+34=",
    "B has 3 pens and 4 boxes of 5 pens each; how many pens are there?",
    "7*6=1",
)


@dataclass(frozen=True)
class Sampled:
    """way: slots, batches, plain (batches of one length, one row, or without the model's state) or refused;
    why: not in slots; apart: the largest difference of a sample's log-probability from the plain forward
    pass, in nats a token."""

    way: str
    why: str
    apart: float


def sampled(
    model: tiny.TinyModel, prompts: Sequence[str] = PROMPTS, max_new_tokens: int = 24, **settings
) -> Sampled:
    """Two samples of each prompt. What is raised besides a refusal is a fault."""
    asked = [GeneratePrompt(id=f"q{at}", prompt=text, indices=[0, 1]) for at, text in enumerate(prompts)]
    texts = dict(zip((one.id for one in asked), prompts, strict=True))
    try:
        found = tiny.sample(model, asked, max_new_tokens=max_new_tokens, **settings)
    except WorkerError as error:
        return Sampled("refused", str(error), 0.0)
    way = decode_way(model)
    apart = 0.0
    pad = getattr(model.module.config, "pad_token_id", None)
    for one in found:
        if pad in one.token_ids:
            continue  # it has another meaning within a text to some models
        ids = model.tokenizer.encode_prompt(texts[one.question_id])
        expected = plain_logprob(model, ids, one.token_ids)
        apart = max(apart, abs(expected - one.logprob) / one.tokens)
    return Sampled(way.name if way.name in ("slots", "batches") else "plain", way.slow or "", apart)


@torch.no_grad()
def plain_logprob(model: tiny.TinyModel, prompt: Sequence[int], response: Sequence[int]) -> float:
    """Of one row, without padding, mask or cache."""
    path = score_path(model.module)
    path.rewind()
    ids = torch.tensor([[*prompt, *response]])
    with evaluating(model.module):
        logits = model.module(input_ids=ids, **without_cache(path.causal)).logits[0, len(prompt) - 1 : -1]
    return logits.double().log_softmax(-1).gather(1, ids[0, len(prompt) :, None]).sum().item()
