"""A counter-based random number generator: the uniform number of a token is a function of (seed, prompt id,
sample index, step) alone.

It has no state, so neither the batch, nor the order, nor a resume can change what is drawn. The key of a
sample is a SHA-256; its stream is SplitMix64 (Steele, Lea, Flood 2014) read at position `step`. It is drawn
on the model's device, so that a decode step waits for nothing.
"""

import hashlib
import json

from torch import Tensor


def _signed(word: int) -> int:
    """The same 64 bits as the integer that torch has."""
    return word - 2**64 if word >= 2**63 else word


_GOLDEN = _signed(0x9E3779B97F4A7C15)
_MIX_1 = _signed(0xBF58476D1CE4E5B9)
_MIX_2 = _signed(0x94D049BB133111EB)


def sample_key(seed: int, prompt_id: str, index: int) -> int:
    """The key of one sample, 64 bits as a signed integer. JSON keeps (1, "2", 3) and (12, "", 3) apart."""
    text = json.dumps([seed, prompt_id, index], ensure_ascii=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode("ascii")).digest()[:8], "big", signed=True)


def uniforms(keys: Tensor, steps: Tensor) -> Tensor:
    """One uniform in [0, 1) for each key at its step: int64 [n] twice -> float64 [n], with 53 random bits.

    int64 products and sums wrap around, so they are those of the unsigned words.
    """
    z = keys + (steps + 1) * _GOLDEN
    z = (z ^ _shifted(z, 30)) * _MIX_1
    z = (z ^ _shifted(z, 27)) * _MIX_2
    z = z ^ _shifted(z, 31)
    return _shifted(z, 11).double() * 2.0**-53


def _shifted(words: Tensor, bits: int) -> Tensor:
    """To the right, with zeros from the left."""
    return (words >> bits) & ((1 << (64 - bits)) - 1)
