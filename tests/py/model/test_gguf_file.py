"""A GGUF file becomes a model folder with exactly its weights; and one clear sentence where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np
import pytest
import tiny_gguf
import torch
from aft_worker.errors import WorkerError
from aft_worker.model.gguf_file import convert_gguf
from aft_worker.model.loading import load_model
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    tiny_gguf.write(file)
    return file


@pytest.fixture(scope="module")
def made(file):
    folder = file.parent / "folder"
    return convert_gguf(str(file), str(folder)), folder


def failure(file: Path) -> str:
    """The message of the ModelNotLoaded, without the path; nothing is written."""
    target = file.parent / "nothing"
    with pytest.raises(WorkerError) as raised:
        convert_gguf(str(file), str(target))
    assert raised.value.name == "ModelNotLoaded"
    assert not target.exists()
    return str(raised.value).replace(str(file), "FILE")


def dequantised(weight: np.ndarray) -> np.ndarray:
    """Q4_1 by its definition: of each 32 values d and m as half floats, then d * q + m with q in 0..15."""
    packed = gguf.quants.quantize(weight, gguf.GGMLQuantizationType.Q4_1).reshape(-1, 20)
    scales = np.ascontiguousarray(packed[:, :4]).view(np.float16).astype(np.float32)
    nibbles = np.concatenate([packed[:, 4:] & 15, packed[:, 4:] >> 4], axis=1).astype(np.float32)
    return (scales[:, :1] * nibbles + scales[:, 1:]).reshape(weight.shape)


def test_every_weight_is_the_files_and_the_model_computes_what_they_say(made) -> None:
    _, folder = made
    expected = {name: torch.from_numpy(weight) for name, weight in tiny_gguf.weights().items()}
    quantised = "model.layers.0.mlp.up_proj.weight"
    expected[quantised] = torch.from_numpy(dequantised(tiny_gguf.weights()[quantised]))
    model = load_model(str(folder), device="cpu")
    weights = model.module.state_dict()
    assert all(weights[name].dtype == torch.float32 for name in expected)
    for name, weight in expected.items():
        assert torch.equal(weights[name], weight), name

    config = LlamaConfig(
        vocab_size=len(tiny_gguf.vocabulary()),
        hidden_size=tiny_gguf.HIDDEN,
        intermediate_size=tiny_gguf.INNER,
        num_hidden_layers=tiny_gguf.LAYERS,
        num_attention_heads=tiny_gguf.HEADS,
        num_key_value_heads=tiny_gguf.KEY_HEADS,
        max_position_embeddings=tiny_gguf.POSITIONS,
        rms_norm_eps=1e-5,
        rope_theta=10000.0,
        tie_word_embeddings=True,
    )
    reference = LlamaForCausalLM(config).eval()
    reference.load_state_dict({**expected, "lm_head.weight": expected["model.embed_tokens.weight"]})
    ids = torch.arange(3, 40)[None]
    with torch.no_grad():
        assert torch.allclose(model.module(input_ids=ids).logits, reference(input_ids=ids).logits, atol=1e-5)


def test_says_what_the_file_held(made) -> None:
    result, folder = made
    quantised = tiny_gguf.INNER * tiny_gguf.HIDDEN
    plain = sum(weight.size for weight in tiny_gguf.weights().values()) - quantised
    assert [(one.type, one.tensors, one.values, one.bytes) for one in result.tensors] == [
        ("F32", 19, plain, 4 * plain),
        # 4 bits a value, and two half floats for each 32
        ("Q4_1", 1, quantised, quantised * 20 // 32),
    ]
    assert (result.architecture, result.parameters, result.dtype) == ("llama", plain + quantised, "float32")
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(result.files)
    assert result.digest == load_model(str(folder), device="cpu").digest()


def test_takes_over_tokenizer_chat_template_and_end(made) -> None:
    result, folder = made
    tokenizer = AutoTokenizer.from_pretrained(folder)
    words = tiny_gguf.vocabulary()
    ids = tokenizer("the cat a")["input_ids"]
    assert [words[token] for token in ids] == ["the", "Ġ", "c", "a", "t", "Ġa"]
    assert tokenizer.decode(ids) == "the cat a"
    messages = [{"role": "user", "content": "hi"}]
    assert (
        tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        == "<user>hi<end><assistant>"
    )
    assert (result.chat_template, result.eos) == (True, ["<end>"])
    assert load_model(str(folder), device="cpu").tokenizer.eos_ids == {tiny_gguf.EOS}


def test_another_file_is_refused(tmp_path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"PK\x03\x04 a zip")
    assert failure(file) == (
        "cannot load 'FILE': it is not a GGUF file: it begins with b'PK\\x03\\x04', not b'GGUF'"
    )
    assert failure(tmp_path / "none") == "cannot load 'FILE': there is no such file; expected a GGUF file"


@pytest.mark.parametrize("share", [0.01, 0.5, 0.999])
def test_a_file_that_is_cut_short_is_refused(file, tmp_path, share) -> None:
    cut = tmp_path / "cut.gguf"
    content = file.read_bytes()
    cut.write_bytes(content[: int(share * len(content))])
    assert "the GGUF file is cut short or damaged (" in failure(cut)


def test_an_architecture_that_cannot_be_read_is_named(tmp_path) -> None:
    file = tmp_path / "model.gguf"
    tiny_gguf.write(file, "lama")
    message = failure(file)
    assert (
        "cannot read the architecture 'lama' from a GGUF file (the nearest that it can is 'llama')" in message
    )
    assert message.endswith("Take the model's own folder or hub id in its place")


def test_without_the_package_the_error_says_how_to_get_it(file, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(WorkerError, match="which this Python lacks: pip install gguf"):
        convert_gguf(str(file), str(file.parent / "nothing"))


def test_the_script_for_machines_without_node_does_the_same(file, made, tmp_path) -> None:
    script = Path(__file__).parents[2] / "gpu" / "from_gguf.py"
    done = subprocess.run(
        [sys.executable, script, file, tmp_path / "folder"], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == str(tmp_path / "folder"), done.stderr
    assert load_model(str(tmp_path / "folder"), device="cpu").digest() == made[0].digest
