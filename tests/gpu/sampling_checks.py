"""Sampling on the device: the same sample whatever lies beside it, captured or not, and its log-probability
as scoring finds it."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import GeneratePrompt, SampledCandidate, SamplerInfo, ScoreGroup, ScoreResponse
from aft_worker.sample import CollectedJob, SampleRequest, TransformersSampler, collect
from aft_worker.sample.slot_decoder import SlotDecoder
from aft_worker.score import score_groups
from numerics import SHAPE, SMALL
from random_models import converted, prompt, rounded
from results import Results
from shapes import named

# Batches differ in how float sums are rounded, so a token may differ where the noise falls between two: about
# one in 10^6 (see aft_worker/sampling.py), so one sample in 10^4 of 64 tokens. Were the samples functions of
# the batch, nearly all would differ.
DIFFERING_SHARE = 0.01
# Of a log-probability, a token, in nats; reasons as in numerics.py.
FLOAT32_NATS = 1e-4
# bfloat16 rounds a logit of 4 to 1/64, the sampler and the scorer each in their own way.
BFLOAT16_NATS = 3e-2


def check_sampling(results: Results, device: torch.device, small: bool) -> None:
    shape = SMALL if small else SHAPE
    draw = random.Random(5)
    count, indices = (6, 4) if small else (32, 8)
    prompts = [
        GeneratePrompt(
            id=f"q{n}",
            prompt=prompt(draw, shape.vocabulary, draw.randrange(20, 101)),
            indices=[*range(indices)],
        )
        for n in range(count)
    ]
    base = rounded(shape, seed=12)
    model = converted(base, device, torch.float32)
    whole, told = _sample(model, prompts, 256)
    results.measure("samples in float32", len(whole))
    captured = "captured" if device.type == "cuda" else "plain"
    results.equal("float32: how a decode step is run", told.step, captured)
    results.equal("float32: why not faster", told.note or "nothing", "nothing")
    results.equal(
        "float32, twice in the same slots: samples that differ",
        _differ(whole, _sample(model, prompts, 256)[0]),
        0,
    )
    with _uncaptured():
        plain, told = _sample(model, prompts, 256)
    results.equal("float32, steps that are not captured: how a step is run", told.step, "plain")
    # captured for a few sizes, they may compute more rows: sums may be rounded in another order
    share = _differ(plain, whole) / len(whole)
    title = "float32, captured steps against plain ones: share of samples that differ"
    results.at_most(title, share, DIFFERING_SHARE)
    # a quarter of the prompts, the last first, one index at a time
    part = [
        GeneratePrompt(id=one.id, prompt=one.prompt, indices=[index])
        for one in reversed(prompts[: max(2, count // 4)])
        for index in reversed(one.indices)
    ]
    for title, slots in (("7 slots, refilled", 7), ("one slot", 1)):
        other, _ = _sample(model, part if slots > 1 else part[: len(part) // 4], slots)
        share = _differ(other, whole) / len(other)
        results.at_most(f"float32, in {title}: share of samples that differ", share, DIFFERING_SHARE)
    joined = _sample_jobs(model, [prompts[start::3] for start in range(3)], 13)
    share = _differ(joined, whole) / len(joined)
    results.at_most("float32, by three requests: share of samples that differ", share, DIFFERING_SHARE)
    results.equal("float32, by three requests: samples", len(joined), len(whole))
    texts = {tuple(one.token_ids) for one in whole.values()}
    results.equal("samples that are drawn twice", len(whole) - len(texts), 0)
    _check_rescoring(results, "float32", model, prompts, whole, FLOAT32_NATS)

    model = converted(base, device, torch.bfloat16)
    started = time.perf_counter()
    low, _ = _sample(model, prompts, 256)
    seconds = time.perf_counter() - started
    results.measure(
        f"sampling, {named('Llama', shape)}, bfloat16: rate",
        sum(one.tokens for one in low.values()) / seconds,
        "tokens/s",
    )
    _check_rescoring(results, "bfloat16", model, prompts, low, BFLOAT16_NATS)


def _sample(
    model: LoadedModel, prompts: Sequence[GeneratePrompt], slots: int
) -> tuple[dict[tuple[str, int], SampledCandidate], SamplerInfo]:
    """-> (the samples by prompt and index, what the sampler says of itself)."""
    job = _job(prompts)
    found = collect(TransformersSampler(model, slots), job)
    assert job.sampler is not None
    return {(one.question_id, one.index): one for one in found}, job.sampler


def _sample_jobs(
    model: LoadedModel, parts: Sequence[Sequence[GeneratePrompt]], slots: int
) -> dict[tuple[str, int], SampledCandidate]:
    """Requests of which each joins those before it as slots get free."""
    found = collect(TransformersSampler(model, slots), *(_job(part) for part in parts))
    return {(one.question_id, one.index): one for one in found}


def _job(prompts: Sequence[GeneratePrompt]) -> CollectedJob:
    return CollectedJob(SampleRequest(prompts=prompts, max_new_tokens=64, temperature=1.0, top_p=1.0, seed=9))


@contextmanager
def _uncaptured() -> Iterator[None]:
    """Within it a decode step is asked for kernel by kernel."""
    SlotDecoder.captures = False
    try:
        yield
    finally:
        SlotDecoder.captures = True


def _differ(
    found: dict[tuple[str, int], SampledCandidate], expected: dict[tuple[str, int], SampledCandidate]
) -> int:
    """Of the samples found, those with other tokens than expected."""
    return sum(one.token_ids != expected[key].token_ids for key, one in found.items())


def _check_rescoring(
    results: Results,
    name: str,
    model: LoadedModel,
    prompts: Sequence[GeneratePrompt],
    sampled: dict[tuple[str, int], SampledCandidate],
    tolerance: float,
) -> None:
    """The largest difference of a sample's log-probability, divided by the root of its tokens.

    The root, since rounding errors of the tokens are of either sign.
    """
    groups = [
        ScoreGroup(
            id=one.id,
            prompt=one.prompt,
            responses=[_as_response(sampled[one.id, index]) for index in one.indices],
        )
        for one in prompts
    ]
    scored, _ = score_groups(model, groups, 8192)
    largest = max(
        abs(score.logprob - sampled[one.id, index].logprob) / math.sqrt(sampled[one.id, index].tokens)
        for one, scores in zip(prompts, scored, strict=True)
        for index, score in zip(one.indices, scores, strict=True)
    )
    title = f"{name}: log-probability of a sample, sampled against scored, nats / sqrt(tokens)"
    results.at_most(title, largest, tolerance)


def _as_response(one: SampledCandidate) -> ScoreResponse:
    return ScoreResponse(text=one.text, token_ids=one.token_ids, finish=one.finish)
