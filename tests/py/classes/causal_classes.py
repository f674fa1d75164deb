"""Every class in transformers' causal mapping, small and random: how each is made.

A class is made of its own default settings, cut by the rules by which a model's twin is made; what those do
not know stands here.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from aft_worker.score.twin import Lengths, shrunk, spread, text_of
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, PreTrainedModel
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

# Other lengths than a twin's: what holds there holds at others.
LENGTHS = Lengths(window=20, original=60, positions=256)
MOST_PARAMETERS = 250_000_000


@dataclass(frozen=True)
class Kind:
    """A class with settings: `settings` of its configuration before it is cut, `after` what is set then;
    `cut` False: they are small already, and go together in a way of their own."""

    model_type: str
    what: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    change: Callable[[Any], None] | None = None
    cut: bool = True

    @property
    def name(self) -> str:
        return f"{self.model_type} ({self.what})" if self.what else self.model_type

    @property
    def class_name(self) -> str:
        return MODEL_FOR_CAUSAL_LM_MAPPING_NAMES[self.model_type]


def make(kind: Kind) -> PreTrainedModel:
    """In float32, a function of the kind alone. Raises whatever its constructor raises."""
    config = CONFIG_MAPPING[kind.model_type](**copy.deepcopy(kind.settings))
    if kind.cut:
        config = shrunk(config, LENGTHS)
    text = text_of(config)
    for name, value in kind.after.items():
        setattr(text if hasattr(text, name) else config, name, value)
    if kind.change is not None:
        kind.change(config)
    with torch.device("meta"):
        size = sum(weight.numel() for weight in AutoModelForCausalLM.from_config(config).parameters())
    if size > MOST_PARAMETERS:
        raise ValueError(f"{size:,} parameters after all is cut")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        module = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
        spread(module)
    return module


DECODER = {"is_decoder": True}
LONGROPE = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "short_factor": [1.0] * 48,
    "long_factor": [4.0 + at / 8 for at in range(48)],
    "original_max_position_embeddings": 4096,
}


def _small_parts(config: Any) -> None:
    """What a multimodal class has beside its text model."""
    for part in (config.vision_config, config.audio_config):
        for name, value in {
            "hidden_size": 32, "intermediate_size": 32, "num_attention_heads": 2, "num_blocks": 1,
            "num_hidden_layers": 1, "ext_pw_out_channel": 32, "depthwise_separable_out_channel": 32,
            "nemo_conv_channels": 32,
        }.items():  # fmt: skip
            if hasattr(part, name):
                setattr(part, name, value)


def _small_dbrx(config: Any) -> None:
    config.d_model, config.n_heads, config.n_layers = 64, 2, 2
    config.attn_config.rope_theta, config.attn_config.clip_qkv = 1e4, 8.0
    config.ffn_config.ffn_hidden_size = config.ffn_config.hidden_size = 64


def _small_blt(config: Any) -> None:
    """Of its five models each."""
    config.encoder_hash_byte_group_vocab = 500
    for part in (config.patcher_config, config.encoder_config, config.decoder_config, config.global_config):
        part.hidden_size, part.num_attention_heads, part.num_key_value_heads = 32, 2, 2
        part.head_dim = 16
        part.intermediate_size, part.num_hidden_layers, part.max_position_embeddings = 32, 1, 512
        if hasattr(part, "hidden_size_global"):
            part.hidden_size_global = 64
        if hasattr(part, "encoder_hash_byte_group_vocab"):
            part.encoder_hash_byte_group_vocab = 500
    # two of a byte's are one of a patch
    config.global_config.hidden_size, config.global_config.head_dim = 64, 32


SPECIAL: dict[str, Kind] = {}
VARIANTS: list[Kind] = []


def _special(model_type: str, **parts: Any) -> None:
    SPECIAL[model_type] = Kind(model_type, **parts)


def _variant(model_type: str, what: str, **parts: Any) -> None:
    VARIANTS.append(Kind(model_type, what, **parts))


for _bert in (
    "bert", "bert-generation", "camembert", "data2vec-text", "electra", "ernie", "megatron-bert", "rembert",
    "roberta", "roberta-prelayernorm", "roc_bert", "roformer", "xlm-roberta", "xlm-roberta-xl", "xmod",
):  # fmt: skip
    _special(_bert, settings=DECODER)
_special("big_bird", settings={**DECODER, "attention_type": "original_full"})
_special("xlm", settings={"causal": True})
_special("reformer", settings=DECODER)
for _old in ("blenderbot", "bigbird_pegasus", "trocr"):
    _special(_old, after={"max_position_embeddings": 256})
for _no_size in ("nemotron", "ministral", "hunyuan_v1_dense"):
    _special(_no_size, settings={"head_dim": 128})
_special("hunyuan_v1_moe", settings={"head_dim": 128, "num_experts": 4, "moe_topk": 2})
_special("lfm2_moe", settings={"layer_types": ["conv", "full_attention"] * 16})
_special(
    "dots1",
    settings={
        "n_routed_experts": 8,
        "n_shared_experts": 1,
        "num_experts_per_tok": 2,
        "first_k_dense_replace": 1,
    },
)
_special("dbrx", change=lambda config: _small_dbrx(config))
_special("dots3_note", settings={"index_n_heads": 2, "q_lora_rank": 64, "kv_lora_rank": 64})
_special("dots3_note_text", settings={"index_n_heads": 2, "q_lora_rank": 64, "kv_lora_rank": 64})
_special("deepseek_v4", settings={"index_n_heads": 2, "q_lora_rank": 64, "o_lora_rank": 64})
_special("codegen", after={"n_head": 4, "n_embd": 1024})
_special("deepseek_v2", settings={"num_experts_per_tok": 2, "n_group": 1, "topk_group": 1})
_special("falcon_h1", settings={"mamba_d_ssm": 64, "mamba_n_heads": 4, "mamba_d_head": 16})
_special("nemotron", settings={"head_dim": 128, "num_key_value_heads": 8})
_special("granitemoehybrid", after={"mamba_n_heads": 8})
_special("kimi_linear", settings={"linear_head_dim": 16, "linear_num_heads": 2})
_special("bailing_hybrid", settings={"head_dim": 16})
_special("xmod", settings={**DECODER, "default_language": "en_XX"})
_special("phi4_multimodal", change=lambda config: _small_parts(config))
_special("blt", change=lambda config: _small_blt(config))
_special(
    "cohere_compass_text",
    change=lambda config: setattr(
        config,
        "rope_parameters",
        {kind: {"rope_type": "default", "rope_theta": 1e4} for kind in config.layer_types},
    ),
)
SMALL = {
    "vocab_size": 160,
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}
_special(
    "zamba",
    cut=False,
    settings={
        **SMALL,
        "num_hidden_layers": 8,
        "attn_layer_period": 3,
        "attn_layer_offset": 2,
        "n_mamba_heads": 2,
    },
)
_special(
    "zamba2",
    cut=False,
    settings={
        **SMALL,
        "num_hidden_layers": 6,
        "n_mamba_heads": 4,
        "mamba_ngroups": 1,
        "mamba_d_state": 16,
        "chunk_size": 16,
        "adapter_rank": 8,
        "layers_block_type": ["mamba", "mamba", "hybrid", "mamba", "hybrid", "mamba"],
    },
)
_special(
    "reformer",
    cut=False,
    settings={**DECODER, "vocab_size": 160, "axial_pos_embds": False, "max_position_embeddings": 256},
)
INDEXER = {
    "indexer_n_heads": 2,
    "indexer_kv_heads": 1,
    "indexer_head_dim": 256,
    "indexer_budget": 16,
    "indexer_compress_ratio": 4,
}
_special("qwen4_exp", after=INDEXER)
_special("qwen4_exp_text", after=INDEXER)
_special("mamba2", after={"num_heads": 2, "n_groups": 1})
_special("bamba", after={"mamba_n_heads": 8, "mamba_n_groups": 1, "attn_layer_indices": [1]})
_variant("bert", "not a decoder")
_variant("falcon", "alibi", settings={"alibi": True})
_variant("phi3", "longrope", settings={"rope_parameters": LONGROPE, "max_position_embeddings": 131072})
_variant(
    "llama",
    "dynamic NTK",
    settings={"rope_parameters": {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0}},
)
_variant(
    "llama",
    "yarn",
    settings={
        "rope_parameters": {
            "rope_type": "yarn",
            "factor": 4.0,
            "rope_theta": 10000.0,
            "original_max_position_embeddings": 2048,
        }
    },
)
_variant("granite", "scaled logits", settings={"logits_scaling": 8.0, "embedding_multiplier": 12.0})
_variant("gpt2", "scaled by layer", settings={"scale_attn_by_inverse_layer_idx": True})
_variant("mistral", "no window", settings={"sliding_window": None})
_variant(
    "qwen2", "windows", settings={"use_sliding_window": True, "sliding_window": 4096, "max_window_layers": 16}
)


def kinds() -> Iterator[Kind]:
    """All, in the order of their names."""
    for model_type in sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES):
        yield SPECIAL.get(model_type, Kind(model_type))
        yield from (one for one in VARIANTS if one.model_type == model_type)
