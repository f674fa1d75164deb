"""What one rank finds wrong all of them raise, with rank and host; ranks that do not come together say so in
time."""

from __future__ import annotations

import multiprocessing
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import adapted
import pytest
import ranks_cases
import tiny
import torch
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.device import resolve_device
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.folders import write_folder
from aft_worker.memory import is_out_of_memory
from aft_worker.ranks.shared import SharedContext
from aft_worker.ranks.torchrun import Ranks, launch
from aft_worker.train.gradients import GradientPass
from ranks import own_port, run_in_processes

HOST = socket.gethostname()
LOSS = ranks_cases.LOSSES["alignment"]


def raised(action: Callable[[], Any]) -> tuple[str, str, bool]:
    """Name or type of what it raises, the first line of its text, whether memory ran out."""
    try:
        action()
    except Exception as error:
        name = error.name if isinstance(error, WorkerError) else type(error).__name__
        return name, str(error).split("\n")[0], is_out_of_memory(error)
    return "nothing", "", False


def fail_alone(error: Exception) -> None:
    with distributed.agreed():
        if not distributed.is_main():
            raise error


class Stopped:
    """Rank 0's context, whose request was cancelled."""

    def check_cancelled(self) -> None:
        raise Cancelled


def context() -> SharedContext:
    own: Any = Stopped() if distributed.is_main() else None
    return SharedContext(own)


def faults(folder: Path) -> dict[str, tuple[str, str, bool]]:
    rank = distributed.rank()
    too_long = [*ranks_cases.GROUPS[:2], tiny.train_group("z", "how long?", "4" * 300)]
    model = tiny.llama(initializer_range=0.2)
    model.max_positions = 256
    run = ranks_cases.trainer(model, LOSS)
    before = ranks_cases.flat(list(run._optimizer.weights.values()))
    found = {
        "known": raised(lambda: fail_alone(WorkerError("EmptyResponse", "a: without a token", id="a"))),
        "memory": raised(lambda: fail_alone(MemoryError("no room"))),
        "bug": raised(lambda: fail_alone(KeyError("x"))),
        "none": raised(lambda: distributed.same("versions", "1.0")),
        "version": raised(lambda: distributed.same("versions", f"torch 2.1{rank}")),
        "cancelled": raised(lambda: context().check_cancelled()),
        "step": raised(lambda: run.step(1, too_long)),
    }
    assert torch.equal(before, ranks_cases.flat(list(run._optimizer.weights.values())))
    # the next step is as if nothing had been
    run.step(1, ranks_cases.GROUPS)
    if distributed.is_main():
        for seed in (0, 1):
            adapted.base_folder(folder / f"base-{seed}", seed=seed)
    distributed.wait_for_all()
    found["files"] = raised(lambda: adapted.load(folder / f"base-{rank}"))
    return found


def short_of_memory(folder: Path) -> tuple[int, torch.Tensor]:
    """The last rank has room for rows of 60 tokens alone."""
    forward = GradientPass._forward

    def limited(self: GradientPass, piece: Any, seed: int) -> torch.Tensor:
        last = distributed.rank() == distributed.world_size() - 1
        if last and piece.input_ids.numel() > 60 and len(piece.counts) > 1:
            raise torch.OutOfMemoryError("no room")
        return forward(self, piece, seed)

    GradientPass._forward = limited
    try:
        run = ranks_cases.trainer(tiny.llama(initializer_range=0.2), LOSS, max_tokens=1000)
        run.step(1, ranks_cases.GROUPS)
    finally:
        GradientPass._forward = forward
    return run._batches.max_tokens, ranks_cases.flat(list(run._optimizer.weights.values()))


def place(folder: Path) -> dict[str, Any]:
    """Who this is, its share, and the files that it was told it wrote."""
    return {
        "place": (distributed.rank(), distributed.world_size(), distributed.is_main()),
        "share": list(distributed.share("abc")),
        "mean": distributed.mean([1.0] * distributed.rank()),
        "nothing": distributed.mean([]),
        "files": write_folder(folder / "files", lambda draft: (draft / "a").write_text("written")),
    }


