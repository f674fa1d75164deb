"""The architectures that are made from scratch: what each has that the others have not."""

from typing import Any

from transformers import (
    Gemma2Config,
    Gemma3TextConfig,
    LlamaConfig,
    MistralConfig,
    PretrainedConfig,
    Qwen3Config,
)

from ..errors import WorkerError
from ..protocol import ModelCreateParams

GEMMA_SOFTCAPS = {"logit_softcap": 30.0, "attention_softcap": 50.0}  # Gemma 2's own (arXiv 2408.00118)
GEMMA3_PERIOD = 6  # one layer in so many sees everything (arXiv 2503.19786)

_FIELDS = dict(
    zip(ModelCreateParams.__struct_fields__, ModelCreateParams.__struct_encode_fields__, strict=True)
)


def config_of(params: ModelCreateParams, shared: dict[str, Any]) -> PretrainedConfig:
    """The transformers configuration; `shared` are settings that all architectures name alike, such as
    vocab_size. Raises InvalidParams, which names the field, for a shape that does not divide and for an
    option that the architecture does not have.
    """
    _check_shape(params)
    _check_options(params)
    return _MAKERS[params.architecture](params, {**_sizes(params), **shared})


def head_dim(params: ModelCreateParams) -> int:
    return params.head_dim or params.hidden_size // params.heads


def _sizes(params: ModelCreateParams) -> dict[str, Any]:
    return {
        "hidden_size": params.hidden_size,
        "intermediate_size": params.intermediate_size,
        "num_hidden_layers": params.layers,
        "num_attention_heads": params.heads,
        "num_key_value_heads": params.key_value_heads or params.heads,
        "head_dim": head_dim(params),
        "max_position_embeddings": params.max_positions,
        "tie_word_embeddings": params.tie_embeddings,
        "initializer_range": params.init_std,
    }


def _llama(params: ModelCreateParams, sizes: dict[str, Any]) -> PretrainedConfig:
    return LlamaConfig(**sizes)


def _mistral(params: ModelCreateParams, sizes: dict[str, Any]) -> PretrainedConfig:
    """Llama's layers, all of them with the window."""
    return MistralConfig(**sizes, sliding_window=params.sliding_window)


def _qwen(params: ModelCreateParams, sizes: dict[str, Any]) -> PretrainedConfig:
    """Qwen 3: queries and keys are normalised in each head. Of the layers the lower half sees everything, the
    upper half the window. (Qwen 2 is not made: transformers reads every tokenizer beside such a model as
    Qwen's own, whatever its file says.)"""
    window: dict[str, Any] = {"use_sliding_window": False}
    if params.sliding_window is not None:
        window = {
            "use_sliding_window": True,
            "sliding_window": params.sliding_window,
            "max_window_layers": params.layers // 2,
        }
    return Qwen3Config(**sizes, **window)


def _gemma2(params: ModelCreateParams, sizes: dict[str, Any]) -> PretrainedConfig:
    """Scaled embeddings, norms before and after, soft-caps; the window in every second layer, the first one
    among them."""
    caps = {name: getattr(params, name) or default for name, default in GEMMA_SOFTCAPS.items()}
    return Gemma2Config(
        **sizes,
        sliding_window=params.sliding_window or params.max_positions,
        query_pre_attn_scalar=head_dim(params),
        final_logit_softcapping=caps["logit_softcap"],
        attn_logit_softcapping=caps["attention_softcap"],
    )


def _gemma3(params: ModelCreateParams, sizes: dict[str, Any]) -> PretrainedConfig:
    """Scaled embeddings, normalised queries and keys, other rotary frequencies in the layers with the window,
    which are all but every sixth and the last."""
    full = {*range(GEMMA3_PERIOD - 1, params.layers, GEMMA3_PERIOD), params.layers - 1}
    return Gemma3TextConfig(
        **sizes,
        sliding_window=params.sliding_window or params.max_positions,
        query_pre_attn_scalar=head_dim(params),
        layer_types=["full_attention" if at in full else "sliding_attention" for at in range(params.layers)],
    )


_MAKERS = {
    "llama": _llama,
    "mistral": _mistral,
    "qwen": _qwen,
    "gemma": _gemma2,
    "gemma3": _gemma3,
}


def _check_shape(params: ModelCreateParams) -> None:
    heads, kv_heads = params.heads, params.key_value_heads or params.heads
    if params.head_dim is not None and params.head_dim % 2:
        raise _invalid(
            "headDim", params.head_dim, f"headDim {params.head_dim} is odd: rotary positions turn pairs"
        )
    if params.hidden_size % heads or head_dim(params) % 2:
        even = "" if params.head_dim else " of an even size (rotary positions turn pairs)"
        raise _invalid(
            "heads", heads, f"hiddenSize {params.hidden_size} does not divide into {heads} heads{even}"
        )
    if heads % kv_heads:
        raise _invalid(
            "keyValueHeads", kv_heads, f"{heads} heads do not divide among {kv_heads} key-value heads"
        )


def _check_options(params: ModelCreateParams) -> None:
    kind = params.architecture
    if kind == "llama" and params.sliding_window is not None:
        raise _not_of(kind, "sliding_window", params.sliding_window, "mistral, qwen, gemma or gemma3")
    for name in GEMMA_SOFTCAPS:
        value = getattr(params, name)
        if kind != "gemma" and value is not None:
            raise _not_of(kind, name, value, "gemma")
    if kind == "gemma" and params.attention not in ("auto", "eager", "flex_attention"):
        raise _invalid(
            "attention",
            params.attention,
            f"attention {params.attention} has no soft-cap, which gemma's attention needs; "
            "take auto or eager",
        )


def _not_of(architecture: str, name: str, value: float, architectures: str) -> WorkerError:
    field = _FIELDS[name]
    return _invalid(field, value, f"{field} goes with architecture {architectures}, found {architecture}")


def _invalid(field: str, found: float | str, message: str) -> WorkerError:
    return WorkerError("InvalidParams", message, pointer=f"/{field}", found=str(found))
