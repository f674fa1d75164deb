"""A run that is broken off goes on as if it had not been, bit for bit."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import tiny
import torch
from aft_worker.errors import WorkerError
from aft_worker.folders import damage_in
from aft_worker.train.trainer import Trainer

NO_PROCESS = 2**22 + 1  # above the largest process id of Linux
LIMIT = 60  # several micro-batches a step


def steps() -> list[list]:
    """Two epochs of four steps of three groups, in another order each."""
    groups = [
        tiny.train_group(
            f"q{i}", f"how many is {i}?", f"it is {i}", [f"{i}", f"so {i}"], [f"{i + 1} is it", f"{i}0"]
        )
        for i in range(12)
    ]
    order = []
    for epoch in range(2):
        random.Random(epoch).shuffle(groups)
        order += [groups[start : start + 3] for start in range(0, 12, 3)]
    return order


def model(**settings) -> tiny.TinyModel:
    return tiny.llama(initializer_range=0.2, **settings)


def trainer(
    of: tiny.TinyModel,
    resume_from: Path | None = None,
    beta: float | None = 0.1,
    constraint: str = "boundary",
    recorded: int | None = None,
    **optimizer,
) -> Trainer:
    loss = tiny.alignment(constraint, beta=beta)
    return tiny.trainer(
        of,
        loss,
        seed=5,
        max_tokens=LIMIT,
        optimizer=tiny.optimizer(**optimizer),
        resume_from=resume_from,
        recorded=recorded,
    )


def run(training: Trainer, first: int, last: int) -> list[tuple]:
    found = []
    for number in range(first, last + 1):
        metrics = training.step(number, steps()[number - 1])
        found.append((metrics.loss, metrics.gradient_norm, metrics.learning_rate, metrics.mean_negative))
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_run_resumed_in_its_second_epoch_equals_the_unbroken_one_bit_for_bit(tmp_path, dtype) -> None:
    whole, broken = model(), model()
    whole.module.to(dtype)
    broken.module.to(dtype)
    expected = run(trainer(whole), 1, 8)
    first = trainer(broken)
    found = run(first, 1, 6)
    assert first.save(tmp_path / "state") == 6
    # steps that were done after the save, and are lost with the process
    run(first, 7, 7)
    fresh = model(seed=9)
    fresh.module.to(dtype)
    second = trainer(fresh, tmp_path / "state")
    assert second.steps_done == 6
    torch.rand(7)  # the state of the generator is no part of it
    found += run(second, 7, 8)
    assert found == expected
    for a, b in zip(whole.module.parameters(), fresh.module.parameters(), strict=True):
        assert torch.equal(a, b)


def test_saving_again_replaces_and_leaves_nothing_beside(tmp_path) -> None:
    training = trainer(model())
    training.save(tmp_path / "state")
    run(training, 1, 1)
    training.save(tmp_path / "state")
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    names = {path.name for path in (tmp_path / "state").iterdir()}
    assert names == {"weights.safetensors", "optimizer.safetensors", "state.json", ".sha256"}
    assert trainer(model(), tmp_path / "state").steps_done == 1


def test_a_run_saved_before_its_first_step_can_be_resumed(tmp_path) -> None:
    trainer(model()).save(tmp_path / "state")
    assert run(trainer(model(seed=4), tmp_path / "state"), 1, 2) == run(trainer(model()), 1, 2)


def refused(tmp_path: Path, *arguments, error: str = "ResumeRefused", **settings) -> str:
    with pytest.raises(WorkerError) as caught:
        trainer(*arguments, tmp_path / "state", **settings)
    assert caught.value.name == error
    assert caught.value.data.path == str(tmp_path / "state")
    return str(caught.value).removeprefix(f"cannot resume from {tmp_path / 'state'}: ")


def test_other_settings_are_refused_by_name(tmp_path) -> None:
    trainer(model()).save(tmp_path / "state")
    assert refused(tmp_path, model(), beta=0.2) == "loss.beta was 0.1 when it was saved, now it is 0.2"
    message = refused(tmp_path, model(), learning_rate=0.5)
    assert message == "optimizer.learningRate was 0.01 when it was saved, now it is 0.5"
    message = refused(tmp_path, model(), beta=None, constraint="detached")
    assert message == "loss.beta was 0.1 when it was saved, now it is absent"


def test_another_model_is_refused_by_the_first_weight_that_differs(tmp_path) -> None:
    trainer(model()).save(tmp_path / "state")
    message = refused(tmp_path, model(hidden_size=32))
    assert message == (
        "weight model.embed_tokens.weight was [51, 16] when it was saved, in this model it is [51, 32]"
    )
    message = refused(tmp_path, model(num_hidden_layers=1))
    assert message.startswith("weight model.layers.1.input_layernorm.weight was [16] when it was saved")
    assert message.endswith("in this model it is absent")


FILES = ["weights.safetensors", "optimizer.safetensors", "state.json"]


@pytest.mark.parametrize("name", FILES)
def test_a_torn_or_missing_file_is_damage_and_the_model_left_alone(tmp_path, name: str) -> None:
    training = trainer(model())
    run(training, 1, 1)
    training.save(tmp_path / "state")
    file = tmp_path / "state" / name
    file.write_bytes(file.read_bytes()[:20])
    fresh = model()
    damaged = "it is not the training state that was written ("
    assert refused(tmp_path, fresh, error="ResumeDamaged") == f"{damaged}{name} is not what was written)"
    file.unlink()
    assert refused(tmp_path, fresh, error="ResumeDamaged") == f"{damaged}{name} is missing)"
    (tmp_path / "state" / ".sha256").unlink()  # as an older version wrote it
    assert refused(tmp_path, fresh, error="ResumeDamaged").startswith(damaged)
    for a, b in zip(model().module.parameters(), fresh.module.parameters(), strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("name", [*FILES, ".sha256"])
def test_one_bit_of_any_byte_of_a_state_is_seen(tmp_path, name: str) -> None:
    trainer(model()).save(tmp_path / "state")
    file = tmp_path / "state" / name
    sound = file.read_bytes()
    choice = random.Random(name)
    for _ in range(40):
        flipped = bytearray(sound)
        flipped[choice.randrange(len(sound))] ^= 1 << choice.randrange(8)
        file.write_bytes(flipped)
        assert damage_in(tmp_path / "state") is not None
    file.write_bytes(sound)
    assert damage_in(tmp_path / "state") is None


def test_a_state_of_more_steps_than_are_recorded_is_damage(tmp_path) -> None:
    training = trainer(model())
    run(training, 1, 2)
    training.save(tmp_path / "state")
    with pytest.raises(WorkerError, match="it is of step 2, and only 1 steps are recorded") as caught:
        trainer(model(), tmp_path / "state", recorded=1)
    assert caught.value.name == "ResumeDamaged"
    assert trainer(model(), tmp_path / "state", recorded=2).steps_done == 2


def test_a_state_without_a_seal_as_older_versions_wrote_it_is_a_state(tmp_path) -> None:
    trainer(model()).save(tmp_path / "state")
    (tmp_path / "state" / ".sha256").unlink()
    assert trainer(model(), tmp_path / "state").steps_done == 0


def test_a_state_moved_aside_by_a_process_that_was_killed_is_found_again(tmp_path) -> None:
    training = trainer(model())
    run(training, 1, 1)
    training.save(tmp_path / "state")
    (tmp_path / "state").rename(tmp_path / f".state.writing-{NO_PROCESS}-old")
    assert trainer(model(), tmp_path / "state").steps_done == 1


def test_a_state_of_another_format_is_refused(tmp_path) -> None:
    trainer(model()).save(tmp_path / "state")
    file = tmp_path / "state" / "state.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 2}))
    (tmp_path / "state" / ".sha256").unlink()
    assert refused(tmp_path, model()) == "its format is 2, this worker reads 1"


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it(tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkerError) as caught:
        trainer(model()).save(tmp_path / "file" / "state")
    assert caught.value.name == "WriteFailed"
    assert caught.value.data.path == str(tmp_path / "file" / "state")
