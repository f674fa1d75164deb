"""An adapter is trained, saved and loaded in place of the weights, and the base model stays as it is."""

from __future__ import annotations

import json

import adapted
import pytest
import tiny
import torch
from adapted import GROUPS, LORA
from aft_worker.errors import WorkerError
from aft_worker.model.adapter import adapter_weights
from aft_worker.protocol import AdapterSettings, GeneratePrompt
from aft_worker.score.scoring import response_scores, score_groups
from aft_worker.train import gradients

ALIGNMENT = tiny.alignment(beta=0.1)
BLOCK = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]


@pytest.fixture
def base(tmp_path) -> str:
    return adapted.base_folder(tmp_path / "base")


def scores(model) -> list[float]:
    groups = [tiny.score_group("a", "2 boxes of 3?", "6", "9 9"), tiny.score_group("b", "how?", "so")]
    return [one.logprob for group in score_groups(model, groups, 512)[0] for one in group]


def test_a_fresh_adapter_covers_the_linear_layers_of_the_blocks_and_changes_no_logit(base) -> None:
    plain, model = adapted.load(base), adapted.load(base, LORA)
    assert torch.equal(adapted.logits(plain), adapted.logits(model))
    info = model.info("model-1").adapter
    assert info is not None and info.targets == BLOCK
    # two blocks; hidden 16, keys and values 8 wide, inner 32: rank 4 times (in + out) of each layer
    assert info.parameters == 2 * 4 * (2 * (16 + 16) + 2 * (16 + 8) + 3 * (16 + 32))
    assert info.base == plain.digest() != model.digest()


def test_only_the_adapter_is_trained(base) -> None:
    plain, model = adapted.load(base), adapted.load(base, LORA)
    before = {name: weight.detach().clone() for name, weight in adapter_weights(model.module).items()}
    digest = model.digest()
    adapted.trained(model)
    after = dict(model.module.named_parameters())
    assert all(not torch.equal(after[name], weight) for name, weight in before.items())
    for name, weight in plain.module.named_parameters():
        inner = name.replace("_proj.weight", "_proj.base_layer.weight")
        assert torch.equal(after[f"base_model.model.{inner}"], weight), name
    assert model.digest() != digest
    assert set(adapted.trainer(model)._optimizer.weights) == set(before)


def test_named_targets_alone_get_a_part(base) -> None:
    model = adapted.load(base, AdapterSettings(rank=2, alpha=2, dropout=0, targets=["q_proj", "v_proj"]))
    layers = {name.split(".lora_")[0].rpartition(".")[2] for name in adapter_weights(model.module)}
    assert layers == {"q_proj", "v_proj"}


def test_a_target_that_is_not_there_is_refused_with_the_nearest_name(base) -> None:
    with pytest.raises(WorkerError) as caught:
        adapted.load(base, AdapterSettings(rank=2, alpha=2, dropout=0, targets=["v_proj", "q_prj"]))
    assert caught.value.name == "ModelNotLoaded"
    assert caught.value.data.pointer == "/adapter/targets/1"
    assert str(caught.value).endswith(
        f"it has no linear layer 'q_prj' in its blocks (there are {', '.join(BLOCK)}); did you mean q_proj?"
    )


def test_the_seed_decides_the_first_weights_and_other_random_numbers_go_on(base) -> None:
    torch.default_generator.manual_seed(3)
    expected = torch.rand(4)
    torch.default_generator.manual_seed(3)
    first = adapted.load(base, LORA, seed=1)
    assert torch.equal(torch.rand(4), expected)
    torch.rand(5)
    assert first.digest() == adapted.load(base, LORA, seed=1).digest()
    assert first.digest() != adapted.load(base, LORA, seed=2).digest()


