"""What a training run holds, counted tensor by tensor: what estimates must say too (tests/golden/memory)."""

from __future__ import annotations

import json
from pathlib import Path

import adapted
import pytest
import torch
import torch.distributed as dist
from adapted import GROUPS
from aft_worker import shared_weights
from aft_worker.protocol import AdapterSettings
from ranks import run_in_processes
from torch.autograd.graph import saved_tensors_hooks

CASES = json.loads((Path(__file__).parents[2] / "golden" / "memory" / "cases.json").read_text())


def base(case: dict, at: Path, layers: int | None = None) -> str:
    sizes = {
        **{"hidden_size": case["hiddenSize"], "intermediate_size": case["intermediateSize"]},
        **{"num_hidden_layers": layers or case["layers"], "num_attention_heads": case["heads"]},
        **{"num_key_value_heads": case["keyValueHeads"], "vocab_size": case["vocabularySize"]},
        "tie_word_embeddings": case["tied"],
    }
    return adapted.base_folder(at, **sizes)


def load(case: dict, source: str, sharding: str = "none"):
    settings = None if case["adapter"] is None else AdapterSettings(**case["adapter"])
    return adapted.load(source, settings, dtype=case["dtype"], sharding=sharding, trained=True)


def total(tensors) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_weights_gradients_masters_and_moments_are_counted_exactly(case: dict, tmp_path) -> None:
    model = load(case, base(case, tmp_path / "base"))
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
    own = [weight for name, weight in model.module.named_parameters() if "lora_" not in name]
    assert sum(weight.numel() for weight in own) == case["parameters"]


@pytest.mark.parametrize(
    "case", [one for one in CASES if one["adapter"] is None], ids=lambda one: one["name"]
)
def test_what_a_block_keeps_of_a_token_for_its_backward_pass(case: dict, tmp_path) -> None:
    """Of models with two blocks and with four: the difference is two blocks'."""
    two, four = (kept_bytes(load(case, base(case, tmp_path / f"base-{n}", n)).module) for n in (2, 4))
    assert (four - two) / 2 / TOKENS == case["activationsPerTokenAndBlock"]


def held(folder: Path) -> list[dict[str, int]]:
    """Of each case, what this rank holds of a model that is shared out: its parts, and an adapter whole."""
    found = []
    for number, case in enumerate(CASES):
        model = load(case, str(folder / f"base-{number}"), sharding="fsdp")
        run = adapted.trainer(model)
        run.step(1, GROUPS)
        optimizer = run._optimizer
        parts = {shared_weights.part(weight).data_ptr() for weight in optimizer.weights.values()}
        copies = [master for master in optimizer.masters.values() if master.data_ptr() not in parts]
        moments = [value for name, value in optimizer.state().items() if "exp_avg" in name]
        found.append(
            {
                "weights": total(map(shared_weights.part, model.module.parameters())),
                "masters": total(copies),
                "moments": total(map(shared_weights.part, moments)),
            }
        )
    return found


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_two_ranks_hold_their_parts(tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        base(case, tmp_path / f"base-{number}")
    first, second = run_in_processes(2, held, tmp_path)
    for case, one, other in zip(CASES, first, second, strict=True):
        assert one == other == case["ofTwoRanks"]


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
