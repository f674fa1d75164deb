"""Log-probabilities in chunks: equal to the plain formula, whatever the chunk, and flat in memory."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from aft_worker.score import logprobs
from aft_worker.score.logprobs import chunked_logprobs
from largest_tensor import LargestTensor


def inputs(rows: int, width: int, vocabulary: int, dtype=torch.float64):
    torch.manual_seed(0)
    hidden = torch.randn(rows, width, dtype=dtype, requires_grad=True)
    weight = torch.randn(vocabulary, width, dtype=dtype, requires_grad=True)
    bias = torch.randn(vocabulary, dtype=dtype, requires_grad=True)
    return hidden, weight, bias, torch.randint(vocabulary, (rows,))


def plain(hidden, weight, bias, targets, softcap, scale=1.0):
    logits = scale * F.linear(hidden, weight, bias)
    if softcap is not None:
        logits = softcap * torch.tanh(logits / softcap)
    return logits.log_softmax(-1).gather(1, targets[:, None]).squeeze(1)


@pytest.mark.parametrize(("softcap", "scale"), [(None, 1.0), (2.0, 1.0), (None, 0.3), (2.0, 3.0)])
@pytest.mark.parametrize("chunk", [1, 3, 7, 100, None])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("fused", [False, True])
def test_value_and_gradient_equal_the_plain_formula_for_every_chunk(
    softcap, scale, chunk, with_bias, fused
) -> None:
    hidden, weight, bias, targets = inputs(7, 5, 11)
    leaves = [hidden, weight, bias] if with_bias else [hidden, weight]
    bias = bias if with_bias else None
    weights = torch.linspace(-1, 2, 7, dtype=torch.float64)
    expected = plain(hidden, weight, bias, targets, softcap, scale)
    found = chunked_logprobs(hidden, weight, bias, targets, softcap, chunk, fused, scale)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    gradients = torch.autograd.grad(found @ weights, leaves)
    for own, other in zip(gradients, torch.autograd.grad(expected @ weights, leaves), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("softcap", [None, 2.0])
def test_fused_and_not_give_the_same_in_bfloat16_whether_logits_are_kept_or_made_again(
    softcap, monkeypatch
) -> None:
    hidden, weight, _, targets = (x.detach() for x in inputs(40, 16, 300))
    by = torch.linspace(-1, 2, 40)
    found = []
    for fused, kept in ((False, 0), (True, 0), (True, 1 << 20)):
        monkeypatch.setattr(logprobs, "KEPT_ELEMENTS", kept)
        low = [x.bfloat16().requires_grad_() for x in (hidden, weight)]
        values = chunked_logprobs(*low, None, targets, softcap, 7, fused)
        found.append([values, *torch.autograd.grad(values, low, by)])
    for own, other, again in zip(*found, strict=True):
        torch.testing.assert_close(other, own, rtol=1e-2, atol=1e-3)
        assert torch.equal(other, again)


def test_a_tied_weight_gets_the_sum_of_both_its_uses() -> None:
    _, weight, _, targets = inputs(6, 5, 11)
    ids = torch.arange(6)
    (expected,) = torch.autograd.grad(plain(weight[ids], weight, None, targets, None).sum(), weight)
    (found,) = torch.autograd.grad(
        chunked_logprobs(weight[ids], weight, None, targets, chunk=4).sum(), weight
    )
    torch.testing.assert_close(found, expected)


def test_bfloat16_inputs_give_float32_values_and_gradients_of_their_own_type() -> None:
    hidden, weight, bias, targets = (x.detach() for x in inputs(32, 16, 50))
    low = [x.bfloat16().requires_grad_() for x in (hidden, weight, bias)]
    exact = [x.detach().double().requires_grad_() for x in low]
    found = chunked_logprobs(*low, targets, chunk=5)
    expected = plain(*exact, targets, None)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), expected, rtol=0.02, atol=0.1)
    own = torch.autograd.grad(found.sum(), low)
    for gradient, other in zip(own, torch.autograd.grad(expected.sum(), exact), strict=True):
        assert gradient.dtype == torch.bfloat16
        assert (gradient.double() - other).norm() < 0.03 * other.norm()


def test_memory_does_not_grow_with_tokens_times_vocabulary() -> None:
    rows, width, vocabulary, chunk = 512, 4, 1000, 16
    hidden, weight, bias, targets = inputs(rows, width, vocabulary)
    with LargestTensor() as chunked:
        chunked_logprobs(hidden, weight, bias, targets, 3.0, chunk).sum().backward()
    with LargestTensor() as whole:
        plain(hidden, weight, bias, targets, 3.0).sum().backward()
    assert chunked.elements <= chunk * vocabulary
    assert whole.elements >= rows * vocabulary