def test_a_folder_holds_the_adapter_alone_and_loads_as_base_and_adapter(base, tmp_path) -> None:
    model = adapted.trained(adapted.load(base, LORA))
    folder = adapted.saved(model, tmp_path / "made" / "checkpoint")
    names = {path.name for path in folder.iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json", "base_model.json", "tokenizer.json"} <= names
    assert names.isdisjoint({"model.safetensors", "config.json", "README.md"})
    again = adapted.load(folder)
    assert again.digest() == model.digest()
    assert torch.equal(adapted.logits(again), adapted.logits(model))
    assert scores(again) == scores(model)
    assert scores(again) != scores(adapted.load(base))


def test_training_goes_on_with_the_same_adapter(base, tmp_path) -> None:
    """Two further steps from the folder equal two further steps of the model itself."""
    model = adapted.trained(adapted.load(base, LORA))
    folder = adapted.saved(model, tmp_path / "vft")
    again = adapted.load(folder, LORA, seed=99)
    assert adapted.trained(again, 2, ALIGNMENT).digest() == adapted.trained(model, 2, ALIGNMENT).digest()


def test_an_adapter_of_other_settings_is_refused(base, tmp_path) -> None:
    folder = adapted.saved(adapted.load(base, LORA), tmp_path / "vft")
    with pytest.raises(WorkerError, match="it holds an adapter with rank 4, and 8 is asked for"):
        adapted.load(folder, AdapterSettings(rank=8, alpha=8, dropout=0))
    with pytest.raises(WorkerError, match="it holds an adapter with targets"):
        adapted.load(folder, AdapterSettings(rank=4, alpha=8, dropout=0, targets=["q_proj"]))


def test_a_store_that_was_moved_as_a_whole_finds_its_base(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "one" / "create" / "checkpoint")
    model = adapted.trained(adapted.load(base, LORA))
    adapted.saved(model, tmp_path / "one" / "vft" / "checkpoint")
    (tmp_path / "one").rename(tmp_path / "two")
    assert adapted.load(tmp_path / "two" / "vft" / "checkpoint").digest() == model.digest()


def test_an_adapter_that_was_moved_alone_finds_its_base_by_its_path(base, tmp_path) -> None:
    model = adapted.load(base, LORA)
    adapted.saved(model, tmp_path / "vft")
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "vft").rename(tmp_path / "elsewhere" / "deep" / "vft")
    assert adapted.load(tmp_path / "elsewhere" / "deep" / "vft").digest() == model.digest()


def test_a_base_that_is_gone_or_has_other_weights_is_named(base, tmp_path) -> None:
    folder = adapted.saved(adapted.load(base, LORA), tmp_path / "vft")
    adapted.base_folder(tmp_path / "base", initializer_range=0.3)
    with pytest.raises(WorkerError, match="has other weights than when the adapter was trained"):
        adapted.load(folder)
    (tmp_path / "base").rename(tmp_path / "away")
    with pytest.raises(WorkerError, match=r"its base model is gone: there is no folder '.*/base' any more"):
        adapted.load(folder)


def test_the_digest_covers_base_scale_and_weights_but_not_dropout(base, tmp_path) -> None:
    digests = {adapted.load(base, LORA).digest()}
    for changed in ({"rank": 5}, {"alpha": 9.0}, {"targets": ["q_proj"]}):
        settings = {"rank": 4, "alpha": 8.0, "dropout": 0.0, **changed}
        digests.add(adapted.load(base, AdapterSettings(**settings)).digest())
    digests.add(adapted.load(adapted.base_folder(tmp_path / "b", initializer_range=0.3), LORA).digest())
    assert len(digests) == 5
    dropping = AdapterSettings(rank=4, alpha=8.0, dropout=0.5)
    assert adapted.load(base, dropping).digest() in digests


def test_samples_are_scored_as_they_were_drawn(base) -> None:
    model = adapted.trained(adapted.load(base, LORA))
    settings = {"max_new_tokens": 8, "temperature": 1.0, "top_p": 1.0, "seed": 0}
    prompts = [GeneratePrompt(id="q", prompt="how many?", indices=[0, 1, 2])]
    drawn = tiny.sample(model, prompts, **settings)
    assert len({one.text for one in drawn}) > 1
    for one in drawn:
        group = tiny.score_group("q", "how many?", one.text)
        group.responses[0].token_ids, group.responses[0].finish = one.token_ids, one.finish
        (found,) = score_groups(model, [group], 512)[0][0]
        assert found.logprob == pytest.approx(one.logprob, abs=1e-4)


DROPPING = AdapterSettings(rank=4, alpha=8.0, dropout=0.3)


def test_two_passes_give_the_gradient_of_one(base) -> None:
    steps = []
    for limit in (20, 100_000):
        metrics = adapted.trainer(adapted.load(base, LORA), ALIGNMENT, limit).step(1, GROUPS)
        steps.append((metrics.loss.total, metrics.gradient_norm))
    assert steps[0] == pytest.approx(steps[1], rel=1e-5)


