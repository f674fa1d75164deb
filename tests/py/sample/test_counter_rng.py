"""The noise of sampling: fixed for all time, uniform, and different wherever it should be."""

from __future__ import annotations

import numpy as np
import torch
from aft_worker.sample.counter_rng import sample_key, uniforms


def reference(key: int, step: int) -> float:
    """SplitMix64 in Python's own integers."""
    mask = 2**64 - 1
    z = (key + (step + 1) * 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    z ^= z >> 31
    return (z >> 11) / 2**53


def drawn_at(keys: list[int], step: int) -> np.ndarray:
    words = torch.tensor(keys)
    return uniforms(words, torch.full_like(words, step)).numpy()


def test_it_is_splitmix64():
    # the first output of SplitMix64 for the state 0 is 0xE220A8397B1DCDAF
    assert drawn_at([0], 0)[0] == (0xE220A8397B1DCDAF >> 11) / 2**53
    # as signed words: 2^63 and 2^64 - 1 among them
    keys = [0, 1, -(2**63), -1, *(sample_key(0, "q", index) for index in range(50))]
    for step in (0, 1, 77, 10_000):
        assert drawn_at(keys, step).tolist() == [reference(key % 2**64, step) for key in keys]
    steps = torch.tensor([3, 0, 500])
    expected = [reference(key % 2**64, step) for key, step in zip(keys, steps.tolist(), strict=False)]
    assert uniforms(torch.tensor(keys[:3]), steps).tolist() == expected


def test_the_key_of_a_sample_never_changes():
    assert sample_key(1, "gsm8k-17", 3) % 2**64 == 0xF5AA75B3CD6D698A


def test_seed_id_and_index_each_give_another_key():
    keys = [
        sample_key(seed, name, index)
        for seed in (-1, 0, 1, 12)
        for name in ("", "1", "2", "é", "\ud800", '"')
        for index in range(20)
    ]
    assert len(set(keys)) == len(keys) == 480


def test_it_is_uniform_over_samples_and_over_steps():
    keys = [sample_key(0, "q", index) for index in range(2000)]
    one = [sample_key(0, "q", 0)]
    steps = np.concatenate([drawn_at(one, step) for step in range(2000)])
    for drawn in (drawn_at(keys, 0), drawn_at(keys, 7), steps):
        assert drawn.min() >= 0 and drawn.max() < 1
        counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
        # 19 degrees of freedom: mean 19, standard deviation 6.2
        assert ((counts - 100) ** 2 / 100).sum() < 19 + 4 * 6.2
    # neighbours in step are not correlated
    assert abs(np.corrcoef(steps[:-1], steps[1:])[0, 1]) < 4 / np.sqrt(2000)
