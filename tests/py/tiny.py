"""Small random models and a tokenizer of one token a character, for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from aft_worker.callbacks import CheckCancelled, never_cancelled
from aft_worker.protocol import (
    AlignmentLoss,
    GeneratePrompt,
    LossSettings,
    OptimizerSettings,
    SampledCandidate,
    ScheduleSettings,
    ScoreGroup,
    ScoreResponse,
    TrainGroup,
    TrainResponse,
)
from aft_worker.sample import CollectedJob, SampleRequest, TransformersSampler, collect
from aft_worker.score import Model
from aft_worker.tokens import TokenCodec
from aft_worker.train import Trainer
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

CHARACTERS = " .,?=+*#0123456789abcdefghijklmnopqrstuvwxyzABC"
WINDOW = 6


@dataclass
class TinyModel:
    module: PreTrainedModel
    tokenizer: TokenCodec
    max_positions: int = 0

    @property
    def device(self) -> torch.device:
        return next(self.module.parameters()).device

    @property
    def dtype(self) -> torch.dtype:
        return next(self.module.parameters()).dtype


def tokenizer(
    bos: bool = True, template: str = "<s> $A", pad: str | None = "<pad>", extra: Sequence[str] = ()
) -> PreTrainedTokenizerFast:
    """Ids: <s> 0, </s> 1, <pad> 2, <unk> 3, then the characters. `template` is used when `bos` is."""
    names = ["<s>", "</s>", "<pad>", "<unk>", *CHARACTERS, *extra]
    vocabulary = {name: index for index, name in enumerate(names)}
    backend = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    backend.decoder = decoders.Fuse()
    if bos:
        backend.post_processor = TemplateProcessing(single=template, special_tokens=[("<s>", 0), ("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<s>", eos_token="</s>", pad_token=pad, unk_token="<unk>"
    )


def codec(**settings) -> TokenCodec:
    return TokenCodec(tokenizer(**settings))


SIZES = {
    "vocab_size": 4 + len(CHARACTERS),
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "max_position_embeddings": 256,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "pad_token_id": 2,
    # far from uniform, so that a wrong mask or position shows
    "initializer_range": 0.4,
}


def llama(seed: int = 0, **settings) -> TinyModel:
    torch.manual_seed(seed)
    config = LlamaConfig(**{**SIZES, "tie_word_embeddings": True, **settings})
    return TinyModel(LlamaForCausalLM(config).eval(), codec())


def gemma2(**settings) -> TinyModel:
    """Soft-caps on attention and on the logits, a sliding window in every second layer; eager attention."""
    torch.manual_seed(1)
    caps = {"attn_logit_softcapping": 5.0, "final_logit_softcapping": 3.0}
    sizes = {**SIZES, "head_dim": 8, "sliding_window": WINDOW, "query_pre_attn_scalar": 8, **caps, **settings}
    return TinyModel(Gemma2ForCausalLM(Gemma2Config(**sizes)).eval(), codec())


def qwen2(**settings) -> TinyModel:
    """A sliding window in the second of two layers under SDPA, biases in the attention."""
    torch.manual_seed(3)
    window = {"use_sliding_window": True, "sliding_window": WINDOW, "max_window_layers": 1}
    config = Qwen2Config(**{**SIZES, **window, **settings})
    return TinyModel(Qwen2ForCausalLM(config).eval(), codec())


def mistral(**settings) -> TinyModel:
    """A sliding window in every layer, untied embeddings."""
    torch.manual_seed(2)
    sizes = {**SIZES, "sliding_window": WINDOW, "tie_word_embeddings": False, **settings}
    return TinyModel(MistralForCausalLM(MistralConfig(**sizes)).eval(), codec())


MODELS = {
    "llama": llama,
    "llama-eager": lambda: llama(attn_implementation="eager"),
    "gemma2": gemma2,
    "qwen2": qwen2,
    "mistral": mistral,
}


def score_group(id: str, prompt: str, *responses: str) -> ScoreGroup:
    return ScoreGroup(id=id, prompt=prompt, responses=[ScoreResponse(text=text) for text in responses])


def train_group(
    id: str,
    prompt: str,
    target: str | None = None,
    positive: Sequence[str] = (),
    negative: Sequence[str] = (),
) -> TrainGroup:
    responses = [TrainResponse(text=target, target=True)] if target is not None else []
    responses += [TrainResponse(text=text, target=False, label="positive", rank=1) for text in positive]
    responses += [TrainResponse(text=text, target=False, label="negative", rank=2) for text in negative]
    return TrainGroup(id=id, prompt=prompt, responses=responses)


def optimizer(**settings) -> OptimizerSettings:
    usual = {
        "learning_rate": 1e-2,
        "betas": (0.9, 0.98),
        "epsilon": 1e-8,
        "weight_decay": 0.01,
        "clip_norm": 1.0,
    }
    return OptimizerSettings(**{**usual, **settings})


def schedule(**settings) -> ScheduleSettings:
    usual = {"shape": "cosine", "total_steps": 20, "warmup_steps": 2, "minimum_ratio": 0.0}
    return ScheduleSettings(**{**usual, **settings})


def trainer(
    model: Model,
    loss: LossSettings,
    *,
    seed: int = 0,
    max_tokens: int = 4096,
    optimizer: OptimizerSettings | None = None,
    schedule: ScheduleSettings | None = None,
    resume_from: str | Path | None = None,
    recorded: int | None = None,
    halves: bool = True,
) -> Trainer:
    return Trainer(
        model,
        optimizer=optimizer or _optimizer(),
        schedule=schedule or _schedule(),
        loss=loss,
        seed=seed,
        max_tokens_per_batch=max_tokens,
        resume_from=resume_from,
        recorded=recorded,
        halves=halves,
    )


def sample(
    model: Model,
    prompts: Sequence[GeneratePrompt],
    *,
    slots: int | None = None,
    check_cancelled: CheckCancelled = never_cancelled,
    on_candidates: Callable[[list[SampledCandidate]], None] = lambda candidates: None,
    **settings,
) -> list[SampledCandidate]:
    """Candidates in the order in which they finish."""
    usual = {"max_new_tokens": 20, "temperature": 1.0, "top_p": 1.0, "seed": 5}
    request = SampleRequest(prompts=prompts, **{**usual, **settings})
    job = CollectedJob(request, check_cancelled, on_candidates)
    return collect(TransformersSampler(model, slots), job)


_optimizer, _schedule = optimizer, schedule


def alignment(constraint: str = "boundary", **settings) -> AlignmentLoss:
    usual = {"constraint": constraint, "weight": 1.0, "beta": 0.1, "detach_boundary": True}
    return AlignmentLoss(**{**usual, **settings})
