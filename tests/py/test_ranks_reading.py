"""Models of every kind of folder that ranks read and train, two of them at once; and what ranks wrote.

With `-m slow` two ranks read some; with AFT_RANKS=all, too, two and four all of them.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import adapted
import pytest
import ranks_cases
import tiny_gguf
import torch.distributed as dist
from aft_worker import distributed
from aft_worker.board import open_board
from aft_worker.model import saving
from aft_worker.model.adapter_folder import base_of
from aft_worker.model.gguf_file import convert_gguf
from aft_worker.model.loading import LoadedModel, load_model
from aft_worker.model.saving import save_model
from aft_worker.score import score_groups, score_path, score_shared
from ranks import run_in_processes
from test_lockstep import GROUPS

ALL = os.environ.get("AFT_RANKS") == "all"
SHARDINGS = ("none", "fsdp")


@dataclass(frozen=True)
class Cases:
    """What is read, "source sharding"; and two at once, "loss sharding sharding": of the first the loss."""

    read: tuple[str, ...]
    two: tuple[str, ...]

    def here(self) -> list[str]:
        """One process shares nothing out."""
        alone = dict.fromkeys(f"{case.split()[0]} none" for case in self.read)
        return [*alone] if distributed.world_size() == 1 else [*self.read]

    def read_trained_and_written(self, folder: Path) -> dict[str, Any]:
        """Of each the digest, scores, the third step's loss, and the digest of what is written then; the
        state after two steps is left in the folder."""
        saving.FILE_BYTES = 20_000
        found = {}
        for case in self.here():
            model = load(folder, *case.split())
            one: dict[str, Any] = {"digest": model.digest(), "scores": scores(model)}
            run = run_on(model)
            for number in (1, 2):
                run.step(number, ranks_cases.GROUPS)
            place = f"{case} {distributed.world_size()}"
            run.save(folder / f"state of {place}")
            one["loss"] = run.step(3, ranks_cases.GROUPS).loss.total
            run.end()
            model.weights_changed()
            one["written"] = model.digest()
            save_model(model, str(folder / f"written {place}"))
            found[place] = one
        return found

    def went_on(self, folder: Path) -> dict[str, tuple[float, str]]:
        """From each state that lies there: the third step's loss; and the digest of what was written."""
        found = {}
        for case in self.here():
            source, sharding = case.split()
            for state in sorted(folder.glob(f"state of {source} *")):
                place = state.name.removeprefix("state of ")
                run = run_on(load(folder, source, sharding), state)
                assert run.steps_done == 2
                loss = run.step(3, ranks_cases.GROUPS).loss.total
                written = load(folder, f"written {place}", sharding)
                found[f"{place} as {sharding}"] = loss, written.digest()
        return found

    def two_at_once(self, folder: Path) -> dict[str, Any]:
        """One that is trained, against a copy of what it began with where its loss asks for that, beside one
        that stays as it is, in turns."""
        found = {}
        for case in self.two:
            name, own, other = case.split()
            policy, reference = load(folder, "base", own), load(folder, "adapter", other)
            before = reference.digest()
            run = ranks_cases.trainer(policy, ranks_cases.LOSSES[name])
            seen: list[Any] = [scores(reference)]
            for number in (1, 2, 3):
                done = run.step(number, ranks_cases.GROUPS)
                seen += [done.loss.total, done.divergence, scores(policy), scores(reference)]
            reference.weights_changed()
            assert reference.digest() == before
            found[case] = seen
        return found

    def all(self, folder: Path) -> dict[str, Any]:
        done = self.read_trained_and_written(folder)
        distributed.wait_for_all()
        return {"done": done, "went on": self.went_on(folder), "two": self.two_at_once(folder)}


SOME = Cases(("adapter none", "adapter fsdp", "gguf fsdp"), ("nft fsdp fsdp",))
EVERY = Cases(
    tuple(f"{name} {one}" for name in ("base", "several", "adapter", "gguf") for one in SHARDINGS),
    tuple(
        f"{loss} {pair}" for loss in ("nft", "kto", "dpo") for pair in ("fsdp fsdp", "fsdp none", "none fsdp")
    ),
)


