"""Two processes that share a global batch do the step that one process does; to one alone nothing is done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny
import torch
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.folders import write_folder
from ranks import run_in_processes

# unequal shares: three groups, one of them without a pair, of unequal lengths
GROUPS = [
    tiny.train_group("a", "how many?", "so it is 12", ["it is 12", "12"], ["it is 9"]),
    tiny.train_group("b", "2 + 2?", "4", ["is 4"], ["is 5 or so", "5"]),
    tiny.train_group("c", "what?", "no, not it, nor that"),
]


def train(folder: Path) -> dict[str, Any]:
    """Two steps: metrics, weights, and the files that this process was told it wrote."""
    model = tiny.llama(initializer_range=0.2)
    run = tiny.trainer(model, tiny.alignment(beta=0.3, weight=2.0), max_tokens=60)
    steps = [run.step(number, GROUPS) for number in (1, 2)]
    run.save(folder / "state")
    return {
        "steps": steps,
        "weights": torch.cat([weight.detach().flatten() for weight in model.module.parameters()]),
        "files": write_folder(folder / "files", lambda draft: (draft / "a").write_text("written")),
        "place": (distributed.rank(), distributed.world_size(), distributed.is_main()),
        "share": list(distributed.share("abc")),
        "mean": distributed.mean([1.0] * distributed.rank()),
        "nothing": distributed.mean([]),
    }


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_two_processes_normalise_as_one_does(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    alone = train(tmp_path / "one")
    first, second = run_in_processes(2, train, tmp_path)
    assert (first["place"], second["place"]) == ((0, 2, True), (1, 2, False))
    assert (first["share"], second["share"]) == (["a", "c"], ["b"])
    assert (first["files"], second["files"]) == (["a"], [])
    assert (first["mean"], second["mean"], first["nothing"]) == (1.0, 1.0, None)
    assert (tmp_path / "state" / "state.json").is_file()
    assert torch.equal(first["weights"], second["weights"])
    torch.testing.assert_close(first["weights"], alone["weights"], rtol=1e-5, atol=1e-6)
    for process in (first, second):
        for shared, own in zip(process["steps"], alone["steps"], strict=True):
            counts = (shared.groups, shared.paired_groups, shared.target_tokens, shared.tokens)
            assert counts == (own.groups, own.paired_groups, own.target_tokens, own.tokens)
            assert shared.gradient_norm == pytest.approx(own.gradient_norm, rel=1e-5)
            for name in ("total", "vft", "alignment"):
                assert getattr(shared.loss, name) == pytest.approx(getattr(own.loss, name), rel=1e-5)
            for name in ("mean_target", "mean_negative", "margin", "assessment_accuracy"):
                assert getattr(shared, name) == pytest.approx(getattr(own, name), rel=1e-4), name


def test_one_process_is_the_main_one_and_gets_back_what_it_gives() -> None:
    distributed.join()
    assert not dist.is_initialized()
    assert (distributed.rank(), distributed.world_size(), distributed.is_main()) == (0, 1, True)
    items = [1, 2, 3]
    assert distributed.share(items) is items
    assert distributed.total(3, 0.1) == (3, 0.1)
    assert distributed.mean([1.0, 2.0]) == 1.5
    weight = torch.zeros(2, requires_grad=True)
    distributed.sum_gradients([weight])
    assert weight.grad is None
