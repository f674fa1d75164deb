"""On a device without float64, as Apple's, all comes out as on the CPU, and nothing asks it for float64."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aft_worker
import pretended
import pytest
import tiny
import torch
from aft_worker.device import precision, resolve_device, resolve_dtype, sizes_of, wide, wide_device
from aft_worker.errors import WorkerError
from aft_worker.protocol import GeneratePrompt, NftLoss
from aft_worker.score.scoring import score_groups

GROUPS = [
    tiny.train_group("a", "2 boxes of 3?", "2 * 3 = 6", ["6", "3 * 2 = 6"], ["2 + 3 = 5. longer", "9"]),
    tiny.train_group("b", "how many are left, if any?", "none at all", ["0"], ["4 4 4"]),
]
PROMPTS = [GeneratePrompt(id=f"q{at}", prompt=text, indices=[0, 1]) for at, text in enumerate(("a", "12+3="))]
_usual: dict[str, Any] = {"constraint": "none", "weight": 2.0, "vft_weight": 0.5}
LOSSES = {
    "boundary": tiny.alignment(beta=0.3, weight=3.0),
    "nft": NftLoss(**_usual, negative_weight=1.0, epsilon=1.0, prompt_weight="hard", per="token"),
}


@pytest.fixture
def device(monkeypatch):
    monkeypatch.setattr(precision, "WITHOUT_FLOAT64", {"mps", pretended.DEVICE.type})
    with pretended.pretended() as there:
        yield there


def moved(make=tiny.llama) -> tiny.TinyModel:
    model = make()
    pretended.move(model.module)
    return model


def test_the_pretended_device_refuses_float64(device):
    here = torch.ones(3, device=device)
    for ask in (here.double, lambda: torch.zeros(2, dtype=torch.float64, device=device)):
        with pytest.raises(TypeError, match="the device has no float64"):
            ask()
    with pytest.raises(RuntimeError, match="widen"):
        here.to("cpu", torch.float64)
    with pytest.raises(RuntimeError, match="two devices"):
        here + torch.ones(3)


def test_float64_is_the_hosts_and_gradients_come_back(device):
    assert (wide_device(device).type, wide_device(torch.device("cuda", 1)).index) == ("cpu", 1)
    here = torch.full((3,), 0.5, device=device, requires_grad=True)
    widened = wide(here)
    assert (widened.dtype, widened.device.type) == (torch.float64, "cpu")
    (widened**2).sum().backward()
    assert here.grad is not None and here.grad.device.type == device.type
    assert pretended.back(here.grad).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("settings", [{"temperature": 0.7, "top_p": 0.8}, {"temperature": 0.0}])
def test_samples_are_those_of_the_cpu(device, settings):
    model = moved()
    found = tiny.sample(model, PROMPTS, max_new_tokens=12, **settings)
    expected = tiny.sample(tiny.llama(), PROMPTS, max_new_tokens=12, **settings)
    assert found == expected and len(found) == 4


def test_scores_are_those_of_the_cpu(device):
    group = tiny.score_group("a", "2+3=", "5", "6 of them")
    found, _ = score_groups(moved(), [group], 4096)
    expected, _ = score_groups(tiny.llama(), [group], 4096)
    sums = [one.logprob for one in expected[0]]
    assert [one.logprob for one in found[0]] == pytest.approx(sums, rel=1e-6)


@pytest.mark.parametrize(("name", "limit"), [("boundary", 40), ("nft", 4096)])
def test_steps_are_those_of_the_cpu(device, name, limit):
    """But for rounding: rows are laid otherwise where torch picks other kernels. With 40 tokens at once a
    pair takes two passes."""

    def losses(model: tiny.TinyModel) -> list[float]:
        run = tiny.trainer(model, LOSSES[name], seed=1, max_tokens=limit, optimizer=tiny.optimizer())
        return [run.step(step, GROUPS).loss.total for step in (1, 2)]

    first, second = losses(moved())
    assert [first, second] == pytest.approx(losses(tiny.llama()), rel=1e-5)
    assert second < first


def test_apples_gpu_is_taken_where_there_is_one(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert (resolve_device("auto").type, resolve_device("mps").type) == ("mps", "mps")
    # what `auto` makes of the type goes by CUDA alone
    assert resolve_dtype("auto", torch.device("mps")) == torch.float32
    assert sizes_of(torch.device("mps")) == "cpu"


def test_a_mac_is_needed_for_mps():
    if torch.backends.mps.is_available():
        pytest.skip("this is one")
    with pytest.raises(WorkerError, match="device 'mps' cannot be used: mps is the GPU of a Mac"):
        resolve_device("mps")


def test_every_size_by_kind_of_device_is_asked_for_by_sizes_of():
    """A table with `cpu` and `cuda` would have no entry for Apple's."""
    sources = Path(aft_worker.__file__).parent.rglob("*.py")
    wrong = [path.name for path in sources if re.search(r"_[A-Z]+\[[^\]]*device\.type\]", path.read_text())]
    assert wrong == []
