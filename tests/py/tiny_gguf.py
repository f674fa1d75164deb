"""A tiny Llama in a GGUF file, written by the package gguf: no real weights are needed.

As a program, for tests in other languages: python tests/py/tiny_gguf.py FILE [WHEEL], where WHEEL gets the
file in it as `tiny/model.gguf`.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

import gguf
import numpy as np

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
HIDDEN, HEADS, KEY_HEADS, INNER, LAYERS, POSITIONS = 64, 4, 2, 96, 2, 256
HEAD = HIDDEN // HEADS
SPECIAL = ["<unk>", "<s>", "<end>"]
EOS = 2
MERGES = ["t h", "th e", "Ġ a", "Ġ the"]
QUANTISED = "blk.0.ffn_up.weight"


def vocabulary() -> list[str]:
    """Special tokens, the 256 bytes as byte-level BPE spells them, and what the merges make."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spelt = [chr(byte) for byte in kept] + [chr(256 + at) for at in range(256 - len(kept))]
    return [*SPECIAL, *spelt, *(merge.replace(" ", "") for merge in MERGES)]


def weights(seed: int = 0) -> dict[str, np.ndarray]:
    """By transformers' names, float32."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.2, shape).astype(np.float32)

    named = {"model.embed_tokens.weight": normal(len(vocabulary()), HIDDEN)}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        named |= {
            f"{at}.input_layernorm.weight": 1 + normal(HIDDEN),
            f"{at}.self_attn.q_proj.weight": normal(HIDDEN, HIDDEN),
            f"{at}.self_attn.k_proj.weight": normal(KEY_HEADS * HEAD, HIDDEN),
            f"{at}.self_attn.v_proj.weight": normal(KEY_HEADS * HEAD, HIDDEN),
            f"{at}.self_attn.o_proj.weight": normal(HIDDEN, HIDDEN),
            f"{at}.post_attention_layernorm.weight": 1 + normal(HIDDEN),
            f"{at}.mlp.gate_proj.weight": normal(INNER, HIDDEN),
            f"{at}.mlp.up_proj.weight": normal(INNER, HIDDEN),
            f"{at}.mlp.down_proj.weight": normal(HIDDEN, INNER),
        }
    return named | {"model.norm.weight": 1 + normal(HIDDEN)}


NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def gguf_name(name: str) -> str:
    if not name.startswith("model.layers."):
        return {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight"}[
            name
        ]
    layer, _, rest = name.removeprefix("model.layers.").partition(".")
    return f"blk.{layer}.{NAMES[rest.removesuffix('.weight')]}.weight"


def interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp turns neighbouring dimensions of a head, transformers those half a head apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def write(file: Path, architecture: str = "llama") -> None:
    """All weights as float32, but one matrix as Q4_1."""
    writer = gguf.GGUFWriter(file, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(POSITIONS)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(10000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    words = vocabulary()
    writer.add_vocab_size(len(words))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(words)
    control, normal = gguf.TokenType.CONTROL, gguf.TokenType.NORMAL
    writer.add_token_types([control if word in SPECIAL else normal for word in words])
    writer.add_token_merges(MERGES)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(EOS)
    writer.add_add_bos_token(False)
    writer.add_chat_template(TEMPLATE)
    for name, weight in weights().items():
        if "q_proj" in name:
            weight = interleaved(weight, HEADS)
        elif "k_proj" in name:
            weight = interleaved(weight, KEY_HEADS)
        target = gguf_name(name)
        if target == QUANTISED:
            kind = gguf.GGMLQuantizationType.Q4_1
            writer.add_tensor(target, gguf.quants.quantize(weight, kind), raw_dtype=kind)
        else:
            writer.add_tensor(target, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_wheel(wheel: Path, file: Path) -> None:
    """As pip takes it; `wheel` is named NAME-VERSION-py3-none-any.whl."""
    name, version, *_ = wheel.name.split("-")
    about = f"{name}-{version}.dist-info"
    parts = {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(file, "tiny/model.gguf")
        for place, text in parts.items():
            archive.writestr(place, text)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write(target)
    for one in sys.argv[2:]:
        write_wheel(Path(one), target)
    print(json.dumps({"file": str(target)}))
