"""Samples responses: each prompt goes through the model once, then its cache is copied to all its samples.

What is sampled is a function of (seed, prompt id, sample index) and the weights. Batches, order, other
prompts and a resume change only how float sums are rounded, so that a token can differ only where the noise
falls on the very edge between two tokens (about one token in 10^6 in float32; more often in bfloat16).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from .choice import choose
from .device import dtype_name
from .errors import WorkerError
from .kv_cache import new_cache, selectable
from .noise import sample_key, uniforms
from .protocol import GeneratePrompt, SampledCandidate
from .sampling_batches import Encoded, Row, encode_prompts, split_batches
from .scoring import evaluating
from .stop_texts import StopWatch
from .tokens import TokenCodec

if TYPE_CHECKING:
    from .model import LoadedModel

_COMPACT_SHARE = 4  # finished rows leave the cache once they are one in so many
_CHECK_EVERY = 8  # decode steps between two looks at a cancellation


@dataclass(frozen=True)
class SampleTotals:
    """candidates and tokens sampled (EOS included)."""

    candidates: int
    tokens: int


def sample(
    model: LoadedModel,
    prompts: Sequence[GeneratePrompt],
    *,
    max_new_tokens: int,
    temperature: float,
    top_p: float,
    seed: int,
    max_tokens_per_batch: int,
    stop: Sequence[str] = (),
    checkpoint: Callable[[], None],
    on_candidates: Callable[[list[SampledCandidate]], None],
) -> SampleTotals:
    """Samples every index of every prompt; `on_candidates` gets the candidates in the order they finish.

    temperature 0 is greedy; top_p 1 is the model's own distribution. A response ends with an EOS token
    ("stop"), or at max_new_tokens or the model's last position ("length"). It also ends ("stop") as soon as
    its text contains a text of `stop`, and is cut before it: as tokens need not end there, it has neither
    token ids nor a log-probability then. Raises SequenceTooLong for a
    prompt that leaves no room for a token, EmptyResponse for an empty prompt without BOS, and whatever
    `checkpoint` raises.
    """
    codec = model.tokenizer
    encoded = encode_prompts(prompts, codec, model.max_positions, max_new_tokens)
    stop_ids = torch.tensor(sorted(codec.eos_ids), dtype=torch.long, device=model.device)
    settings = _Settings(model, codec, stop_ids, stop, temperature, top_p, seed)
    candidates = tokens = 0
    with evaluating(model.module):
        for batch in split_batches(encoded, max_tokens_per_batch):
            checkpoint()
            for done in _sample_batch(settings, batch, checkpoint):
                candidates += len(done)
                tokens += sum(candidate.tokens for candidate in done)
                on_candidates(done)
    return SampleTotals(candidates, tokens)


@dataclass(frozen=True)
class _Settings:
    model: LoadedModel
    codec: TokenCodec
    stop_ids: torch.Tensor
    stop_texts: Sequence[str]
    temperature: float
    top_p: float
    seed: int


@torch.inference_mode()
def _sample_batch(settings: _Settings, batch: list[Encoded], checkpoint: Callable[[], None]):
    """Yields lists of finished candidates. All of the batch's prompts are left-padded to the longest."""
    model, device = settings.model, settings.model.device
    rows = [Row(prompt, index, _watch(settings)) for prompt in batch for index in prompt.indices]
    cache = new_cache(model.module.config)
    shared = selectable(cache)
    logits, attention, lengths = _prefill(settings, batch if shared else [row.prompt for row in rows], cache)
    if shared:
        source = torch.tensor([i for i, prompt in enumerate(batch) for _ in prompt.indices], device=device)
        cache.batch_select_indices(source)
        logits, attention, lengths = logits[source], attention[source], lengths[source]
    limits = torch.tensor([row.prompt.limit for row in rows], device=device)
    keys = np.array([sample_key(settings.seed, row.prompt.id, row.index) for row in rows], dtype=np.uint64)
    state = _State(
        tokens=torch.zeros(len(rows), int(limits.max()), dtype=torch.long, device=device),
        logprob=torch.zeros(len(rows), dtype=torch.float64, device=device),
        count=torch.zeros(len(rows), dtype=torch.long, device=device),
        done=torch.zeros(len(rows), dtype=torch.bool, device=device),
        limits=limits,
        lengths=lengths,
        attention=attention,
    )
    width = attention.shape[1] - state.tokens.shape[1]
    for step in range(state.tokens.shape[1]):
        noise = None
        if settings.temperature > 0:
            noise = torch.from_numpy(uniforms(keys, step)).to(device)
        chosen, logprob = choose(logits, noise, settings.temperature, settings.top_p)
        alive = ~state.done
        state.record(step, chosen, logprob, settings.stop_ids)
        if settings.stop_texts:
            state.done |= _ended(rows, chosen, alive)
        finished = int(state.done.sum())
        if finished == len(rows):
            break
        if shared and finished * _COMPACT_SHARE >= len(rows):
            done = state.done.nonzero()[:, 0].cpu().numpy()
            yield _candidates(settings, [rows[i] for i in done], state.select(state.done))
            alive = ~state.done
            kept = alive.nonzero()[:, 0]
            state, chosen = state.select(alive), chosen[alive]
            cache.batch_select_indices(kept)
            keys, rows = keys[kept.cpu().numpy()], [rows[i] for i in kept.tolist()]
        if step % _CHECK_EVERY == _CHECK_EVERY - 1:
            checkpoint()
        logits = model.module(
            input_ids=chosen[:, None],
            attention_mask=state.attention[:, : width + step + 1],
            position_ids=(state.lengths + step)[:, None],
            past_key_values=cache,
            use_cache=True,
        ).logits[:, -1]
    yield _candidates(settings, rows, state)


