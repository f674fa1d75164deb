"""A Llama out of its folder, in numpy: the stand-in starts in a fraction of the second that torch takes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file


class Llama:
    """In float32; `logits(ids)`: of the token after them."""

    def __init__(self, folder: str) -> None:
        self._config = json.loads(Path(folder, "config.json").read_text())
        self._weights = load_file(Path(folder, "model.safetensors"))

    def logits(self, ids: list[int]) -> np.ndarray:
        states = self._weights["model.embed_tokens.weight"][ids]
        for layer in range(self._config["num_hidden_layers"]):
            name = f"model.layers.{layer}"
            states = states + self._attention(name, self._normed(f"{name}.input_layernorm", states))
            states = states + self._perceptron(name, self._normed(f"{name}.post_attention_layernorm", states))
        tied = self._config["tie_word_embeddings"]
        head = "model.embed_tokens" if tied else "lm_head"
        return self._linear(head, self._normed("model.norm", states[-1]))

    def _linear(self, name: str, states: np.ndarray) -> np.ndarray:
        return states @ self._weights[f"{name}.weight"].T

    def _normed(self, name: str, states: np.ndarray) -> np.ndarray:
        square = (states**2).mean(-1, keepdims=True)
        return states / np.sqrt(square + self._config["rms_norm_eps"]) * self._weights[f"{name}.weight"]

    def _perceptron(self, name: str, states: np.ndarray) -> np.ndarray:
        gate = self._linear(f"{name}.mlp.gate_proj", states)
        opened = gate / (1 + np.exp(-gate)) * self._linear(f"{name}.mlp.up_proj", states)
        return self._linear(f"{name}.mlp.down_proj", opened)

    def _attention(self, name: str, states: np.ndarray) -> np.ndarray:
        length, width = len(states), self._config["head_dim"]
        queries, keys, values = (
            self._linear(f"{name}.self_attn.{part}_proj", states).reshape(length, -1, width).swapaxes(0, 1)
            for part in "qkv"
        )
        queries, keys = self._turned(queries), self._turned(keys)
        shared = len(queries) // len(keys)
        keys, values = keys.repeat(shared, 0), values.repeat(shared, 0)
        scores = queries @ keys.swapaxes(1, 2) / np.sqrt(width)
        scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
        weights = np.exp(log_softmax(scores))
        mixed = (weights @ values).swapaxes(0, 1).reshape(length, -1)
        return self._linear(f"{name}.self_attn.o_proj", mixed)

    def _turned(self, heads: np.ndarray) -> np.ndarray:
        """Each head by its position: rotary embeddings."""
        half = heads.shape[-1] // 2
        rates = self._config["rope_parameters"]["rope_theta"] ** (-np.arange(half) / half)
        angles = np.outer(np.arange(heads.shape[1]), rates)
        first, second = heads[..., :half], heads[..., half:]
        cosines, sines = np.cos(angles), np.sin(angles)
        return np.concatenate([first * cosines - second * sines, second * cosines + first * sines], -1)


def log_softmax(values: np.ndarray) -> np.ndarray:
    shifted = values - values.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
