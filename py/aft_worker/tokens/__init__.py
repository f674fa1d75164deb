"""Texts and token ids: a codec that is exact both ways, chat templates, and tokenizers made from texts.

Knows tokenizers and no model.
"""

from .chat import render_conversations
from .codec import TokenCodec
from .training import train_tokenizer
