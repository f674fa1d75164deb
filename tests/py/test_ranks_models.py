"""What several ranks read, share out and write are one process's weights, bit for bit.

The usual suite has two ranks and the kinds that differ most; with AFT_RANKS=all and `-m slow` there are two
and four, and every family of models.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import adapted
import pytest
import tiny
import torch
import torch.distributed as dist
import unusual
from aft_worker import distributed, shared_weights
from aft_worker.errors import WorkerError
from aft_worker.model import loading, saving, sharding
from aft_worker.model.digest import weights_digest
from aft_worker.model.loading import LoadedModel, load_model
from aft_worker.model.saving import save_model
from ranks import run_in_processes
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

ALL = os.environ.get("AFT_RANKS") == "all"
EXPERTS = {"num_local_experts": 4, "num_experts_per_tok": 2, "intermediate_size": 16}


def module_of(kind: str, **settings: Any) -> PreTrainedModel:
    torch.manual_seed(4)
    sizes = {**unusual._LAYERS, "initializer_range": 0.2, **settings}
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **sizes))


def unusual_of(name: str) -> Callable[[], PreTrainedModel]:
    kind, settings = unusual.MODELS[name]
    return lambda: AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **settings))


# experts that files hold one by one; positions that are no weights; more than one type in a model
FEW: dict[str, Callable[[], PreTrainedModel]] = {
    "tied": lambda: module_of("llama", tie_word_embeddings=True),
    "experts": lambda: module_of("mixtral", **EXPERTS),
    "bfloat16": lambda: module_of("gemma3_text", head_dim=8).bfloat16(),
}
KINDS = FEW | {
    "untied": lambda: module_of("mistral", tie_word_embeddings=False),
    "float16": lambda: module_of("qwen2").half(),
    "dynamic": lambda: module_of("llama", rope_parameters=unusual._DYNAMIC),
    "shared experts": lambda: module_of(
        "qwen3_moe", num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, head_dim=8
    ),
    "conv1d": lambda: module_of("gpt2", n_positions=256),
    **{name: unusual_of(name) for name in unusual.MODELS},
}


REFUSED = {
    "openai-gpt": "OpenAIGPTLMHeadModel has no blocks",
    "xlm": "XLMWithLMHeadModel has no blocks",
    "zamba": "ZambaForCausalLM has blocks with weights in common",
    "zamba2": "Zamba2ForCausalLM has blocks with weights in common",
}


def write_folders(kinds: dict[str, Callable[[], PreTrainedModel]], at: Path) -> None:
    """One file or several with an index, as any other software leaves them."""
    for name, make in kinds.items():
        made = make()
        for path, value in made.named_parameters():
            # none is what a class begins with
            value.data += torch.linspace(0, 0.01, value.numel()).view_as(value).to(value.dtype) * len(path)
        files = {"max_shard_size": 20_000} if name in ("experts", "untied") else {}
        made.save_pretrained(at / name, **files)
        tiny.tokenizer().save_pretrained(at / name)


def described(model: LoadedModel) -> dict[str, Any]:
    """Digest of the weights that lie there now, types and buffers."""
    path = loading.scored_how(model)
    weights = {
        name: shared_weights.whole(value) for name, value in model.module.state_dict(keep_vars=True).items()
    }
    return {
        "digest": model.digest(),
        "weights": weights_digest(model.module),
        "types": {name: value.dtype for name, value in weights.items()} if distributed.is_main() else None,
        "buffers": dict(model.module.named_buffers()),
        "way": path,
        "text": adapted.logits(model, "2 + 3?"),
    }


def load(folder: Path, **settings: Any) -> LoadedModel:
    return load_model(str(folder), **{"device": "cpu", "sharding": "fsdp", **settings})


def read_and_written(folder: Path) -> dict[str, Any]:
    """Of each folder what is read of it; it is saved again, in files of a few kilobytes."""
    saving.FILE_BYTES = 30_000
    found = {}
    for at in sorted(path for path in folder.iterdir() if (path / "config.json").is_file()):
        for dtype in ("float32", "bfloat16"):
            if not distributed.is_main():
                loading.load_module = never
            try:
                model = load(at, dtype=dtype)
            except WorkerError as error:
                found[f"{at.name} {dtype}"] = {"refused": str(error)}
                continue
            assert distributed.world_size() == 1 or model.module.__class__.__name__.startswith("FSDP")
            name = f"{at.name} {dtype}"
            found[name] = described(model)
            save_model(model, str(folder / f"ranks-{distributed.world_size()}" / name))
    return found


def never(*_: Any) -> Any:
    raise AssertionError("another rank than the main one reads weights")


def hold(count: int, folder: Path) -> None:
    ranks = run_in_processes(count, read_and_written, folder)
    for name in ranks[0]:
        hold_one(name, count, [rank[name] for rank in ranks], folder)


def hold_one(name: str, count: int, ranks: list[dict[str, Any]], folder: Path) -> None:
    source, _, dtype = name.rpartition(" ")
    if source in REFUSED:
        why = f"{REFUSED[source]}, and cannot be shared out: worker.sharding: none"
        assert [rank["refused"][-len(why) :] for rank in ranks] == [why] * count
        return
    alone = load(folder / source, dtype=dtype)
    expected = described(alone)
    for rank in ranks:
        assert rank["digest"] == expected["digest"], name
        assert rank["weights"] == expected["weights"], name
        assert rank["way"] == expected["way"], name
        torch.testing.assert_close(rank["buffers"], expected["buffers"], rtol=0, atol=0, msg=name)
        torch.testing.assert_close(rank["text"], expected["text"], rtol=1e-5, atol=1e-5, msg=name)
    assert ranks[0]["types"] == expected["types"], name
    hold_files(folder / f"ranks-{count}" / name, alone, folder / "alone" / name)


def hold_files(several: Path, alone: LoadedModel, at: Path) -> None:
    """The same tensors in several files, with the same settings, and read again as one model."""
    saving.FILE_BYTES = 5_000_000_000
    save_model(alone, str(at))
    expected = load_file(at / "model.safetensors")
    index = json.loads((several / "model.safetensors.index.json").read_text())
    files = sorted(several.glob("*.safetensors"))
    assert len(files) > 1
    assert [file.name for file in files] == sorted(set(index["weight_map"].values()))
    found = {name: value for file in files for name, value in load_file(file).items()}
    torch.testing.assert_close(found, expected, rtol=0, atol=0)
    assert {name: several / place for name, place in index["weight_map"].items()} == {
        name: file for file in files for name in load_file(file)
    }
    assert index["metadata"]["total_size"] == sum(value.nbytes for value in expected.values())
    assert (several / "config.json").read_text() == (at / "config.json").read_text()
    assert load(several, dtype=str(alone.dtype).removeprefix("torch.")).digest() == alone.digest()


PARAMETERS = 1000


def by_itself(_: Path) -> dict[str, bool]:
    """Whether `sharding: auto` shares out a model of 1000 weights, by what each rank's device is said to have
    free for each."""
    room = {"plenty": [30, 30], "for weights": [12, 12], "for one rank": [30, 2], "for neither": [2, 2]}
    found = {}
    rank = distributed.rank()
    for name, bytes_each in room.items():
        sharding.free_bytes = lambda _, each=bytes_each: each[rank] * PARAMETERS
        for dtype in (torch.float32, torch.bfloat16):
            for trained in (True, False):
                count = counted if distributed.is_main() else never
                use = f"{dtype} {'trained' if trained else 'scored'}"
                found[f"{name}: {use}"] = sharding.decide(count, dtype, torch.device("cpu"), "auto", trained)
    return found


def counted() -> int:
    return PARAMETERS


needs_gloo = pytest.mark.skipif(not dist.is_gloo_available(), reason="this build of torch has no gloo")


@needs_gloo
@pytest.mark.timeout(300)
def test_one_rank_reads_and_each_has_its_part(tmp_path: Path) -> None:
    write_folders(FEW, tmp_path)
    hold(2, tmp_path)


@needs_gloo
def test_where_a_device_cannot_hold_what_a_model_takes_all_ranks_share_it(tmp_path: Path) -> None:
    first, second = run_in_processes(2, by_itself, tmp_path)
    assert first == second
    # 70 % of what is free; a weight that is trained takes 16 bytes in float32 and 18 in bfloat16
    assert {name for name, shared in first.items() if not shared} == {
        *(
            f"plenty: torch.{dtype} {use}"
            for dtype in ("float32", "bfloat16")
            for use in ("trained", "scored")
        ),
        *(f"for weights: torch.{dtype} scored" for dtype in ("float32", "bfloat16")),
    }
    # one process has it whole, whatever is asked
    assert not sharding.decide(never, torch.float32, torch.device("cpu"), "fsdp", True)


@needs_gloo
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not ALL, reason="AFT_RANKS=all takes minutes")
@pytest.mark.parametrize("count", [2, 4])
def test_so_it_is_with_every_family(tmp_path: Path, count: int) -> None:
    write_folders(KINDS, tmp_path)
    hold(count, tmp_path)
