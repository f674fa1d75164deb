"""Tiny random models of kinds that slots do not fit, or only by half: with a state, with a cache of their
own, without one, with positions that no mask moves or that change at a length."""

from __future__ import annotations

from typing import Any

import tiny
import torch
from transformers import AutoConfig, AutoModelForCausalLM

_IDS = {"vocab_size": len(tiny.tokenizer()), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
_LAYERS = {
    **_IDS,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}
_STATE = {**_IDS, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}
_EXPERTS = {"num_local_experts": 4, "num_experts_per_tok": 2}
_HYBRID = {
    **_LAYERS,
    "mamba_n_heads": 8,
    "mamba_d_head": 8,
    "mamba_d_state": 8,
    "mamba_chunk_size": 16,
}
ORIGINAL = 64
_LONG = {
    "rope_type": "longrope",
    "rope_theta": 10000.0,
    "short_factor": [1.0] * 4,
    "long_factor": [1.0, 4.0, 16.0, 32.0],
    "factor": 8.0,
    "original_max_position_embeddings": ORIGINAL,
}
_DYNAMIC = {"rope_type": "dynamic", "rope_theta": 10000.0, "factor": 4.0}

# (transformers' name of the kind, its settings)
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "rwkv": ("rwkv", {**_IDS, "hidden_size": 32, "num_hidden_layers": 2, "context_length": 256}),
    "mamba": ("mamba", _STATE),
    "mamba2": ("mamba2", {**_STATE, "num_heads": 8, "head_dim": 8, "n_groups": 2, "chunk_size": 16}),
    "falcon-mamba": ("falcon_mamba", _STATE),
    "recurrent-gemma": (
        "recurrent_gemma",
        {**_LAYERS, "lru_width": 32, "attention_window_size": 6, "num_hidden_layers": 3, "head_dim": 8},
    ),
    "bamba": ("bamba", {**_HYBRID, "num_hidden_layers": 3, "attn_layer_indices": [1]}),
    "falcon-h1": ("falcon_h1", {**_HYBRID, "mamba_d_ssm": 64, "mamba_n_groups": 1}),
    "granite-hybrid": (
        "granitemoehybrid",
        {**_HYBRID, **_EXPERTS, "layer_types": ["mamba", "attention"], "shared_intermediate_size": 32},
    ),
    "jamba": (
        "jamba",
        {
            **_LAYERS,
            "num_hidden_layers": 4,
            "attn_layer_period": 2,
            "attn_layer_offset": 1,
            "num_experts": 4,
            "mamba_d_state": 8,
            "use_mamba_kernels": False,
        },
    ),
    "zamba": (
        "zamba",
        {
            **_LAYERS,
            "num_hidden_layers": 4,
            "attn_layer_period": 2,
            "attn_layer_offset": 1,
            "mamba_d_state": 8,
            "n_mamba_heads": 2,
            "use_mamba_kernels": False,
            "layers_block_type": ["mamba", "hybrid"] * 2,
        },
    ),
    "zamba2": (
        "zamba2",
        {
            **_LAYERS,
            "num_hidden_layers": 4,
            "mamba_d_state": 8,
            "mamba_headdim": 8,
            "n_mamba_heads": 8,
            "use_mamba_kernels": False,
            "num_mem_blocks": 1,
            "layers_block_type": ["mamba", "hybrid"] * 2,
            "chunk_size": 16,
        },
    ),
    "qwen3-next": (
        "qwen3_next",
        {
            **_LAYERS,
            "layer_types": ["linear_attention", "full_attention"],
            "head_dim": 8,
            "linear_num_value_heads": 4,
            "linear_num_key_heads": 2,
            "linear_key_head_dim": 8,
            "linear_value_head_dim": 8,
            "num_experts": 4,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 16,
            "shared_expert_intermediate_size": 16,
        },
    ),
    "lfm2": (
        "lfm2",
        {**_LAYERS, "layer_types": ["conv", "full_attention"], "block_auto_adjust_ff_dim": False},
    ),
    "minimax": (
        "minimax",
        {**_LAYERS, **_EXPERTS, "layer_types": ["linear_attention", "full_attention"], "head_dim": 8},
    ),
    "openai-gpt": ("openai-gpt", {**_IDS, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 256}),
    "xlm": (
        "xlm",
        {
            **_IDS,
            "n_words": _IDS["vocab_size"],
            "emb_dim": 32,
            "n_layers": 2,
            "n_heads": 4,
            "causal": True,
            "max_position_embeddings": 256,
        },
    ),
    "bart": (
        "bart",
        {
            **_IDS,
            "d_model": 32,
            "decoder_layers": 2,
            "decoder_attention_heads": 4,
            "decoder_ffn_dim": 48,
            "is_decoder": True,
            "is_encoder_decoder": False,
            "max_position_embeddings": 256,
        },
    ),
    "bloom": ("bloom", {**_IDS, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "gpt-neo": (
        "gpt_neo",
        {
            **_IDS,
            "hidden_size": 32,
            "num_layers": 2,
            "num_heads": 4,
            "attention_types": [[["global", "local"], 1]],
            "window_size": 8,
            "max_position_embeddings": 256,
        },
    ),
    "phi3": ("phi3", {**_LAYERS, "original_max_position_embeddings": ORIGINAL, "rope_parameters": _LONG}),
    "long-llama": ("llama", {**_LAYERS, "rope_parameters": _LONG}),
    "dynamic-llama": ("llama", {**_LAYERS, "max_position_embeddings": ORIGINAL, "rope_parameters": _DYNAMIC}),
}


def made(name: str, **settings: Any) -> tiny.TinyModel:
    """Of random weights, so large that what is left out shows; of settings other than its own where given."""
    kind, usual = MODELS[name]
    torch.manual_seed(0)
    module = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **{**usual, **settings})).eval()
    noise = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for path, weight in module.named_parameters():
            if weight.dim() >= 2 and "conv" not in path:
                weight.add_(torch.randn(weight.shape, generator=noise) * 0.25)
    return tiny.TinyModel(module, tiny.codec())
