"""What the check at load finds: the fastest way that gives a model's own forward pass, or why none does."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.score import score_groups, score_path
from aft_worker.score.batching import encode_group
from aft_worker.score.head import heads
from aft_worker.score.twin import TWIN, shrunk
from aft_worker.score.verification import scored_how, verify_head
from torch import nn
from transformers import (
    AutoModelForCausalLM,
    BertConfig,
    BloomConfig,
    CohereConfig,
    FalconConfig,
    GPTNeoConfig,
    GraniteConfig,
    Llama4TextConfig,
    MiniCPM3Config,
    MistralConfig,
    OpenAIGPTConfig,
    PreTrainedConfig,
    RecurrentGemmaConfig,
    RwkvConfig,
)

SIZES = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
GROUPS = [
    tiny.score_group("a", "2 boxes of 3?", "2 * 3 = 6", "6", "2 + 3 = 5. a longer one, of 4 keys"),
    tiny.score_group("b", "how many are left, if any?", "none at all", "4 4 4"),
]
NEO = {
    "vocab_size": 64,
    "hidden_size": 16,
    "num_layers": 2,
    "num_heads": 2,
    "window_size": 16,
    "max_position_embeddings": 128,
    "attention_types": [[["global", "local"], 1]],
}


def made(config: PreTrainedConfig) -> tiny.TinyModel:
    torch.manual_seed(0)
    module = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    with torch.no_grad():
        for weight in module.parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.4)
    return tiny.TinyModel(module, tiny.codec())


def check(model: tiny.TinyModel) -> None:
    scored, _ = score_groups(model, GROUPS, 4096)
    for group, scores in zip(GROUPS, scored, strict=True):
        prompt, responses = encode_group(model.tokenizer, group)
        for score, response in zip(scores, responses, strict=True):
            with torch.no_grad():
                logits = model.module(input_ids=torch.tensor([prompt + response])).logits[0].double()
            logits = logits[len(prompt) - 1 : -1].log_softmax(-1)
            expected = logits.gather(1, torch.tensor(response)[:, None]).squeeze(1).tolist()
            assert score.token_logprobs == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("config", "rows"),
    [
        (GPTNeoConfig(**NEO), "single"),
        (BloomConfig(vocab_size=64, hidden_size=16, n_layer=2, n_head=2), "single"),
        (FalconConfig(**SIZES, alibi=True), "single"),
        (FalconConfig(**SIZES), "shared"),
        (OpenAIGPTConfig(vocab_size=64, n_embd=16, n_layer=2, n_head=2), "single"),
        (RwkvConfig(vocab_size=64, hidden_size=16, attention_hidden_size=16, num_hidden_layers=2), "single"),
    ],
    ids=["window of places", "alibi", "falcon alibi", "falcon", "no cache to leave out", "state"],
)
def test_what_cannot_share_rows_gets_rows_of_its_own_and_says_so(config, rows) -> None:
    model = made(config)
    verify_head(model)
    assert score_path(model.module).rows == rows
    check(model)
    how = scored_how(model)
    assert (how is None) == (rows == "shared")
    assert how is None or f"{type(model.module).__name__} is scored with one response a row (" in how


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        (GraniteConfig(**SIZES, intermediate_size=32, num_key_value_heads=1, logits_scaling=8.0), 1 / 8),
        (CohereConfig(**SIZES, intermediate_size=32, num_key_value_heads=1, logit_scale=0.0625), 0.0625),
    ],
    ids=["divided", "multiplied"],
)
def test_a_factor_of_the_logits_is_followed_also_in_training(config, scale) -> None:
    model = made(config)
    verify_head(model)
    path = score_path(model.module)
    assert path.rows == "shared" and path.head is not None and path.head.scale == scale
    check(model)
    group = tiny.train_group("a", "2 boxes?", "6", ["2 * 3 = 6"], ["5"])

    def step(own: bool) -> dict[str, torch.Tensor]:
        one = made(config)
        verify_head(one)
        if own:
            score_path(one.module).head = None
        tiny.trainer(one, tiny.alignment()).step(1, [group])
        return one.module.state_dict()

    followed, own = step(own=False), step(own=True)
    for name, weight in followed.items():
        assert torch.allclose(weight, own[name], atol=1e-4), name


def test_minicpm_llama4_and_recurrent_gemma_are_followed() -> None:
    sizes = {**SIZES, "intermediate_size": 32, "num_key_value_heads": 2}
    latent = {
        "kv_lora_rank": 8,
        "q_lora_rank": 8,
        "qk_nope_head_dim": 8,
        "qk_rope_head_dim": 8,
        "v_head_dim": 8,
    }
    chunked = {
        "attention_chunk_size": 8,
        "floor_scale": 8,
        "num_local_experts": 2,
        "intermediate_size_mlp": 32,
    }
    for config in (
        MiniCPM3Config(**sizes, **latent),
        Llama4TextConfig(**sizes, **chunked, head_dim=8, pad_token_id=0),
        RecurrentGemmaConfig(
            **{**SIZES, "num_hidden_layers": 3}, intermediate_size=32, lru_width=16, attention_window_size=8
        ),
    ):
        model = made(config)
        verify_head(model)
        assert score_path(model.module).head is not None, type(config).__name__
        check(model)


def test_a_head_behind_a_layer_of_its_own_is_scored_by_the_models_own_logits() -> None:
    model = made(BertConfig(**SIZES, intermediate_size=32, is_decoder=True))
    verify_head(model)
    assert score_path(model.module).head is None
    check(model)


def test_what_is_not_causal_is_refused_with_class_and_reason() -> None:
    model = made(BertConfig(**SIZES, intermediate_size=32))
    with pytest.raises(WorkerError, match="BertLMHeadModel cannot be scored: it is not causal") as caught:
        verify_head(model)
    assert caught.value.name == "ModelNotLoaded"


def test_a_forward_pass_that_draws_is_refused() -> None:
    model = tiny.llama()
    norm = model.module.model.norm.forward
    model.module.model.norm.forward = lambda hidden: norm(hidden + torch.randn_like(hidden))
    with pytest.raises(WorkerError, match="its own forward pass gives other logits each time"):
        verify_head(model)


def test_a_forward_pass_that_fails_is_refused_in_one_line() -> None:
    model = tiny.llama()

    def broken(*args, **kwargs):
        raise IndexError("list index out of range\nand more")

    model.module.model.norm.forward = broken
    with pytest.raises(WorkerError) as caught:
        verify_head(model)
    assert caught.value.message == (
        "LlamaForCausalLM cannot be scored: its own forward pass fails on token ids alone "
        "(IndexError: list index out of range)"
    )


def test_a_twin_has_the_kinds_of_layers_of_its_model_and_none_of_its_lengths() -> None:
    config = MistralConfig(
        hidden_size=4096, num_attention_heads=32, num_key_value_heads=8, sliding_window=4096
    )
    small = shrunk(config, TWIN)
    assert small.sliding_window == TWIN.window and small.max_position_embeddings == TWIN.positions
    assert small.num_attention_heads == 2 and small.num_key_value_heads == 1 and small.num_hidden_layers == 2
    assert config.sliding_window == 4096 and config.num_hidden_layers == 32


def test_the_check_of_a_large_window_takes_few_tokens() -> None:
    """A window of thousands of tokens is not crossed by the model itself."""
    model = tiny.mistral(sliding_window=100_000)
    lengths: list[int] = []
    forward = model.module.model.forward

    def seen(*args, **kwargs):
        lengths.append(kwargs["input_ids"].shape[1])
        return forward(*args, **kwargs)

    model.module.model.forward = seen
    verify_head(model)
    assert score_path(model.module).share and max(lengths) < 16 and len(lengths) < 10


def test_the_factors_and_caps_that_logits_may_have_are_tried_the_likeliest_first() -> None:
    settings = SimpleNamespace(logits_scaling=4.0, final_logit_softcapping=30.0)
    found = [(head.scale, head.softcap) for head in heads(nn.Linear(2, 3), settings)]
    assert found == [(0.25, 30.0), (0.25, None), (4.0, 30.0), (4.0, None), (1.0, 30.0), (1.0, None)]
