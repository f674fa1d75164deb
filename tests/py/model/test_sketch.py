"""A model of another's sizes with random weights, to measure with."""

from __future__ import annotations

import adapted
import pytest
import tiny
import torch
from adapted import LORA
from aft_worker.errors import WorkerError
from aft_worker.model.loading import SKETCH_DIGEST
from transformers import Gemma2ForCausalLM


def sizes(module) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in module.named_parameters()}


def test_it_has_the_first_layers_and_everything_else_of_the_model(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base", torch.bfloat16)
    whole, sketch = adapted.load(base), adapted.load(base, sketch_layers=1)
    kept = {name: size for name, size in sizes(whole.module).items() if ".layers.1." not in name}
    assert sizes(sketch.module) == kept
    assert (sketch.dtype, sketch.max_positions, sketch.source) == (torch.float32, 256, base)
    assert sketch.info("m1").digest == SKETCH_DIGEST


def test_it_samples_scores_and_trains_as_the_model_does(tmp_path) -> None:
    sketch = adapted.load(adapted.base_folder(tmp_path / "base"), sketch_layers=2)
    assert torch.isfinite(adapted.logits(sketch)).all()
    before = adapted.logits(sketch)
    assert not torch.equal(adapted.logits(adapted.trained(sketch)), before)


def test_no_weight_is_read_and_no_random_number_of_others_taken(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    file = tmp_path / "base" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:100])
    torch.manual_seed(3)
    wanted = torch.rand(3)
    torch.manual_seed(3)
    adapted.load(base, sketch_layers=1)
    assert torch.equal(torch.rand(3), wanted)


def test_with_an_adapter_it_alone_is_trained(tmp_path) -> None:
    base = adapted.base_folder(tmp_path / "base")
    sketch = adapted.load(base, LORA, sketch_layers=1)
    assert sketch.adapter is not None
    trained = {name for name, weight in sketch.module.named_parameters() if weight.requires_grad}
    assert trained and all("lora" in name for name in trained)
    # a folder with an adapter stands for its base
    folder = adapted.saved(adapted.load(base, LORA), tmp_path / "vft")
    assert adapted.load(folder, LORA, sketch_layers=1).adapter is not None
    assert adapted.load(folder, sketch_layers=1).adapter is None


def test_layers_keep_their_kinds(tmp_path) -> None:
    made = tiny.gemma2()
    assert isinstance(made.module, Gemma2ForCausalLM)
    made.module.save_pretrained(tmp_path / "gemma")
    made.tokenizer.tokenizer.save_pretrained(tmp_path / "gemma")
    sketch = adapted.load(tmp_path / "gemma", sketch_layers=1, attention="eager")
    assert sketch.module.config.layer_types == made.module.config.layer_types[:1]


def test_what_is_no_model_is_refused_as_ever(tmp_path) -> None:
    with pytest.raises(WorkerError, match="there is no such folder"):
        adapted.load(tmp_path / "nothing", sketch_layers=1)