def write_sources(folder: Path) -> None:
    """As one process leaves them: in one file, in several, an adapter, and made of a GGUF file."""
    base = adapted.base_folder(folder / "base", tie_word_embeddings=True)
    model = adapted.load(base, adapted.LORA)
    adapted.saved(adapted.trained(model, 2), folder / "adapter")
    whole = adapted.load(base)
    whole.module.save_pretrained(folder / "several", max_shard_size=20_000)
    whole.tokenizer.tokenizer.save_pretrained(folder / "several")
    tiny_gguf.write(folder / "tiny.gguf")
    convert_gguf(str(folder / "tiny.gguf"), str(folder / "gguf"))


def load(folder: Path, name: str, sharding: str) -> LoadedModel:
    model = load_model(str(folder / name), dtype="float32", device="cpu", sharding=sharding, trained=True)
    assert score_path(model.module).is_shared_out == (sharding == "fsdp" and distributed.world_size() > 1)
    return model


def scores(model: LoadedModel) -> list[float]:
    """Of rank 0; none of the others."""
    asked = (model, GROUPS, 40, lambda: None, lambda *_: None, lambda _: None)
    if distributed.world_size() == 1:
        found = score_groups(*asked)[0]
    else:
        found = score_shared(open_board("score"), *asked, per_token=False)[0]
    return [response.logprob for group in found for response in group] if distributed.is_main() else []


def run_on(model: LoadedModel, resume: Path | None = None) -> Any:
    return ranks_cases.trainer(model, ranks_cases.LOSSES["alignment"], resume_from=resume)


def hold(cases: Cases, folder: Path, counts: list[int]) -> None:
    write_sources(folder)
    alone = cases.read_trained_and_written(folder)
    ranks = [run_in_processes(count, cases.all, folder) for count in counts]
    for first, *others in ranks:
        hold_done(first["done"], alone, [other["done"] for other in others])
    # from what was written last go on one process, and as many as came first
    again = [cases.went_on(folder)]
    if len(counts) > 1:
        again += run_in_processes(counts[0], cases.went_on, folder)
    written = {**alone, **{place: one for each in ranks for place, one in each[0]["done"].items()}}
    for found in [*again, *(rank["went on"] for each in ranks for rank in each)]:
        for name, (loss, digest) in found.items():
            place = name.rpartition(" as ")[0]
            assert loss == pytest.approx(alone[f"{place.split()[0]} none 1"]["loss"], abs=1e-6), name
            assert digest == written[place]["written"], name
    two = cases.two_at_once(folder)
    for each in ranks:
        for name, seen in two.items():
            found = list(flat(each[0]["two"][name]))
            assert found == pytest.approx(list(flat(seen)), rel=1e-5, abs=1e-6), name
    for place in written:
        hold_files(folder / f"written {place}", place)


def hold_done(found: dict[str, Any], alone: dict[str, Any], others: list[dict[str, Any]]) -> None:
    for place, one in found.items():
        expected = alone[f"{place.split()[0]} none 1"]
        assert one["digest"] == expected["digest"], place
        assert one["scores"] == pytest.approx(expected["scores"], rel=1e-5), place
        assert one["loss"] == pytest.approx(expected["loss"], abs=1e-6), place
        for other in others:
            kept = {"scores": other[place]["scores"]}
            assert other[place] == {**one, **kept} and kept["scores"] == [], place


def flat(values: Any) -> Any:
    for value in values:
        if isinstance(value, list):
            yield from flat(value)
        elif value is not None:
            yield value


def hold_files(at: Path, place: str) -> None:
    """An adapter alone, which finds its base; several files only where the weights were shared out."""
    source, sharding, count = place.split()
    names = {file.name for file in at.iterdir()}
    if source == "adapter":
        assert "adapter_model.safetensors" in names and "config.json" not in names
        assert Path(base_of(at).source).resolve() == (at.parent / "base").resolve()
        return
    shared = sharding == "fsdp" and count != "1"
    assert ("model.safetensors.index.json" in names) == shared, place
    if shared:
        index = json.loads((at / "model.safetensors.index.json").read_text())
        assert len(set(index["weight_map"].values())) > 1


needs_gloo = pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_ranks_read_train_and_write_what_one_does(tmp_path: Path) -> None:
    hold(SOME, tmp_path, [2])


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not ALL, reason="AFT_RANKS=all takes minutes")
def test_what_two_ranks_wrote_four_read_and_two_and_one_again(tmp_path: Path) -> None:
    hold(EVERY, tmp_path, [2, 4])
