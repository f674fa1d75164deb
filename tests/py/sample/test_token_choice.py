"""The choice of a token by uniform, with numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from aft_worker.sample import token_choice
from aft_worker.sample.token_choice import choose_tokens, nucleus

LOGITS = torch.log(torch.tensor([[0.5, 0.0, 0.3, 0.2]]))


@pytest.mark.parametrize(
    ("uniform", "token"),
    [(0.0, 0), (0.49, 0), (0.51, 2), (0.79, 2), (0.81, 3), (1 - 2**-53, 3)],
)
def test_the_first_token_whose_cumulative_probability_exceeds_the_uniform(uniform, token):
    ids, logprobs = choose_tokens(LOGITS, torch.tensor([uniform], dtype=torch.float64), 1.0, 1.0)
    assert ids.tolist() == [token]
    assert logprobs.item() == pytest.approx(math.log([0.5, 0.0, 0.3, 0.2][token] or 1), abs=1e-6)


def test_a_token_of_probability_zero_is_never_chosen():
    logits = torch.log(torch.tensor([[0.0, 1.0, 0.0]]))
    for uniform in (0.0, 0.5, 1 - 2**-53):
        assert choose_tokens(logits, torch.tensor([uniform], dtype=torch.float64), 1.0, 1.0)[0].tolist() == [
            1
        ]


def test_temperature_one_half_squares_the_probabilities():
    # 0.25 : 0.09 : 0.04 of 0.38
    for uniform, token in ((0.65, 0), (0.66, 2), (0.894, 2), (0.895, 3)):
        ids, logprobs = choose_tokens(LOGITS, torch.tensor([uniform], dtype=torch.float64), 0.5, 1.0)
        assert ids.tolist() == [token]
        assert logprobs.item() == pytest.approx(math.log([0.5, 0.0, 0.3, 0.2][token]), abs=1e-6)


@pytest.mark.parametrize(("top_p", "kept"), [(0.4, [0]), (0.5, [0]), (0.6, [0, 2]), (0.9, [0, 2, 3])])
def test_the_nucleus_is_the_smallest_set_that_holds_top_p(top_p, kept):
    probabilities = torch.tensor([[0.5, 0.0, 0.3, 0.2]], dtype=torch.float64)
    assert nucleus(probabilities, top_p)[0].nonzero()[:, 0].tolist() == kept


@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_the_log_probability_is_that_without_top_p(temperature):
    ids, logprobs = choose_tokens(LOGITS, torch.tensor([0.9], dtype=torch.float64), temperature, 0.75)
    assert ids.tolist() == [2]
    assert logprobs.item() == pytest.approx(math.log(0.3), abs=1e-6)


def test_no_uniform_is_the_most_probable_token():
    ids, logprobs = choose_tokens(LOGITS, None, 0.0, 1.0)
    assert ids.tolist() == [0]
    assert logprobs.item() == pytest.approx(math.log(0.5), abs=1e-6)


def test_rows_at_once_change_nothing(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(7, 11, generator=generator)
    uniform = torch.rand(7, dtype=torch.float64, generator=generator)
    whole = choose_tokens(logits, uniform, 0.9, 0.95)
    monkeypatch.setattr(token_choice, "_ELEMENTS_AT_ONCE", 22)
    for one, other in zip(whole, choose_tokens(logits, uniform, 0.9, 0.95), strict=True):
        assert torch.equal(one, other)
