"""Activations that are computed again give the same gradient, and are computed again."""

from __future__ import annotations

import adapted
import pytest
import tiny
import torch
from adapted import GROUPS
from aft_worker.errors import WorkerError
from aft_worker.model.adapter import adapter_weights
from aft_worker.model.loading import checkpoint_gradients
from aft_worker.protocol import AdapterSettings, VftLoss
from torch.autograd.graph import saved_tensors_hooks

LOSSES = {"vft": VftLoss(), "boundary": tiny.alignment(beta=0.1)}
DROPPING = AdapterSettings(rank=4, alpha=8.0, dropout=0.3)
# one micro-batch with shared prompts, and pieces of a group in two passes
LIMITS = [100_000, 20]


@pytest.fixture
def base(tmp_path) -> str:
    return adapted.base_folder(tmp_path / "base", attention_dropout=0.2)


def step(base: str, checkpointing: bool, adapter, loss, limit: int):
    """(the loss, every trained weight after one step): the step is a function of the gradient."""
    model = adapted.load(base, adapter, gradient_checkpointing=checkpointing)
    if adapter is not None:
        # away from B = 0, where A has no gradient
        for name, weight in adapter_weights(model.module).items():
            if "lora_B" in name:
                torch.nn.init.constant_(weight, 0.1)
    run = adapted.trainer(model, loss, limit)
    gradients: dict[str, torch.Tensor] = {}
    update = run._optimizer.step

    def kept(rate: float, norm: float) -> None:
        gradients.update({n: w.grad.clone() for n, w in run._optimizer.weights.items() if w.grad is not None})
        update(rate, norm)

    run._optimizer.step = kept
    return run.step(1, GROUPS).loss, gradients


@pytest.mark.parametrize("adapter", [None, DROPPING], ids=["all weights", "adapter"])
@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_are_the_same_under_dropout(base, name, limit, adapter) -> None:
    loss, expected = step(base, False, adapter, LOSSES[name], limit)
    again, found = step(base, True, adapter, LOSSES[name], limit)
    assert again == loss
    assert found.keys() == expected.keys() and len(found) > 10
    assert all(gradient.abs().max() > 0 for gradient in expected.values())
    for key, gradient in expected.items():
        assert torch.equal(found[key], gradient), key


@pytest.mark.parametrize("checkpointing, calls", [(False, 1), (True, 2)])
def test_each_block_is_computed_again_in_the_backward_pass(base, checkpointing, calls) -> None:
    model = adapted.load(base, DROPPING, gradient_checkpointing=checkpointing)
    blocks = [m for name, m in model.module.named_modules() if name.endswith(".mlp")]
    counts = [0] * len(blocks)

    def counted(number: int):
        def hook(*_: object) -> None:
            counts[number] += 1

        return hook

    for number, block in enumerate(blocks):
        # before it: the second time a block stops where all that is needed is there
        block.register_forward_pre_hook(counted(number))
    adapted.trainer(model).step(1, GROUPS)
    assert counts == [calls] * 2


def test_less_is_held_for_the_backward_pass(base) -> None:
    held = {}
    for checkpointing in (False, True):
        model = adapted.load(base, gradient_checkpointing=checkpointing)
        model.module.train()
        kept: dict[int, int] = {}

        def keep(tensor: torch.Tensor, kept=kept) -> torch.Tensor:
            storage = tensor.untyped_storage()
            kept[storage.data_ptr()] = storage.nbytes()
            return tensor

        ids = torch.arange(40)[None] % 50
        with saved_tensors_hooks(keep, lambda tensor: tensor):
            out = model.module.model(input_ids=ids, use_cache=False).last_hidden_state
        weights = {w.untyped_storage().data_ptr() for w in model.module.parameters()}
        held[checkpointing] = sum(size for place, size in kept.items() if place not in weights)
        assert out.requires_grad
    assert held[True] < held[False] / 3


def test_sampling_and_scoring_are_as_without(base) -> None:
    """They keep a cache, which recomputation excludes: it is for training mode alone."""
    ids = torch.arange(9)[None]
    logits = []
    for checkpointing in (False, True):
        model = adapted.load(base, gradient_checkpointing=checkpointing)
        adapted.trained(model, 1)
        with torch.no_grad():
            first = model.module(input_ids=ids[:, :5], use_cache=True)
            rest = model.module(input_ids=ids[:, 5:], past_key_values=first.past_key_values, use_cache=True)
        assert rest.past_key_values.get_seq_length() == 9
        logits.append(rest.logits)
    assert torch.equal(*logits)


def test_a_model_that_cannot_says_so(monkeypatch) -> None:
    module = tiny.llama().module
    monkeypatch.setattr(type(module), "supports_gradient_checkpointing", False)
    with pytest.raises(WorkerError, match="cannot load 'm': gradientCheckpointing cannot be used"):
        checkpoint_gradients(module, "m")
