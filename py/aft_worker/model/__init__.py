"""Causal language models with their tokenizers: made, loaded, adapted, inspected, saved, digested.

A model that comes from here has been checked: the score path gives what the model itself computes.
"""

from .create import create_model
from .digest import tokenizer_digest
from .gguf_file import convert_gguf
from .inspection import count_tokens, inspect_model
from .loading import LoadedModel, load_model
from .merging import merge_adapter
from .saving import save_model
from .source import open_tokenizer
