"""Settings that name attention windows: one table, held against every causal class of transformers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aft_worker.score.twin import TWIN, shrunk, text_of
from aft_worker.score.windows import is_window, window_lengths
from classes.causal_classes import kinds
from transformers import CONFIG_MAPPING, LlamaConfig

# All that some class has and that sounds like one: what each is, and whether a twin has it cut.
NAMES = {
    "sliding_window": True,
    "sliding_window_size": True,
    "attention_window_size": True,
    "keep_window_size": True,
    "window_size": True,
    "local_attention": True,
    "local_attention_window_len": True,
    "local_attn_chunk_length": True,
    "lsh_attn_chunk_length": True,
    "attention_chunk_size": True,
    "floor_scale": True,
    "block_size": True,
    "index_block_size": True,
    "index_topk": True,
    "index_topk_blocks": True,
    # periods and numbers of layers
    "_sliding_window_pattern": False,
    "sliding_window_pattern": False,
    "prefix_dense_sliding_window_pattern": False,
    "max_window_layers": False,
    # of a state: sizes
    "chunk_size": False,
    "mamba_chunk_size": False,
    "max_inference_chunksize": False,
    # each token for itself
    "chunk_size_feed_forward": False,
    "chunk_size_lm_head": False,
    # how many there are
    "num_local_experts": False,
    "index_local_blocks": False,
    "local_num_chunks_after": False,
    "local_num_chunks_before": False,
    "lsh_num_chunks_after": False,
    "lsh_num_chunks_before": False,
}


def _numbers() -> Iterator[tuple[Any, str, int]]:
    """(settings of the text model, name, value) of every class that the sweep knows."""
    for model_type in {kind.model_type for kind in kinds()}:
        try:
            text = text_of(CONFIG_MAPPING[model_type]())
        except Exception:  # one that this version of transformers cannot make without settings
            continue
        for name, value in vars(text).items():
            if type(value) is int:
                yield text, name, value


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_is_a_window_or_is_not(name: str) -> None:
    assert is_window(name) == NAMES[name]


def test_a_window_of_any_causal_class_is_cut_in_its_twin_and_crossed_without_one() -> None:
    seen = set()
    for text, name, value in _numbers():
        if not is_window(name) or value < 2:
            continue
        seen.add(name)
        assert name in NAMES, f"{name} of {type(text).__name__} is new: is it a window?"
        assert value in window_lengths(text)
    assert len(seen) > 8


@pytest.mark.parametrize("model_type", ["mistral", "gpt_neo", "llama4_text", "recurrent_gemma"])
def test_a_twin_has_windows_of_a_few_tokens(model_type: str) -> None:
    text = text_of(shrunk(CONFIG_MAPPING[model_type](), TWIN))
    windows = [getattr(text, name) for name in vars(text) if is_window(name)]
    assert windows and max(windows) == TWIN.window


def test_chunks_of_a_state_are_crossed_too_and_numbers_of_experts_are_no_length() -> None:
    settings: dict[str, Any] = {
        "mamba_chunk_size": 16,
        "num_local_experts": 400,
        "chunk_size_feed_forward": 300,
        "sliding_window": 20,
    }
    assert sorted(window_lengths(LlamaConfig(**settings))) == [16, 20]
