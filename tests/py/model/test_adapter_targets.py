"""Which layers get a part of an adapter, family by family: all linear layers of the blocks, and no router."""

from __future__ import annotations

import adapted
import pytest
import tiny
import torch
from adapted import GROUPS
from aft_worker.errors import WorkerError
from aft_worker.model.adapter import adapter_weights, add_adapter
from aft_worker.model.adapter_targets import places_of, targets_on
from aft_worker.model.inspection import inspect_model
from aft_worker.model.merging import merge_adapter
from aft_worker.protocol import AdapterSettings
from aft_worker.score.scoring import score_groups
from classes.causal_classes import kinds, make
from transformers import (
    AutoModelForCausalLM,
    BertConfig,
    DeepseekV3Config,
    FalconConfig,
    GPT2Config,
    Llama4TextConfig,
    MambaConfig,
    PreTrainedConfig,
    Qwen2MoeConfig,
)

VOCABULARY = {"vocab_size": 4 + len(tiny.CHARACTERS), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
SIZES = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
    **VOCABULARY,
}
CONFIGS: dict[str, PreTrainedConfig] = {
    "falcon": FalconConfig(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, **VOCABULARY),
    "gpt2": GPT2Config(n_embd=16, n_layer=2, n_head=2, n_positions=256, **VOCABULARY),
    "mamba": MambaConfig(hidden_size=16, num_hidden_layers=2, state_size=4, time_step_rank=2, **VOCABULARY),
    # one head names layers as its blocks do
    "bert": BertConfig(
        is_decoder=True, **{name: size for name, size in SIZES.items() if name != "num_key_value_heads"}
    ),
    "qwen2_moe": Qwen2MoeConfig(
        **SIZES,
        moe_intermediate_size=8,
        shared_expert_intermediate_size=12,
        num_experts=4,
        num_experts_per_tok=2,
        mlp_only_layers=[0],
    ),
    "deepseek_v3": DeepseekV3Config(
        **SIZES,
        moe_intermediate_size=8,
        n_routed_experts=4,
        num_experts_per_tok=2,
        n_group=1,
        topk_group=1,
        first_k_dense_replace=1,
        q_lora_rank=8,
        kv_lora_rank=8,
        qk_rope_head_dim=4,
        qk_nope_head_dim=4,
        v_head_dim=8,
    ),
    "llama4_text": Llama4TextConfig(
        **SIZES,
        head_dim=8,
        intermediate_size_mlp=12,
        num_local_experts=4,
        num_experts_per_tok=1,
        interleave_moe_layer_step=2,
    ),
}  # fmt: skip
USUAL = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]
LAYERS = {
    "falcon": ["dense", "dense_4h_to_h", "dense_h_to_4h", "query_key_value"],
    "gpt2": ["c_attn", "c_fc", "c_proj"],
    # the weights of the others are read past the layers
    "mamba": ["in_proj", "x_proj"],
    "bert": ["dense", "key", "query", "value"],
    "qwen2_moe": USUAL,
    # peft takes the MLP's names for parts of the experts' tensors
    "deepseek_v3": ["kv_a_proj_with_mqa", "kv_b_proj", "o_proj", "q_a_proj", "q_b_proj"],
    "llama4_text": USUAL,
}
EXPERTS = ["experts.down_proj", "experts.gate_up_proj"]
PLAIN = AdapterSettings(rank=2, alpha=4.0, dropout=0.0)


def folder(at, family: str) -> str:
    torch.manual_seed(3)
    AutoModelForCausalLM.from_config(CONFIGS[family]).save_pretrained(at)
    tiny.tokenizer().save_pretrained(at)
    return str(at)


def paths(module) -> set[str]:
    return {name.partition(".lora_")[0].removeprefix("base_model.model.") for name in adapter_weights(module)}


@pytest.mark.parametrize("family", ["falcon", "gpt2", "qwen2_moe"])
def test_left_out_targets_are_all_linear_layers_of_the_blocks_but_routers(family: str, tmp_path) -> None:
    base = folder(tmp_path / "base", family)
    model = adapted.load(base, PLAIN)
    info = model.info("m").adapter
    assert info is not None and info.targets == LAYERS[family]
    # the layers of each of them, by their own kind
    linear = {
        name
        for name, part in adapted.load(base).module.named_modules()
        if name.rpartition(".")[2] in LAYERS[family] and hasattr(part, "weight")
    }
    assert paths(model.module) == linear
    shape = inspect_model(base, None, PLAIN)
    counted = [one for one in shape.linear_layers if not one.named_alone]
    assert info.parameters == sum(one.count * 2 * (one.inputs + one.outputs) for one in counted)


@pytest.mark.parametrize("family", ["bert", "deepseek_v3", "llama4_text"])
def test_so_they_are_where_no_weights_are_read(family: str, tmp_path) -> None:
    shape = inspect_model(folder(tmp_path / "base", family), None, PLAIN)
    found = {one.name for one in shape.linear_layers if not one.named_alone}
    assert sorted(found) == LAYERS[family]