@dataclass
class _State:
    """Tensors of the rows still in the batch; the first dimension is the row."""

    tokens: torch.Tensor
    logprob: torch.Tensor
    count: torch.Tensor
    done: torch.Tensor
    limits: torch.Tensor
    lengths: torch.Tensor
    attention: torch.Tensor

    def record(self, step: int, chosen: torch.Tensor, logprob: torch.Tensor, stop_ids: torch.Tensor) -> None:
        alive = ~self.done
        self.tokens[:, step] = chosen
        self.logprob += logprob.double() * alive
        self.count += alive
        self.done |= torch.isin(chosen, stop_ids) | (self.count >= self.limits)

    def select(self, rows: torch.Tensor) -> _State:
        return _State(**{name: value[rows] for name, value in vars(self).items()})


def _watch(settings: _Settings) -> StopWatch | None:
    return StopWatch(settings.codec, settings.stop_texts) if settings.stop_texts else None


def _ended(rows: list[Row], chosen: torch.Tensor, alive: torch.Tensor) -> torch.Tensor:
    """[rows] Which of the rows that are still alive end in a stop text with the tokens just chosen [rows]."""
    told = zip(rows, chosen.tolist(), alive.tolist(), strict=True)
    ended = [going and row.watch is not None and row.watch.ends_with(token) for row, token, going in told]
    return torch.tensor(ended, device=alive.device)


def _prefill(
    settings: _Settings, batch: list[Encoded], cache
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Logits after the prompt [rows, vocabulary], attention mask with room for new tokens, prompt lengths."""
    device = settings.model.device
    width = max(len(prompt.ids) for prompt in batch)
    room = max(prompt.limit for prompt in batch)
    ids = torch.full((len(batch), width), settings.codec.pad_id, dtype=torch.long)
    attention = torch.zeros(len(batch), width + room, dtype=torch.long)
    for row, prompt in enumerate(batch):
        ids[row, width - len(prompt.ids) :] = torch.tensor(prompt.ids)
        attention[row, width - len(prompt.ids) :] = 1
    positions = (attention[:, :width].cumsum(dim=-1) - 1).clamp(min=0)
    logits = settings.model.module(
        input_ids=ids.to(device),
        attention_mask=attention[:, :width].to(device),
        position_ids=positions.to(device),
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
    ).logits[:, -1]
    lengths = torch.tensor([len(prompt.ids) for prompt in batch], device=device)
    return logits, attention.to(device), lengths


def _candidates(settings: _Settings, rows: list[Row], state: _State) -> list[SampledCandidate]:
    stops = torch.isin(state.tokens.gather(1, state.count[:, None] - 1)[:, 0], settings.stop_ids).tolist()
    result = []
    for row, ids, count, logprob, stopped in zip(
        rows, state.tokens.tolist(), state.count.tolist(), state.logprob.tolist(), stops, strict=True
    ):
        if not math.isfinite(logprob):
            raise WorkerError(
                "InternalError",
                f"the model's logits for prompt {row.prompt.id!r} are not finite: its weights are broken, "
                f"or its numbers do not fit {dtype_name(settings.model.dtype)}",
            )
        cut = None if row.watch is None else row.watch.text
        result.append(
            SampledCandidate(
                question_id=row.prompt.id,
                index=row.index,
                text=settings.codec.decode(ids[:count]) if cut is None else cut,
                token_ids=ids[:count] if cut is None else None,
                finish="stop" if stopped or cut is not None else "length",
                logprob=logprob if cut is None else None,
                tokens=count,
            )
        )
    return result