def faults_and_memory(folder: Path) -> tuple[Any, Any, Any]:
    return faults(folder), short_of_memory(folder), place(folder)


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
def test_what_one_rank_finds_wrong_all_raise(tmp_path: Path) -> None:
    first, second = run_in_processes(2, faults_and_memory, tmp_path)
    assert (first[2]["place"], second[2]["place"]) == ((0, 2, True), (1, 2, False))
    assert (first[2]["share"], second[2]["share"]) == (["a", "c"], ["b"])
    assert (first[2]["files"], second[2]["files"]) == (["a"], [])
    assert (first[2]["mean"], second[2]["mean"], first[2]["nothing"]) == (1.0, 1.0, None)
    found = first[0]
    for name, text, _ in (found.pop("files"), second[0].pop("files")):
        assert (name, text[:10]) == ("RanksDiffer", "weights in"), text
    # rank 1 itself raises its own
    assert second[0]["known"] == ("EmptyResponse", "a: without a token", False)
    assert [name for name, error in second[0].items() if error[0] == "nothing"] == ["none"]
    where = f"rank 1 on {HOST}"
    assert found["known"] == ("EmptyResponse", f"{where}: a: without a token", False)
    assert found["memory"][1:] == (f"{where}: no room", True)
    assert found["bug"] == ("InternalError", f"{where}: KeyError: 'x'", False)
    assert found["none"][0] == "nothing"
    differs = (
        f"versions on rank 1 ({HOST}): torch 2.11; on rank 0 ({HOST}): torch 2.10. All ranks need the same"
    )
    assert found["version"] == ("RanksDiffer", differs, False)
    assert found["cancelled"][0] == "Cancelled"
    assert found["step"][0] == "SequenceTooLong"
    assert "z: prompt and response are" in found["step"][1]
    # memory that runs out in one rank: all go on with less, to the same result
    (limit, weights), (same, others) = first[1], second[1]
    assert limit == same < 1000
    assert torch.equal(weights, others)
    alone = ranks_cases.trainer(tiny.llama(initializer_range=0.2), LOSS)
    alone.step(1, ranks_cases.GROUPS)
    own = ranks_cases.flat(list(alone._optimizer.weights.values()))
    torch.testing.assert_close(weights, own, rtol=0, atol=1e-6)


def _launch(place: str, errors: Path) -> None:
    os.environ["AFT_RENDEZVOUS_SECONDS"] = "2"
    from aft_worker.ranks import torchrun

    torchrun.SECONDS_TO_MEET = 2
    # an input that does not end
    reader, _ = os.pipe()
    os.dup2(reader, 0)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT), 2)
    node_rank, _, rendezvous = place.partition("@")
    os._exit(launch(Ranks(1, nodes=2, node_rank=int(node_rank), rendezvous=rendezvous)))


@pytest.mark.timeout(300)
@pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")
@pytest.mark.parametrize("node_rank", [0, 1])
def test_machines_that_do_not_come_together_say_so_in_time(tmp_path: Path, node_rank: int) -> None:
    rendezvous = f"127.0.0.1:{own_port()}"
    started = multiprocessing.get_context("forkserver").Process(
        target=_launch, args=(f"{node_rank}@{rendezvous}", tmp_path / "errors")
    )
    started.start()
    started.join()
    assert started.exitcode == 1
    lines = (tmp_path / "errors").read_text().splitlines()
    assert [line for line in lines if "aft_worker" in line] == lines[-1:]
    assert lines[-1].startswith(f"aft_worker: 2 machines at {rendezvous} did not come together within 2 s: ")


def test_more_ranks_than_gpus_are_refused_before_anything_is_loaded(monkeypatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    for name, value in {"WORLD_SIZE": "4", "RANK": "1", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    assert resolve_device("auto") == torch.device("cuda", 1)
    monkeypatch.setenv("LOCAL_RANK", "3")
    with pytest.raises(WorkerError, match=r"there are 2 GPUs on \S+, and worker.devices is 4 or more"):
        resolve_device("cuda")
    assert resolve_device("cpu") == torch.device("cpu")
