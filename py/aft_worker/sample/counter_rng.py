"""A counter-based random number generator: the uniform number of a token is a function of (seed, prompt id,
sample index, step) alone.

It has no state, so neither the batch, nor the order, nor a resume can change what is drawn. The key
of a sample is a SHA-256; its stream is SplitMix64 (Steele, Lea, Flood 2014) read at position `step`.
"""

import hashlib
import json

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def sample_key(seed: int, prompt_id: str, index: int) -> int:
    """The 64-bit key of one sample. JSON keeps (1, "2", 3) and (12, "", 3) apart."""
    text = json.dumps([seed, prompt_id, index], ensure_ascii=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode("ascii")).digest()[:8], "big")


def uniforms(keys: np.ndarray, step: int) -> np.ndarray:
    """One uniform in [0, 1) for each key: uint64 [n] -> float64 [n], with 53 random bits."""
    with np.errstate(over="ignore"):
        z = keys + np.uint64(step + 1) * _GOLDEN
        z = (z ^ (z >> np.uint64(30))) * _MIX_1
        z = (z ^ (z >> np.uint64(27))) * _MIX_2
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
