"""Which of the attentions in transformers' table a model goes by."""

from collections.abc import Iterator
from contextlib import contextmanager

from transformers import PreTrainedConfig


@contextmanager
def attending(config: PreTrainedConfig, name: str) -> Iterator[None]:
    """Within it the model of this configuration takes the attention of this name."""
    usual = config._attn_implementation
    config._attn_implementation = name
    try:
        yield
    finally:
        config._attn_implementation = usual
