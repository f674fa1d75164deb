"""Which settings of a model say how many tokens are seen at once: the one table of their names.

What a class does differently on long rows it does beyond these lengths; its twin has them cut to a few
tokens, and a model without a twin is tried beyond them itself.
"""

from __future__ import annotations

from transformers import PreTrainedConfig

LONGEST = 512
"""Of a model without a twin, longer ones are not crossed: it would cost more than it tells."""

# a part of the setting's name is one of these, whatever the class puts before and after it
_SEEN = (
    "window",
    "chunk_length",
    "attention_chunk_size",
    "local_attention",
    "index_topk",
    "floor_scale",
    "block_size",
)
# layers, or a period of theirs
_COUNTED = ("pattern", "layers")
# over which a state is computed at once; what is fed forward in chunks is computed for each token alone
_STATES = ("chunk_size", "chunksize")
_APART = ("feed_forward", "lm_head")


def is_window(name: str) -> bool:
    """Whether a setting of this name holds how far attention sees, or where that changes."""
    return any(part in name for part in _SEEN) and not any(part in name for part in _COUNTED)


def window_lengths(config: PreTrainedConfig) -> list[int]:
    """In tokens: beyond which lengths a model with these settings may do something else; chunks over which a
    state is computed, too."""
    return [
        value
        for name, value in vars(config).items()
        if isinstance(value, int) and value > 1 and (is_window(name) or _is_chunk(name))
    ]


def _is_chunk(name: str) -> bool:
    return any(part in name for part in _STATES) and not any(part in name for part in _APART)