@pytest.mark.parametrize("family", ["falcon", "gpt2", "mamba"])
def test_all_of_an_adapter_is_trained_saved_and_merged(family: str, tmp_path) -> None:
    base = folder(tmp_path / "base", family)
    model = adapted.load(base, PLAIN)
    before = {name: weight.detach().clone() for name, weight in adapter_weights(model.module).items()}
    adapted.trained(model)
    assert all(
        not torch.equal(before[name], weight) for name, weight in adapter_weights(model.module).items()
    )
    again = adapted.load(adapted.saved(model, tmp_path / "made"))
    assert again.adapter is not None and again.adapter.targets == LAYERS[family]
    assert torch.equal(adapted.logits(again), adapted.logits(model))
    merge_adapter(str(tmp_path / "made"), str(tmp_path / "merged"))
    assert torch.allclose(adapted.logits(adapted.load(tmp_path / "merged")), adapted.logits(model), atol=1e-5)
    assert not torch.allclose(adapted.logits(adapted.load(base)), adapted.logits(model), atol=1e-3)


def test_tensors_of_experts_get_a_part_where_they_are_named(tmp_path) -> None:
    base = folder(tmp_path / "base", "qwen2_moe")
    settings = AdapterSettings(rank=2, alpha=4.0, dropout=0.0, targets=[*EXPERTS, "q_proj"])
    model = adapted.load(base, settings)
    info = model.info("m").adapter
    assert info is not None and info.targets == [*EXPERTS, "q_proj"]
    # 4 experts in one of two blocks: down [16, 8], gate and up [16, 16]; q [16, 16] in both
    assert info.parameters == 2 * (4 * ((16 + 8) + (16 + 16)) + 2 * (16 + 16))
    shape = inspect_model(base, None, settings)
    counted = [one for one in shape.linear_layers if one.name in info.targets]
    assert info.parameters == sum(one.count * 2 * (one.inputs + one.outputs) for one in counted)
    before = {name: weight.detach().clone() for name, weight in adapter_weights(model.module).items()}
    adapted.trained(model)
    assert all(
        not torch.equal(before[name], weight) for name, weight in adapter_weights(model.module).items()
    )
    # what is saved is what was trained, and scores as it does
    again = adapted.load(adapted.saved(model, tmp_path / "made"), settings)
    group = tiny.score_group("a", GROUPS[0].prompt, "6", "9 9")
    found = [[one.logprob for one in score_groups(each, [group], 512)[0][0]] for each in (model, again)]
    assert found[0] == found[1]
    merge_adapter(str(tmp_path / "made"), str(tmp_path / "merged"))
    assert torch.allclose(adapted.logits(adapted.load(tmp_path / "merged")), adapted.logits(model), atol=1e-5)


def test_what_an_adapter_cannot_have_is_said_before_weights_are_read(tmp_path) -> None:
    base = folder(tmp_path / "base", "qwen2_moe")
    there = ", ".join([*USUAL[:1], *EXPERTS, *USUAL[1:5], "shared_expert_gate", *USUAL[5:]])
    cases = {
        ("qproj",): f"it has no linear layer 'qproj' in its blocks (there are {there}); did you mean q_proj?",
        (
            "experts.down_proj",
        ): "experts.down_proj cannot have dropout: a tensor of experts has no input of its own; take 0",
    }
    for targets, text in cases.items():
        settings = AdapterSettings(rank=2, alpha=4.0, dropout=0.1, targets=list(targets))
        for attempt in (lambda: inspect_model(base, None, settings), lambda: adapted.load(base, settings)):  # noqa: B023
            with pytest.raises(WorkerError) as caught:
                attempt()
            assert str(caught.value) == f"cannot put an adapter on {base!r}: {text}"
    settings = AdapterSettings(rank=2, alpha=4.0, dropout=0.0, targets=["up_proj"])
    with pytest.raises(WorkerError, match="in this family 'up_proj' means tensors of experts to peft"):
        inspect_model(folder(tmp_path / "other", "deepseek_v3"), None, settings)


@pytest.mark.slow
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_in_every_causal_class_an_adapter_lies_where_it_is_said_to(kind) -> None:
    try:
        module = make(kind)
    except Exception as error:
        pytest.skip(f"cannot be made: {error}")
    places = places_of(module)
    chosen = {place.path for place in places if place.by_default}
    assert chosen, "no linear layer was found"
    wrapped, adapter = add_adapter(module, PLAIN, seed=1, source="m", revision=None)
    assert paths(wrapped) == chosen
    assert targets_on(wrapped) == adapter.targets
    assert not any({"router", "gate", "indexer"} & set(path.split(".")) for path in chosen)
