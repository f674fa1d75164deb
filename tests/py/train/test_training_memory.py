"""What a training run holds, counted tensor by tensor: what estimates must say too (tests/golden/memory)."""

from __future__ import annotations

import json
from pathlib import Path

import adapted
import pytest
import torch
from adapted import GROUPS
from aft_worker.protocol import AdapterSettings
from torch.autograd.graph import saved_tensors_hooks

CASES = json.loads((Path(__file__).parents[2] / "golden" / "memory" / "cases.json").read_text())


def load(case: dict, tmp_path: Path, layers: int | None = None):
    sizes = {
        **{"hidden_size": case["hiddenSize"], "intermediate_size": case["intermediateSize"]},
        **{"num_hidden_layers": layers or case["layers"], "num_attention_heads": case["heads"]},
        **{"num_key_value_heads": case["keyValueHeads"], "vocab_size": case["vocabularySize"]},
        "tie_word_embeddings": case["tied"],
    }
    base = adapted.base_folder(tmp_path / f"base-{layers}", **sizes)
    settings = None if case["adapter"] is None else AdapterSettings(**case["adapter"])
    return adapted.load(base, settings, dtype=case["dtype"])


def total(tensors) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_weights_gradients_masters_and_moments_are_counted_exactly(case: dict, tmp_path) -> None:
    model = load(case, tmp_path)
    run = adapted.trainer(model)
    optimizer, found = run._optimizer, {}
    step = optimizer.step

    def counting(rate: float, norm: float) -> None:
        gradients = [master.grad for master in optimizer.masters.values() if master.grad is not None]
        low = [w.grad for name, w in optimizer.weights.items() if optimizer.masters[name] is not w]
        assert low == [None] * len(low)
        found["gradients"] = total(gradients)
        step(rate, norm)

    optimizer.step = counting
    run.step(1, GROUPS)
    weights = list(model.module.parameters())
    copies = [master for name, master in optimizer.masters.items() if master is not optimizer.weights[name]]
    moments = [value for name, value in optimizer.state().items() if "exp_avg" in name]
    found |= {"weights": total(weights), "masters": total(copies), "moments": total(moments)}
    assert found == {name: case[name] for name in ("weights", "gradients", "masters", "moments")}
    base = [weight for name, weight in model.module.named_parameters() if "lora_" not in name]
    assert sum(weight.numel() for weight in base) == case["parameters"]


@pytest.mark.parametrize(
    "case", [one for one in CASES if one["adapter"] is None], ids=lambda one: one["name"]
)
def test_what_a_block_keeps_of_a_token_for_its_backward_pass(case: dict, tmp_path) -> None:
    """Of models with two blocks and with four: the difference is two blocks'."""
    two, four = (kept_bytes(load(case, tmp_path, layers).module) for layers in (2, 4))
    assert (four - two) / 2 / TOKENS == case["activationsPerTokenAndBlock"]


TOKENS = 64


def kept_bytes(module) -> int:
    """Bytes of all that autograd keeps of a forward pass, the weights excepted."""
    kept: dict[int, torch.UntypedStorage] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage()._cdata] = tensor.untyped_storage()
        return tensor

    module.train()
    ids = torch.arange(TOKENS)[None] % 50
    with saved_tensors_hooks(keep, lambda tensor: tensor):
        out = module.model(input_ids=ids, use_cache=False).last_hidden_state
    assert out.requires_grad
    weights = {weight.untyped_storage()._cdata for weight in module.parameters()}
    return sum(storage.nbytes() for key, storage in kept.items() if key not in weights)
