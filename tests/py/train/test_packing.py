"""Which way rows go in a run: tried at its first step, kept with its state, and the same result whichever."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny
import torch
from aft_worker.errors import Cancelled
from aft_worker.folders import SEAL
from aft_worker.model.adapter import add_adapter
from aft_worker.protocol import AdapterSettings
from aft_worker.score import PADDED, Way, flex, go, score_path
from aft_worker.train import packing, trainer
from graded import GROUPS, LOSSES, large
from packed_rows import CAPTURED, PACKED, allow_backward

ALL = [*GROUPS, large(7)]


@pytest.fixture(autouse=True)
def _on_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    allow_backward(monkeypatch)


def tried(model: tiny.TinyModel, ways: list[Way], check=lambda: None) -> str:
    return packing._tried(model, ALL, LOSSES["boundary"], 4096, ways, check)


def way_of(model: tiny.TinyModel) -> Way:
    return score_path(model.module).way


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packed rows take a tenth of the time: a CPU's own is the other way about."""
    probe = packing._probe

    def quicker(model, *rest):
        found = probe(model, *rest)
        seconds = 0.1 if way_of(model).packed else 1.0
        return packing._Probe(found.scores, found.gradients, found.tokens, seconds)

    monkeypatch.setattr(packing, "_probe", quicker)


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("way", [PACKED, CAPTURED])
def test_rows_are_packed_where_that_agrees_with_padded_ones_and_is_quicker(way: Way) -> None:
    model = tiny.llama()
    before = [weight.clone() for weight in model.module.parameters()]
    line = tried(model, [way, PACKED])
    assert line.startswith(f"{packing.NAMES[way]} (10.00 times as fast as padded ones, ")
    assert "apart; ready after" in line
    assert way_of(model) == way
    assert all(torch.equal(a, b) for a, b in zip(before, model.module.parameters(), strict=True))
    assert all(weight.grad is None for weight in model.module.parameters())


def test_rows_stay_padded_where_packing_is_no_quicker(monkeypatch) -> None:
    probe = packing._probe

    def slower(model, *rest):
        found = probe(model, *rest)
        return packing._Probe(
            found.scores, found.gradients, found.tokens, 2.0 if way_of(model).packed else 1.0
        )

    monkeypatch.setattr(packing, "_probe", slower)
    model = tiny.llama()
    assert tried(model, [PACKED]).startswith("padded rows (not packed rows: 0.50 times as fast")
    assert way_of(model) == PADDED


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("off", ["scores", "gradient"])
def test_rows_stay_padded_where_packed_ones_give_something_else(off: str, monkeypatch) -> None:
    attend = flex.packed_attention

    class Turned(torch.autograd.Function):
        @staticmethod
        def forward(ctx, tensor):
            return tensor * 1.01 if off == "scores" else tensor.clone()

        @staticmethod
        def backward(ctx, gradient):
            return gradient * 1.01

    def wrong(*args, **kwargs):
        found, rest = attend(*args, **kwargs)
        return Turned.apply(found), rest

    flex.AttentionInterface.register(flex.NAME, wrong)
    try:
        model = tiny.llama()
        line = tried(model, [PACKED])
    finally:
        flex.AttentionInterface.register(flex.NAME, attend)
    assert line.startswith("padded rows (not packed rows: 10.00 times as fast")
    assert way_of(model) == PADDED


@pytest.mark.usefixtures("_quick")
def test_a_way_that_fails_gives_way_to_the_next_and_says_why(monkeypatch) -> None:
    def failing(function):
        raise RuntimeError("no compiler here\nlong story")

    monkeypatch.setattr(flex, "compiled", failing)
    model = tiny.llama()
    line = tried(model, [Way(packed=True, compiled=True), PACKED])
    assert line.startswith("packed rows (10.00 times as fast")
    assert line.endswith("not packed rows, compiled: RuntimeError: no compiler here)")
    assert way_of(model) == PACKED


def test_trying_ends_with_a_cancellation_and_leaves_rows_padded_or_as_they_are_tried() -> None:
    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        tried(tiny.llama(), [PACKED], cancelled)


def test_what_packing_cannot_do_is_not_tried() -> None:
    assert packing._refused(tiny.llama()) is None
    # which is off in training
    assert packing._refused(tiny.llama(attention_dropout=0.1)) is None
    capped = tiny.gemma2()
    assert packing._refused(capped) is None
    capped.module.activation_checkpointing_enable({"use_reentrant": False})
    assert (
        packing._refused(capped) == "a soft-cap in attention and gradient checkpointing are not had at once"
    )
    apart = tiny.llama()
    score_path(apart.module).rows = "single"
    assert packing._refused(apart) == "its responses do not share rows"


