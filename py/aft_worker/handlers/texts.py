"""What a model does with texts: prompts rendered, responses sampled and scored."""

import time

from msgspec.structs import replace

from .. import distributed
from .. import protocol as p
from ..board import open_board
from ..model import LoadedModel, open_tokenizer
from ..rpc import CandidateReporter, Context, CountReporter
from ..sample import SampleRequest
from ..score import score_groups, score_shared
from ..tokens import render_conversations
from .registries import models
from .samplers import sampler_for


def render(params: p.PromptRenderParams, context: Context) -> p.PromptRenderResult:
    tokenizer = open_tokenizer(params.source, params.revision)
    return p.PromptRenderResult(texts=render_conversations(tokenizer, params.conversations, params.source))


class _Job:
    """A `generate` request as a sampler sees it."""

    def __init__(self, params: p.GenerateParams, context: Context, model: LoadedModel) -> None:
        self.request = SampleRequest(
            prompts=params.prompts,
            max_new_tokens=params.max_new_tokens,
            temperature=params.temperature,
            top_p=params.top_p,
            seed=params.seed,
            stop=params.stop or (),
        )
        self._context = context
        self._model = model
        self._started = time.perf_counter()
        self._candidates = self._tokens = 0
        self._reporter = CandidateReporter(context, sum(len(prompt.indices) for prompt in params.prompts))

    def check_cancelled(self) -> None:
        self._reporter.check_cancelled()

    def note(self, text: str) -> None:
        self._reporter.note(text)

    def add(self, candidates: list[p.SampledCandidate]) -> None:
        self._candidates += len(candidates)
        self._tokens += sum(candidate.tokens for candidate in candidates)
        self._reporter.add(candidates)

    def finish(self, sampler: p.SamplerInfo) -> None:
        self._reporter.flush()
        self._context.answer(
            p.GenerateResult(
                candidates=self._candidates,
                tokens=self._tokens,
                seconds=time.perf_counter() - self._started,
                digest=self._model.digest(),
                sampler=sampler,
            )
        )

    def fail(self, error: Exception) -> None:
        self._reporter.flush()
        self._context.fail(error)

    def flush(self) -> None:
        """Sends what is held back."""
        self._reporter.flush()


def generate(params: p.GenerateParams, context: Context) -> None:
    """Serves the requests behind it too, where they differ in prompts and seed alone: a sample that has ended
    makes room for one of the next request. Each is answered as soon as all of its samples are there."""
    model = models.get(params.model)
    context = context.apart()
    model.digest()  # by all ranks, where each has a part of the weights; rank 0 answers with it
    alike = replace(params, prompts=[], seed=0)
    jobs: list[_Job] = []

    def start(params: p.GenerateParams, context: Context) -> _Job:
        jobs.append(_Job(params, context, model))
        return jobs[-1]

    def more() -> _Job | None:
        taken = context.next_alike(lambda other: replace(other, prompts=[], seed=0) == alike)
        return None if taken is None else start(*taken)

    sampler = sampler_for(params, model)
    try:
        sampler.sample(start(params, context), more)
    finally:
        for job in jobs:
            job.flush()


def score(params: p.ScoreParams, context: Context) -> p.ScoreResult | None:
    """Of several ranks rank 0 answers."""
    started = time.perf_counter()
    model = models.get(params.model)
    context = context.apart()
    report = CountReporter(context)
    asked = (model, params.groups, params.max_tokens_per_batch, context.check_cancelled, report, report.note)
    if distributed.world_size() == 1:
        scored, tokens = score_groups(*asked)
    else:
        scored, tokens = score_shared(open_board("score"), *asked, per_token=bool(params.per_token))
    if not distributed.is_main():
        return None
    groups = []
    for group, responses in zip(params.groups, scored, strict=True):
        scores = [p.Score(logprob=response.logprob, tokens=len(response.token_ids)) for response in responses]
        if params.per_token:
            for score, response in zip(scores, responses, strict=True):
                score.token_ids = response.token_ids
                score.token_logprobs = list[p.Real](response.token_logprobs)
                score.token_texts = model.tokenizer.pieces(response.token_ids)
        groups.append(p.ScoredGroup(id=group.id, scores=scores))
    return p.ScoreResult(groups=groups, tokens=tokens, seconds=time.perf_counter() - started)
