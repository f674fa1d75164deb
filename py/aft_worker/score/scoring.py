"""The one score path: per response the sum of its tokens' log-probabilities, and their count.

Every method, metric and test gets its scores here, so shift, mask and gather exist once. The score s(c) of
arXiv 2309.02144 is sum / count.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ..callbacks import CheckCancelled, OnProgress, Tell, never_cancelled, no_progress, untold
from ..memory import advise, is_out_of_memory, release, smaller_batches, told
from ..protocol import ScoreGroup
from ..tokens import TokenCodec
from .batching import Row, encode_group
from .layout import Layout
from .logprobs import chunked_logprobs, own_logprobs
from .micro_batch import MicroBatch
from .path import score_path
from .predictors import predictor_states
from .transfers import FromDevice


class Model(Protocol):
    """What scoring, training and sampling need of a loaded model; `max_positions` 0: no limit."""

    @property
    def module(self) -> PreTrainedModel: ...
    @property
    def tokenizer(self) -> TokenCodec: ...
    @property
    def device(self) -> torch.device: ...
    @property
    def dtype(self) -> torch.dtype: ...
    @property
    def max_positions(self) -> int: ...


@dataclass(slots=True)
class ResponseScore:
    """logprob: sum over the tokens, in nats. The lists run over the response's tokens, EOS included."""

    logprob: float
    token_ids: list[int]
    token_logprobs: list[float]


def token_logprobs(model: Model, batch: MicroBatch, chunk: int | None = None) -> Tensor:
    """log P of every response token of the micro-batch, response after response: [N] in float32, in nats."""
    path = score_path(model.module)
    head = path.head
    if head is None:
        return own_logprobs(predictor_states(path.own_logits(batch).flatten(0, 1), batch), batch.targets)

    def by_head() -> Tensor:
        # only the places that predict a response token go through the head
        chosen = predictor_states(path.hidden_states(batch).flatten(0, 1), batch)
        fused = batch.masks is not None and chosen.device.type == "cuda"
        weight, bias = head.linear.weight, head.linear.bias
        return chunked_logprobs(
            chosen, weight, bias, batch.targets, head.softcap, chunk, fused=fused, scale=head.scale
        )

    return path.within(by_head)


def sum_by_response(logprobs: Tensor, lengths: Tensor) -> Tensor:
    """[N] token log-probabilities -> [R] sums of so many of them each."""
    # unsafe: its checks would wait for the device
    return torch.segment_reduce(logprobs, "sum", lengths=lengths, unsafe=True)


def layout_of(model: Model) -> Layout:
    """As the model's rows are laid now."""
    return Layout(model.module, model.tokenizer, model.device)


def response_scores(model: Model, batch: MicroBatch, chunk: int | None = None) -> tuple[Tensor, Tensor]:
    """(sums [R] float32, counts [R] int64) of the micro-batch's responses; sums are differentiable."""
    count = len(batch.counts)
    return padded_sums(model, batch, chunk)[:count], batch.lengths[:count]


def padded_sums(model: Model, batch: MicroBatch, chunk: int | None = None) -> Tensor:
    """The sums of all that the tensors hold, be it of a response or padding."""
    return sum_by_response(token_logprobs(model, batch, chunk), batch.lengths)


@torch.no_grad()
def score_groups(
    model: Model,
    groups: Sequence[ScoreGroup],
    max_tokens_per_batch: int,
    check_cancelled: CheckCancelled = never_cancelled,
    on_progress: OnProgress = no_progress,
    tell: Tell = untold,
    only: Sequence[int] | None = None,
) -> tuple[list[list[ResponseScore]], int]:
    """(the score of each response of each group, prompt and response tokens that went through the model); of
    the groups at the places `only`, where those are given.

    Without gradient and without dropout. `check_cancelled` is called before each micro-batch,
    `on_progress` after each. Where memory runs out, micro-batches are halved from there on, in later calls
    too, and `tell` gets a line; it stays an error where one response alone is too long, and, with what would
    do, where other ranks are within a pass meanwhile. Raises what the callbacks and `encode_group` raise.
    """
    path = score_path(model.module)
    limit = before = min(max_tokens_per_batch, path.most_tokens or max_tokens_per_batch)
    layout = layout_of(model)
    results: list[list[ResponseScore]] = []
    flat: list[ResponseScore] = []
    rows: list[Row] = []
    for index in range(len(groups)) if only is None else only:
        prompt, responses = encode_group(
            model.tokenizer, groups[index], model.max_positions, pointer=f"/groups/{index}"
        )
        numbers = range(len(flat), len(flat) + len(responses))
        rows += layout.rows(prompt, responses, numbers, limit)
        results.append([ResponseScore(0.0, ids, []) for ids in responses])
        flat += results[-1]
    done = tokens = 0
    with evaluating(model.module), layout.attending():
        batches = _batches(layout, rows, limit)
        ahead: _Scored | None = None
        while batches or ahead is not None:
            # read only when the next one is queued behind it, so that the device does not wait for the host
            found, ahead = ahead, None
            if batches:
                check_cancelled()
                own = batches.popleft()
                try:
                    ahead = _Scored(model, layout, own, limit)
                except Exception as error:
                    if not is_out_of_memory(error):
                        raise
                    responses = sum(len(row.numbers) for row in own)
                    smaller = smaller_batches(limit, [(layout.places(own), responses)])
                    if smaller is None or path.in_pass:
                        advise(error, smaller)
                        raise
                    release(error)
                    limit = smaller
                    batches = _batches(layout, _cut(layout, [own, *batches], limit), limit)
            if found is None:
                continue
            found.read(flat)
            done += len(found.batch.numbers)
            tokens += found.batch.tokens
            if limit < before and found.limit == limit:
                path.most_tokens = before = limit
                tell(told(limit, max_tokens_per_batch, "tokens are scored at once"))
            on_progress(done, len(flat), tokens)
    return results, tokens


def _batches(layout: Layout, rows: Sequence[Row], limit: int) -> deque[list[Row]]:
    packed = layout.pack([[row] for row in rows], limit)
    return deque([rows[index] for index in members] for members in packed)


def _cut(layout: Layout, batches: Iterable[Sequence[Row]], limit: int) -> list[Row]:
    """The rows of these, with fewer responses in one where that is needed."""
    rows = [row for batch in batches for row in batch]
    return [part for row in rows for part in layout.rows(row.prompt, row.responses, row.numbers, limit)]


class _Scored:
    """A micro-batch that the device is at, or has been; `limit` is what it was cut to."""

    def __init__(self, model: Model, layout: Layout, rows: Sequence[Row], limit: int) -> None:
        self.batch = layout.collate(rows)
        self.limit = limit
        logprobs = token_logprobs(model, self.batch)
        self._found = FromDevice(sum_by_response(logprobs, self.batch.lengths), logprobs)

    def read(self, results: Sequence[ResponseScore]) -> None:
        """Puts what was found into the results of the responses' numbers."""
        sums, logprobs = self._found.wait()
        parts = logprobs.split(self.batch.counts)
        for number, value, part in zip(self.batch.numbers, sums.tolist(), parts, strict=True):
            results[number].logprob = value
            results[number].token_logprobs = part.tolist()


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Within it the module is in eval mode (no dropout); afterwards each part is in the mode it was in."""
    training = [part for part in module.modules() if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True