def test_neither_an_adapters_dropout_nor_checkpointing_is_captured() -> None:
    plain, checkpointed, dropping = tiny.llama(attention_dropout=0.1), tiny.llama(), tiny.llama()
    checkpointed.module.activation_checkpointing_enable({"use_reentrant": False})
    settings = AdapterSettings(rank=2, alpha=2, dropout=0.1)
    dropping.module, _ = add_adapter(dropping.module, settings, seed=0, source="m", revision=None)
    models = (plain, checkpointed, dropping)
    possible = [[packing._possible(one, way) for way in packing.NAMES] for one in models]
    # compiled and captured, compiled, captured, packed alone
    assert possible == [[True] * 4, [False, True, False, True], [False, False, False, True]]


def test_a_large_model_is_not_captured_as_the_host_keeps_up_with_it(monkeypatch) -> None:
    model = tiny.llama()
    size = sum(weight.numel() for weight in model.module.parameters())
    for limit, captured in ((size, True), (size - 1, False)):
        monkeypatch.setattr(packing, "MOST_CAPTURED_PARAMETERS", limit)
        assert [packing._possible(model, way) for way in packing.NAMES] == [captured, True, captured, True]


def test_on_a_cpu_nothing_is_tried_and_nothing_said(capsys) -> None:
    model = tiny.llama()
    tiny.trainer(model, LOSSES["boundary"]).step(1, ALL)
    assert way_of(model) == PADDED
    assert capsys.readouterr().err == ""


def stepped(run: trainer.Trainer, first: int, last: int) -> list[float]:
    found = []
    for number in range(first, last + 1):
        # other sizes, one group in two passes, and sizes that recur
        groups = [large(6, seed=number), *GROUPS[number % 3 :]]
        found.append(run.step(number, groups).loss.total)
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("way", [PACKED, CAPTURED])
def test_a_run_of_packed_rows_is_that_of_padded_ones(way: Way, dtype: torch.dtype, monkeypatch) -> None:
    monkeypatch.setattr(trainer, "choose_layout", lambda *args: None)
    models = [tiny.llama(initializer_range=0.2) for _ in range(2)]
    for model in models:
        model.module.to(dtype)
    go(models[1].module, way)
    expected, found = (stepped(tiny.trainer(one, LOSSES["boundary"], max_tokens=300), 1, 6) for one in models)
    assert found == pytest.approx(expected, rel=1e-5 if dtype == torch.float32 else 0.02)
    assert expected[-1] < expected[0]


@pytest.mark.parametrize("way", [PACKED, CAPTURED])
def test_a_resumed_run_goes_the_way_of_the_one_that_was_saved_bit_for_bit(
    way: Way, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(trainer, "choose_layout", lambda model, *rest: go(model.module, way))
    monkeypatch.setattr(trainer, "keep_layout", lambda model, kept: go(model.module, kept))
    whole, broken, fresh = tiny.llama(), tiny.llama(), tiny.llama(seed=9)
    expected = stepped(tiny.trainer(whole, LOSSES["boundary"], max_tokens=300), 1, 4)
    first = tiny.trainer(broken, LOSSES["boundary"], max_tokens=300)
    found = stepped(first, 1, 2)
    first.save(tmp_path / "state")
    written = json.loads((tmp_path / "state" / "state.json").read_text())["way"]
    assert written == {"packed": True, "compiled": False, "captured": way.captured}
    second = tiny.trainer(fresh, LOSSES["boundary"], max_tokens=300, resume_from=tmp_path / "state")
    assert way_of(fresh) == way
    assert found + stepped(second, 3, 4) == expected
    assert all(
        torch.equal(a, b) for a, b in zip(whole.module.parameters(), fresh.module.parameters(), strict=True)
    )


def test_a_state_of_packed_rows_goes_on_padded_where_there_is_no_gpu(tmp_path: Path) -> None:
    run = tiny.trainer(tiny.llama(), LOSSES["boundary"])
    run.step(1, ALL)
    run.save(tmp_path / "state")
    path = tmp_path / "state" / "state.json"
    path.write_text(path.read_text().replace('"packed": false', '"packed": true'))
    # as one that a GPU's machine wrote, and not as a damaged one
    (tmp_path / "state" / SEAL).unlink()
    model = tiny.llama()
    assert tiny.trainer(model, LOSSES["boundary"], resume_from=tmp_path / "state").steps_done == 1
    assert way_of(model) == PADDED