def test_both_passes_of_a_piece_drop_the_same(base, monkeypatch) -> None:
    passes: dict[bool, list[list[float]]] = {True: [], False: []}

    def watched(model, batch, chunk=None):
        sums, counts = response_scores(model, batch, chunk)
        passes[torch.is_grad_enabled()].append(sums.tolist())
        return sums, counts

    monkeypatch.setattr(gradients, "response_scores", watched)
    model = adapted.load(base, DROPPING)
    # B = 0 hides the dropout of A's input
    adapted.trained(model, 1)
    passes[True].clear()
    adapted.trainer(model, ALIGNMENT, 20).step(1, GROUPS[:1])
    assert len(passes[False]) > 2
    assert passes[True] == passes[False]
    dropped = [one for piece in passes[True] for one in piece]
    assert dropped != pytest.approx([one for piece in _without_dropout(model) for one in piece], rel=1e-3)


def _without_dropout(model) -> list[list[float]]:
    group = GROUPS[0]
    texts = [one.text for one in group.responses]
    return [
        [one.logprob for one in score_groups(model, [tiny.score_group("a", group.prompt, *texts)], 20)[0][0]]
    ]


def test_dropout_is_a_function_of_seed_and_step_alone(base) -> None:
    found = []
    for noise in (0, 5):
        torch.rand(noise)
        found.append(adapted.trained(adapted.load(base, DROPPING)).digest())
    assert found[0] == found[1]
    assert found[0] != adapted.trained(adapted.load(base, LORA)).digest()


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_resumed_run_equals_the_unbroken_one_bit_for_bit(base, tmp_path, dtype) -> None:
    whole = adapted.trained(adapted.load(base, DROPPING, dtype=dtype), 6, ALIGNMENT, 60)
    first = adapted.trainer(adapted.load(base, DROPPING, dtype=dtype), ALIGNMENT, 60)
    for number in range(1, 4):
        first.step(number, GROUPS)
    first.save(tmp_path / "state")
    fresh = adapted.load(base, DROPPING, seed=7, dtype=dtype)
    second = adapted.trainer(fresh, ALIGNMENT, 60, resume=tmp_path / "state")
    for number in range(4, 7):
        second.step(number, GROUPS)
    fresh.weights_changed()
    assert fresh.digest() == whole.digest()
    # the state holds the adapter alone
    state = (tmp_path / "state" / "weights.safetensors").stat().st_size
    assert state < sum(weight.numel() * 4 for weight in adapter_weights(fresh.module).values()) + 8192


def test_an_adapter_is_in_float32_beside_a_bfloat16_base(base, tmp_path) -> None:
    model = adapted.trained(adapted.load(base, LORA, dtype="bfloat16"))
    assert {weight.dtype for weight in adapter_weights(model.module).values()} == {torch.float32}
    assert model.dtype == torch.bfloat16
    again = adapted.load(adapted.saved(model, tmp_path / "vft"), dtype="bfloat16")
    assert {weight.dtype for weight in adapter_weights(again.module).values()} == {torch.float32}
    assert torch.equal(adapted.logits(again), adapted.logits(model))


def test_float16_is_refused_for_a_frozen_base_too(base) -> None:
    model = adapted.load(base, LORA, dtype="float16")
    with pytest.raises(WorkerError, match="float16 weights cannot be trained"):
        adapted.trainer(model)


def test_an_adapter_of_other_software_loads_with_its_bases_tokenizer(base, tmp_path) -> None:
    folder = adapted.saved(adapted.trained(adapted.load(base, LORA)), tmp_path / "vft")
    expected = adapted.logits(adapted.load(folder))
    for path in folder.iterdir():
        if path.name not in ("adapter_config.json", "adapter_model.safetensors"):
            path.unlink()
    assert torch.equal(adapted.logits(adapted.load(folder)), expected)


def test_what_is_wrong_with_an_adapters_folder_is_said(base, tmp_path) -> None:
    folder = adapted.saved(adapted.load(base, LORA), tmp_path / "vft")
    config = json.loads((folder / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, "peft_type": "IA3"}))
    with pytest.raises(WorkerError, match="its adapter is of the kind IA3; expected LORA"):
        adapted.load(folder)
    (folder / "adapter_config.json").write_text("{")
    with pytest.raises(WorkerError, match=r"its adapter_config\.json cannot be read"):
        adapted.load(folder)
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "adapter_model.safetensors").unlink()
    with pytest.raises(WorkerError, match=r"the folder lacks adapter_model\.safetensors, the"):
        adapted.load(folder)
