"""A merged model is a whole one, which computes what base and adapter compute."""

from __future__ import annotations

import json

import adapted
import pytest
import torch
from adapted import LORA
from aft_worker.errors import WorkerError
from aft_worker.model.merging import merge_adapter
from transformers import AutoModelForCausalLM, AutoTokenizer

NOTHING_OF_OURS = {"adapter_config.json", "adapter_model.safetensors", "base_model.json"}


@pytest.mark.parametrize("tied", [True, False])
def test_merged_logits_equal_those_of_base_and_adapter(tmp_path, tied) -> None:
    base = adapted.base_folder(tmp_path / "base", tie_word_embeddings=tied)
    model = adapted.trained(adapted.load(base, LORA))
    folder = adapted.saved(model, tmp_path / "vft")
    answer = merge_adapter(str(folder), str(tmp_path / "merged"))
    assert "model.safetensors" in answer.files and NOTHING_OF_OURS.isdisjoint(answer.files)
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "merged")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "merged")
    ids = tokenizer("how many are 2 + 3?", return_tensors="pt").input_ids
    expected = adapted.logits(model)
    assert not torch.allclose(expected, adapted.logits(adapted.load(base)), atol=1e-2)
    with torch.no_grad():
        assert torch.allclose(plain(input_ids=ids).logits, expected, atol=1e-4, rtol=1e-4)


def test_the_sum_is_rounded_once_to_the_bases_type(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base", torch.bfloat16)
    model = adapted.trained(adapted.load(base, LORA, dtype="bfloat16"))
    merge_adapter(str(adapted.saved(model, tmp_path / "vft")), str(tmp_path / "merged"))
    assert json.loads((tmp_path / "merged" / "config.json").read_text())["dtype"] == "bfloat16"
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged", dtype="auto")
    layer = model.module.get_submodule("base_model.model.model.layers.1.mlp.up_proj")
    a, b = (getattr(layer, name)["default"].weight.detach() for name in ("lora_A", "lora_B"))
    # alpha / rank = 2
    expected = (layer.base_layer.weight.detach().float() + 2 * (b @ a)).bfloat16()
    assert torch.equal(merged.model.layers[1].mlp.up_proj.weight, expected)
    assert torch.equal(
        merged.model.embed_tokens.weight,
        adapted.load(base, dtype="bfloat16").module.model.embed_tokens.weight,
    )


def test_a_whole_model_is_not_merged(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    with pytest.raises(WorkerError, match="it holds no adapter that could be merged"):
        merge_adapter(base, str(tmp_path / "merged"))
