"""The states that predict response tokens, and the fixed order of their gradient."""

from __future__ import annotations

import torch
from aft_worker.score.batching import Row
from aft_worker.score.padded import collate
from aft_worker.score.predictors import predictor_states


def test_the_gradient_of_a_prompts_last_state_is_the_sum_over_its_responses() -> None:
    rows = [Row([1, 2], [[3], [4, 5], [6]], [0, 1, 2]), Row([7], [[8, 9]], [3])]
    batch = collate(rows, 0)
    hidden = torch.randn(12, 4, dtype=torch.float64, requires_grad=True)
    found = predictor_states(hidden, batch)
    by = torch.randn(6, 4, dtype=torch.float64)
    # written out: rows of 6 places; the prompts' last are 1 and 6
    assert batch.gather.tolist() == [1, 1, 3, 1, 6, 7]
    assert torch.equal(found, hidden[[1, 1, 3, 1, 6, 7]])
    (gradient,) = torch.autograd.grad(found, hidden, by)
    expected = torch.zeros_like(hidden)
    for place, row in zip([1, 1, 3, 1, 6, 7], by, strict=True):
        expected[place] += row
    torch.testing.assert_close(gradient, expected, rtol=1e-14, atol=1e-14)


def test_many_equal_addends_in_bfloat16_are_added_in_float32() -> None:
    batch = collate([Row([1], [[2]] * 400, list(range(400)))], 0)
    hidden = torch.zeros(401, 1, dtype=torch.bfloat16, requires_grad=True)
    found = predictor_states(hidden, batch)
    (gradient,) = torch.autograd.grad(found, hidden, torch.ones_like(found))
    # in bfloat16 the sum would stay at 256
    assert gradient[0].item() == 400
