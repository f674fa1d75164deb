"""What a model does with texts: prompts rendered, responses sampled and scored."""

import time

from .. import protocol as p
from ..model import open_tokenizer
from ..rpc import CandidateReporter, Context, CountReporter
from ..sample import SampleRequest, open_sampler
from ..score import score_groups
from ..tokens import render_conversations
from .registries import models


def render(params: p.PromptRenderParams, context: Context) -> p.PromptRenderResult:
    tokenizer = open_tokenizer(params.source, params.revision)
    return p.PromptRenderResult(texts=render_conversations(tokenizer, params.conversations, params.source))


def generate(params: p.GenerateParams, context: Context) -> p.GenerateResult:
    started = time.perf_counter()
    model = models.get(params.model)
    request = SampleRequest(
        prompts=params.prompts,
        max_new_tokens=params.max_new_tokens,
        temperature=params.temperature,
        top_p=params.top_p,
        seed=params.seed,
        stop=params.stop or (),
        max_tokens_per_batch=params.max_tokens_per_batch,
    )
    reporter = CandidateReporter(context, sum(len(prompt.indices) for prompt in params.prompts))
    try:
        totals = open_sampler("transformers", model).sample(
            request, check_cancelled=reporter.check_cancelled, on_candidates=reporter.add
        )
    finally:
        reporter.flush()
    return p.GenerateResult(
        candidates=totals.candidates,
        tokens=totals.tokens,
        seconds=time.perf_counter() - started,
        digest=model.digest(),
    )


def score(params: p.ScoreParams, context: Context) -> p.ScoreResult:
    started = time.perf_counter()
    model = models.get(params.model)
    scored, tokens = score_groups(
        model, params.groups, params.max_tokens_per_batch, context.check_cancelled, CountReporter(context)
    )
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
