"""One class held against its own plain forward pass: scores, samples and a step of training.

The forward pass is that of a copy for each sequence, so that nothing of an earlier one is left in it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.protocol import GeneratePrompt, ScoreGroup, ScoreResponse
from aft_worker.sample import CollectedJob, SampleRequest, TransformersSampler, collect
from aft_worker.score import score_groups, score_path, without_cache
from aft_worker.score.batching import encode_group
from aft_worker.score.verification import verify_head
from transformers import GenerationConfig, LogitsProcessorList, PreTrainedModel

from .causal_classes import Kind, make

TOLERANCE = 2e-4  # nats a token
TEXT = "2 boxes of 3 are 6. a cat has 4 keys, and 5 more = 9? then 7 * 8 = 56 and so on. "
GROUPS = [
    tiny.score_group("a", (TEXT * 2)[:40], (TEXT * 2)[7:150], TEXT[11:29], TEXT[3:60], "6"),
    tiny.score_group("b", TEXT[5:60], TEXT[:9], (TEXT * 2)[20:110]),
    tiny.score_group("c", "a", "b", TEXT[:70]),
    tiny.score_group("d", TEXT[:21], TEXT[30:66]),
]
PROMPTS = [
    GeneratePrompt(id="p", prompt=TEXT[:50], indices=[0, 1]),
    GeneratePrompt(id="q", prompt=TEXT[:8], indices=[0]),
]
DRAWN = 16


@dataclass
class Held:
    """What was found; `refused`: why the class is refused when it is loaded; `fault` of each of the three,
    where it is wrong or raises what is no refusal, and `apart`, in nats, how far."""

    name: str
    class_name: str
    refused: str | None = None
    rows: str | None = None
    own_logits: bool = False
    scores_apart: float | None = None
    scores_fault: str | None = None
    why: str | None = None
    sampling: str | None = None
    samples_apart: float | None = None
    samples_fault: str | None = None
    training_fault: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value not in (None, False, "")}


class Refused(Exception):
    """In one line, by name."""


def held(kind: Kind) -> Held:
    found = Held(kind.name, kind.class_name)
    try:
        model = tiny.TinyModel(make(kind), tiny.codec())
    except Exception as error:
        found.refused = f"transformers cannot make it here: {type(error).__name__}: {_line(error)}"
        return found
    try:
        verify_head(model)
    except WorkerError as error:
        found.refused = error.message
        return found
    except Exception as error:
        found.scores_fault = f"at load: {type(error).__name__}: {_line(error)}"
        return found
    path = score_path(model.module)
    own = Own(model.module)
    found.rows, found.own_logits, found.why = path.rows, path.head is None, path.why
    found.scores_apart, found.scores_fault = _apart(lambda: _scores(model, own))
    try:
        found.samples_apart, found.samples_fault = _apart(lambda: _samples(model, own, found))
    except Refused as error:
        found.sampling = f"refused: {error}"
    _, found.training_fault = _apart(lambda: _trained(model))
    return found


def _apart(measure: Callable[[], float]) -> tuple[float | None, str | None]:
    try:
        apart = measure()
    except WorkerError as error:
        if error.name == "ModelNotLoaded":
            raise Refused(error.message) from None
        return None, f"{error.name}: {error.message}"
    except Exception as error:
        return None, f"raises {type(error).__name__}: {_line(error)}"
    wrong = not apart <= TOLERANCE
    return float(f"{apart:.1e}"), f"{apart:.2g} nats a token from its own forward pass" if wrong else None


def _scores(model: tiny.TinyModel, own: Own) -> float:
    """The largest difference of a token, in batches of two sizes."""
    worst = 0.0
    expected: dict[tuple[int, ...], torch.Tensor] = {}
    for most in (4096, 300):
        scored, _ = score_groups(model, GROUPS, most)
        for group, scores in zip(GROUPS, scored, strict=True):
            prompt, responses = encode_group(model.tokenizer, group)
            for score, response in zip(scores, responses, strict=True):
                key = (*prompt, -1, *response)
                if key not in expected:
                    expected[key] = own.logprobs(prompt, response)
                apart = torch.tensor(score.token_logprobs) - expected[key]
                worst = max(worst, float(apart.abs().max()))
    return worst


class Own:
    """The model's own forward pass over one sequence; where positions change with a batch, that of a copy."""

    def __init__(self, module: PreTrainedModel) -> None:
        self._module = copy.deepcopy(module)
        self._changes = bool(score_path(module).switches)

    def logprobs(self, prompt: Sequence[int], response: Sequence[int]) -> torch.Tensor:
        logits = self.logits([*prompt, *response])[len(prompt) - 1 : -1]
        return logits.log_softmax(-1).gather(1, torch.tensor(response)[:, None]).squeeze(1)

    @torch.no_grad()
    def logits(self, ids: Sequence[int]) -> torch.Tensor:
        """[T, vocabulary]"""
        module = copy.deepcopy(self._module) if self._changes else self._module
        return module(input_ids=torch.tensor([ids]), **without_cache(module)).logits[0].float()

    def generated(self, prompt: Sequence[int], response: Sequence[int]) -> float:
        """The log-probability of a response, token by token as transformers' `generate` decodes it."""

        def forced(ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
            here = torch.tensor([response[ids.shape[1] - len(prompt)]])
            return torch.full_like(scores, -torch.inf).index_fill_(1, here, 0.0)

        settings = GenerationConfig(max_new_tokens=len(response), do_sample=False, pad_token_id=2)
        out: Any = copy.deepcopy(self._module).generate(
            torch.tensor([list(prompt)]),
            generation_config=settings,
            logits_processor=LogitsProcessorList([forced]),
            output_logits=True,
            return_dict_in_generate=True,
        )
        logprobs = torch.cat(out.logits).log_softmax(-1)
        return float(logprobs.gather(1, torch.tensor(response)[:, None]).sum())


def _samples(model: tiny.TinyModel, own: Own, found: Held) -> float:
    """The largest difference a token of a sample's log-probability: each token's is that of the model's own
    forward pass over all tokens before it; where positions change with the length, that of `generate`."""
    worst = 0.0
    job = CollectedJob(
        SampleRequest(prompts=PROMPTS, max_new_tokens=DRAWN, temperature=1.0, top_p=1.0, seed=5)
    )
    candidates = collect(TransformersSampler(model, None), job)
    found.sampling = None if job.sampler is None else job.sampler.note
    for candidate in candidates:
        prompt = next(one.prompt for one in PROMPTS if one.id == candidate.question_id)
        ids = model.tokenizer.encode_prompt(prompt)
        tokens = candidate.token_ids or []
        if score_path(model.module).switches:
            total = own.generated(ids, tokens)
        else:
            steps = (own.logits([*ids, *tokens[:at]])[-1].log_softmax(-1) for at in range(len(tokens)))
            total = sum(float(logits[token]) for logits, token in zip(steps, tokens, strict=True))
        worst = max(worst, abs(total - (candidate.logprob or 0.0)) / max(1, len(tokens)))
    return worst


def _trained(model: tiny.TinyModel) -> float:
    """A step of AFT: 0 where its scores are those of scoring."""
    group = tiny.train_group("a", TEXT[:30], TEXT[5:40], [TEXT[9:60]], [(TEXT * 2)[2:90], TEXT[7:19]])
    asked = ScoreGroup(
        id="a", prompt=group.prompt, responses=[ScoreResponse(text=one.text) for one in group.responses[1:]]
    )
    (scores,), _ = score_groups(model, [asked], 4096)
    means = [one.logprob / len(one.token_ids) for one in scores]
    told = tiny.trainer(model, tiny.alignment("detached"), max_tokens=200).step(1, [group])
    assert told.mean_positive is not None
    return abs(told.mean_positive - means[0])


def _line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:160] if lines else ""
