"""Sizes of a model and counts of tokens, without its weights."""

from __future__ import annotations

import adapted
import pytest
import tiny
import torch
import unusual
from adapted import LORA
from aft_worker.errors import WorkerError
from aft_worker.model.inspection import count_tokens, inspect_model
from transformers import GPT2Config, GPT2LMHeadModel


@pytest.mark.parametrize("tied", [True, False])
def test_the_shape_is_that_of_the_loaded_model(tmp_path, tied) -> None:
    base = adapted.base_folder(tmp_path / "base", torch.bfloat16, tie_word_embeddings=tied)
    shape, module = inspect_model(base, None), adapted.load(base).module
    assert shape.parameters == sum(weight.numel() for weight in module.parameters())
    assert shape.embedding_parameters == 51 * 16
    assert (shape.tied, shape.dtype) == (tied, "bfloat16")
    assert (shape.layers, shape.hidden_size, shape.intermediate_size) == (2, 16, 32)
    assert (shape.heads, shape.key_value_heads, shape.head_size) == (2, 1, 8)
    assert (shape.vocabulary_size, shape.max_positions) == (51, 256)
    sizes = {one.name: (one.count, one.inputs, one.outputs) for one in shape.linear_layers}
    assert sizes == {
        **{"q_proj": (2, 16, 16), "k_proj": (2, 16, 8), "v_proj": (2, 16, 8), "o_proj": (2, 16, 16)},
        **{"gate_proj": (2, 16, 32), "up_proj": (2, 16, 32), "down_proj": (2, 32, 16)},
    }


def test_the_weights_are_not_read(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    file = tmp_path / "base" / "model.safetensors"
    header = 8 + int.from_bytes(file.read_bytes()[:8], "little")
    file.write_bytes(file.read_bytes()[:header])
    assert inspect_model(base, None).dtype == "float32"


def test_a_model_with_a_state_in_the_place_of_attention_has_one_head(tmp_path) -> None:
    module = unusual.made("rwkv").module
    module.save_pretrained(tmp_path)
    tiny.tokenizer().save_pretrained(tmp_path)
    shape = inspect_model(str(tmp_path), None)
    assert (shape.heads, shape.head_size, shape.layers) == (1, 32, 2)
    assert shape.parameters == sum(weight.numel() for weight in module.parameters())


def test_an_adapters_folder_has_the_shape_of_its_base(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    folder = adapted.saved(adapted.load(base, LORA), tmp_path / "vft")
    assert inspect_model(str(folder), None) == inspect_model(base, None)
    for file in folder.glob("tokenizer*"):
        file.unlink()
    assert count_tokens(str(folder), None, ["abc"]) == [3]


def test_layers_that_keep_their_weight_the_other_way_round(tmp_path) -> None:
    config = GPT2Config(vocab_size=51, n_embd=16, n_layer=2, n_head=2, n_positions=64)
    GPT2LMHeadModel(config).save_pretrained(tmp_path / "gpt2")
    tiny.tokenizer().save_pretrained(tmp_path / "gpt2")
    shape = inspect_model(str(tmp_path / "gpt2"), None)
    sizes = {one.name: (one.count, one.inputs, one.outputs) for one in shape.linear_layers}
    assert sizes["c_attn"] == (2, 16, 48) and sizes["c_fc"] == (2, 16, 64)
    assert shape.intermediate_size == 64 and shape.max_positions == 64
    # and an adapter fits on them
    model = adapted.load(tmp_path / "gpt2", LORA)
    plain = adapted.load(tmp_path / "gpt2")
    assert torch.equal(adapted.logits(model), adapted.logits(plain))
    assert not torch.equal(adapted.logits(adapted.trained(model)), adapted.logits(plain))


def test_tokens_are_counted_without_bos_and_eos(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    assert count_tokens(base, None, ["", "abc", "2 + 3"]) == [0, 3, 5]
    assert count_tokens(base, None, []) == []


def test_what_is_no_model_is_named(tmp_path) -> None:
    with pytest.raises(WorkerError, match="there is no such folder"):
        inspect_model(str(tmp_path / "nowhere"), None)
    (tmp_path / "empty").mkdir()
    with pytest.raises(WorkerError, match=r"the folder lacks config\.json"):
        inspect_model(str(tmp_path / "empty"), None)


def test_where_the_header_of_the_weights_is_damaged_their_type_is_that_of_the_configuration(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    file = tmp_path / "base" / "model.safetensors"
    whole = file.read_bytes()
    other_keys = whole.replace(b'"dtype"', b'"dtypf"')
    for damaged in (whole[:6] + b"\xff\xff" + whole[8:], other_keys, b"\x02" + bytes(7) + b"[]"):
        file.write_bytes(damaged)
        assert inspect_model(base, None).dtype == "float32"
