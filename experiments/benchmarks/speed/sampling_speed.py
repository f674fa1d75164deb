"""How fast the worker samples, and how much faster than transformers' `generate` with as many rows."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import GeneratePrompt
from aft_worker.sample import CollectedJob, SampleRequest, TransformersSampler, collect
from clock import alternating, ratio, synchronize
from random_models import prompt
from results import Results

K = 6
SEED = 9


@dataclass(frozen=True)
class Comparison:
    """`sample` with room for `rows` samples at once and `generate` with so many rows a batch, on
    `batches` x `rows` samples."""

    rows: int
    batches: int
    rounds: int
    new_tokens: int


def prompts_of(vocabulary: int, lengths: range, count: int, k: int = K) -> list[GeneratePrompt]:
    draw = random.Random(5)
    return [
        GeneratePrompt(
            id=f"q{number}", prompt=prompt(draw, vocabulary, draw.choice(lengths)), indices=list(range(k))
        )
        for number in range(count)
    ]


def request_for(prompts: Sequence[GeneratePrompt], new_tokens: int) -> SampleRequest:
    return SampleRequest(prompts=prompts, max_new_tokens=new_tokens, temperature=1.0, top_p=1.0, seed=SEED)


def draw(
    model: LoadedModel, prompts: Sequence[GeneratePrompt], new_tokens: int, slots: int | None = None
) -> CollectedJob:
    """All samples; `slots` None: as many at once as the sampler itself chooses."""
    job = CollectedJob(request_for(prompts, new_tokens))
    collect(TransformersSampler(model, slots), job)
    return job


def measure_rate(
    results: Results,
    device: torch.device,
    title: str,
    model: LoadedModel,
    prompts: Sequence[GeneratePrompt],
    new_tokens: int,
    seconds_left: float,
) -> None:
    """All of `prompts`, or as many as fit in the time that is left: the first tenth tells how fast it goes.

    What the sampler sets up first (kernels, captured graphs) is done on a few prompts before.
    """
    title = f"sampling, {title}"
    started = time.perf_counter()
    draw(model, prompts[:8], 4)
    synchronize(device)
    results.measure(f"{title}: first samples, what is set up included", time.perf_counter() - started, "s")
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    count = max(1, len(prompts) // 10)
    tenth, spent = _timed_draw(device, model, prompts[:count], new_tokens)
    _report(results, f"{title}, {count} questions", tenth, spent)
    results.measure(f"{title}: sampler", _shown(tenth))
    whole = spent * len(prompts) / count
    fitting = int(
        len(prompts) * min(1.0, 0.8 * max(0.0, seconds_left - (time.perf_counter() - started)) / whole)
    )
    if fitting < len(prompts):
        taken = fitting if fitting > count else "none"
        why = f"all would take about {whole:.0f} s at the rate of the first {count}"
        results.skip(f"{title}: {taken} of {len(prompts)} questions, since {why}")
    if fitting > count:
        found, spent = _timed_draw(device, model, prompts[:fitting], new_tokens)
        _report(results, f"{title}, {fitting} questions", found, spent)
    if device.type == "cuda":
        peak = torch.cuda.max_memory_allocated(device) / 2**30
        results.measure(f"{title}: peak memory in all", peak, "GiB")


def compare_with_generate(
    results: Results,
    device: torch.device,
    title: str,
    model: LoadedModel,
    prompts: Sequence[GeneratePrompt],
    plan: Comparison,
) -> None:
    """By turns; the ratio of their rates, since neither draws the other's samples."""
    title = f"{title}, {plan.rows} rows at once"
    wanted = plan.rows * plan.batches // K
    prompts = list(prompts[:wanted])
    batches = [prompts[start : start + plan.rows // K] for start in range(0, len(prompts), plan.rows // K)]
    ours: list[int] = []
    theirs: list[int] = []
    lengths: list[int] = []
    samplers: set[str] = set()

    def sample() -> None:
        job = draw(model, prompts, plan.new_tokens, slots=plan.rows)
        lengths[:] = [one.tokens for one in job.candidates]
        samplers.add(_shown(job))
        ours.append(sum(lengths))

    def generate() -> None:
        theirs.append(sum(generated_tokens(model, batch, plan.new_tokens) for batch in batches))

    draw(model, prompts[:2], 4, slots=plan.rows)
    generated_tokens(model, prompts[:2], 4)
    seconds = alternating(device, (sample, generate), plan.rounds)
    # seconds a token, so that a ratio of times is one of rates
    each = [(a / mine, b / other) for (a, b), mine, other in zip(seconds, ours, theirs, strict=True)]
    found = ratio(each, of=1, to=0)
    results.measure(
        f"sample against generate, {title}: rate of ours",
        1 / statistics.median(a for a, _ in each),
        "tokens/s",
    )
    results.measure(
        f"sample against generate, {title}: rate of generate",
        1 / statistics.median(b for _, b in each),
        "tokens/s",
    )
    results.measure(
        f"sample against generate, {title}: ours over theirs, median of {plan.rounds}", found.median, "times"
    )
    results.measure(f"sample against generate, {title}: lowest to highest", found.spread)
    results.measure(f"sample against generate, {title}: samples of ours", len(lengths))
    results.measure(f"sample against generate, {title}: tokens of a sample, mean", statistics.mean(lengths))
    results.measure(f"sample against generate, {title}: tokens of a sample, longest", max(lengths))
    results.measure(f"sample against generate, {title}: sampler", "; ".join(sorted(samplers)))
    results.equal(f"sample against generate, {title}: every sample once", len(lengths), K * len(prompts))


@torch.inference_mode()
def generated_tokens(model: LoadedModel, prompts: Sequence[GeneratePrompt], new_tokens: int) -> int:
    """The tokens of one batch of transformers' `generate`, EOS included and padding not."""
    codec = model.tokenizer
    encoded = [codec.encode_prompt(one.prompt) for one in prompts]
    width = max(map(len, encoded))
    ids = torch.tensor([[codec.pad_id] * (width - len(one)) + one for one in encoded], device=model.device)
    mask = torch.tensor([[0] * (width - len(one)) + [1] * len(one) for one in encoded], device=model.device)
    made = model.module.generate(
        input_ids=ids,
        attention_mask=mask,
        do_sample=True,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        num_return_sequences=K,
        max_new_tokens=new_tokens,
        pad_token_id=codec.pad_id,
        eos_token_id=sorted(codec.eos_ids),
    )[:, width:]
    ends = torch.isin(made, torch.tensor(sorted(codec.eos_ids), device=model.device))
    # up to the first EOS, which counts
    before = ends.cumsum(1) - ends.long()
    return int((before == 0).sum())


def _timed_draw(
    device: torch.device, model: LoadedModel, prompts: Sequence[GeneratePrompt], new_tokens: int
) -> tuple[CollectedJob, float]:
    synchronize(device)
    started = time.perf_counter()
    found = draw(model, prompts, new_tokens)
    synchronize(device)
    return found, time.perf_counter() - started


def _shown(job: CollectedJob) -> str:
    """What sampled, in its own words: how many at once, and how."""
    told = msgspec.to_builtins(job.sampler)
    return ", ".join(f"{name} {value}" for name, value in told.items() if value is not None)


def _report(results: Results, title: str, job: CollectedJob, seconds: float) -> None:
    tokens = [one.tokens for one in job.candidates]
    results.measure(f"{title}: rate", sum(tokens) / seconds, "tokens/s")
    results.measure(f"{title}: samples", len(tokens) / seconds, "samples/s")
    results.measure(f"{title}: seconds", seconds, "s")
    results.measure(f"{title}: tokens of a sample, mean", statistics.mean(tokens))
    results.measure(f"{title}: tokens of a sample, longest", max(tokens))
