"""Several ranks that share a global batch do the step that one process does, whole or with weights shared
out.

The usual suite has two ranks and the losses that differ most; with AFT_RANKS=all and `-m slow` there are two
and four, every loss and every family of models.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import ranks_cases
import torch
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.losses.registry import registered
from ranks import run_in_processes
from ranks_cases import Trained

ALL = os.environ.get("AFT_RANKS") == "all"


def hold(found: Trained, expected: Trained, name: str) -> None:
    for one, other in zip(found.steps, expected.steps, strict=True):
        counts = ("groups", "paired_groups", "taken_groups", "target_tokens", "tokens")
        assert [getattr(one, field) for field in counts] == [getattr(other, field) for field in counts], name
        for field in ("total", "vft", "alignment"):
            value = getattr(other.loss, field)
            assert getattr(one.loss, field) == pytest.approx(value, rel=1e-6, abs=1e-6), (name, field)
        for field in ("gradient_norm", "divergence", "mean_target", "margin", "assessment_accuracy"):
            value = getattr(other, field)
            close = value if value is None else pytest.approx(value, rel=1e-5, abs=1e-6)
            assert getattr(one, field) == close, (name, field)
    scale = expected.gradient.abs().max().item()
    torch.testing.assert_close(found.gradient, expected.gradient, rtol=0, atol=1e-6 * max(1, scale), msg=name)
    torch.testing.assert_close(found.weights, expected.weights, rtol=0, atol=1e-6, msg=name)


def everything(folder: Path) -> dict[str, Any]:
    """All that is asked of ranks that have joined once."""
    return {
        "cases": ranks_cases.usual_cases(folder),
        "bfloat16": ranks_cases.in_bfloat16(folder),
        "states": ranks_cases.saved_and_resumed(folder),
    }


def every_case(folder: Path) -> dict[str, Any]:
    return {"cases": ranks_cases.all_cases(folder), "bfloat16": ranks_cases.in_bfloat16(folder)}


def hold_all(processes: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    for process in processes:
        for name, found in process["cases"].items():
            hold(found, expected["cases"][name], name)
    low = expected["bfloat16"]
    for process in processes:
        for one, other in zip(process["bfloat16"].steps, low.steps, strict=True):
            assert one.loss.total == pytest.approx(other.loss.total, rel=1e-2)
    # the main one has the weights as they are used and written: within a rounding or two, but for the few
    # whose gradient is about 0 and under AdamW has a direction by rounding alone, for ten steps of 1e-4
    apart = (processes[0]["bfloat16"].weights - low.weights).abs()
    within = apart <= 2**-6 * low.weights.abs() + 1e-5
    assert within.float().mean() > 0.999
    assert (apart[~within] <= 2 * 10 * 1e-4).all()
    assert (apart == 0).float().mean() > 0.9


needs_gloo = pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")


@needs_gloo
@pytest.mark.timeout(300)
def test_two_ranks_take_the_step_of_one_and_go_on_from_its_state(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    alone = {
        "cases": ranks_cases.usual_cases(tmp_path / "one"),
        "bfloat16": ranks_cases.in_bfloat16(tmp_path),
    }
    losses = ranks_cases.saved(tmp_path)
    processes = run_in_processes(2, everything, tmp_path)
    hold_all(processes, alone)
    hold_states(tmp_path, losses, [process["states"] for process in processes])


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not ALL, reason="AFT_RANKS=all takes minutes")
@pytest.mark.parametrize("count", [2, 4])
def test_ranks_take_the_step_of_one_with_every_loss_and_family(tmp_path: Path, count: int) -> None:
    (tmp_path / "one").mkdir()
    hold_all(run_in_processes(count, every_case, tmp_path), every_case(tmp_path / "one"))


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not ALL, reason="AFT_RANKS=all takes minutes")
def test_a_state_goes_on_with_any_number_of_ranks(tmp_path: Path) -> None:
    """From one, two and eight to four, and from four and eight to two and one."""
    losses = ranks_cases.saved(tmp_path)
    found = [(of_eight, {}) for of_eight in run_in_processes(8, ranks_cases.saved, tmp_path)]
    found += run_in_processes(2, ranks_cases.saved_and_resumed, tmp_path)
    found += run_in_processes(4, ranks_cases.saved_and_resumed, tmp_path)
    found += [({}, resumed) for resumed in run_in_processes(2, ranks_cases.resumed, tmp_path)]
    hold_states(tmp_path, losses, found)


States = tuple[dict[str, float], dict[str, tuple[float, torch.Tensor]]]


def hold_states(folder: Path, expected: dict[str, float], found: list[States]) -> None:
    """What ranks saved and went on from, and what one process goes on from."""
    found = [*found, ({}, ranks_cases.resumed(folder))]
    assert (folder / "parts-2" / "parts" / "__1_0.distcp").is_file()
    assert not (folder / "whole-2" / "parts").exists()
    weights = {kind: found[-1][1][f"{kind}-1 as whole"][1] for kind in ("whole", "adapter")}
    for losses, resumed in found:
        for name, loss in losses.items():
            assert loss == pytest.approx(expected[name[:-1] + "1"], abs=1e-6), name
        for name, (loss, own) in resumed.items():
            kind = "adapter" if name.startswith("adapter") else "whole"
            assert loss == pytest.approx(expected[f"{kind}-1"], abs=1e-6), name
            torch.testing.assert_close(own, weights[kind], rtol=0, atol=1e-6, msg=name)


def test_every_loss_is_among_the_cases() -> None:
    kinds = {str(loss.__struct_config__.tag) for loss in ranks_cases.LOSSES.values()}
    assert kinds == {*registered(), "vft"}


@pytest.mark.parametrize("ranks", [2, 4, 8])
def test_no_rank_is_done_long_before_another(ranks: int) -> None:
    """With the lengths of solutions to grade-school problems: log-normal, some four a question."""
    draw = torch.Generator().manual_seed(5)
    for _ in range(50):
        lengths = torch.exp(4.8 + 0.45 * torch.randn(8 * ranks, 5, generator=draw)).sum(1).tolist()
        shares = distributed.dealt(lengths, ranks)
        assert sorted(place for share in shares for place in share) == list(range(len(lengths)))
        filled = [sum(lengths[place] for place in share) for share in shares]
        assert 1 - min(filled) / max(filled) < 0.1


def test_what_is_equal_goes_to_the_first() -> None:
    assert distributed.dealt([1, 1, 1], 2) == [[0, 2], [1]]
    assert distributed.dealt([3, 1, 1, 1], 2) == [[0], [1, 2, 3]]
    assert distributed.dealt([2], 3) == [[0], [], []]
