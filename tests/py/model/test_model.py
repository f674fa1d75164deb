"""Models: made, saved, loaded again; and one clear sentence when one cannot be loaded."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from aft_worker.errors import WorkerError
from aft_worker.model.create import create_model
from aft_worker.model.digest import weights_digest
from aft_worker.model.loading import load_model
from aft_worker.model.saving import save_model
from aft_worker.model.source import open_tokenizer
from aft_worker.protocol import ModelCreateParams
from aft_worker.tokens.training import train_tokenizer
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    Qwen2Config,
    Qwen2ForCausalLM,
    RwkvConfig,
    RwkvForCausalLM,
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """tokenizer: a tokenizer; model: a model that was made with it and saved."""
    root = tmp_path_factory.mktemp("models")
    train_tokenizer("words", ["Cat buys 7 keys"], None, str(root / "tokenizer"))
    save_model(create_model(settings(root / "tokenizer")), str(root / "model"))
    return root


@pytest.fixture
def copy(folders, tmp_path):
    """A model's folder that the test may break."""
    return shutil.copytree(folders / "model", tmp_path / "model")


def settings(tokenizer, **changes) -> ModelCreateParams:
    usual = {
        "architecture": "llama",
        "hidden_size": 16,
        "intermediate_size": 32,
        "layers": 2,
        "heads": 2,
        "max_positions": 64,
        "tie_embeddings": True,
        "init_std": 0.05,
        "tokenizer": str(tokenizer),
        "seed": 1,
        "dtype": "auto",
        "device": "cpu",
        "attention": "auto",
    }
    return ModelCreateParams(**{**usual, **changes})


def load(source, **changes):
    return load_model(
        **{
            "source": str(source),
            "device": "cpu",
            **changes,
        }
    )


def failure(source, **changes) -> str:
    """The message of the ModelNotLoaded that loading raises, without the path."""
    with pytest.raises(WorkerError) as raised:
        load(source, **changes)
    assert raised.value.name == "ModelNotLoaded"
    assert raised.value.data.source == str(source)
    return str(raised.value).replace(str(source), "MODEL")


def logits(module):
    with torch.no_grad():
        return module(input_ids=torch.arange(1, 12)[None]).logits


def test_a_made_model_has_the_shape_asked_for(folders):
    model = create_model(settings(folders / "tokenizer", key_value_heads=1, max_positions=48))
    config = model.module.config
    vocabulary = len(model.tokenizer.tokenizer)
    assert (config.vocab_size, config.num_key_value_heads) == (vocabulary, 1)
    assert (config.bos_token_id, config.eos_token_id, config.pad_token_id) == (1, 2, 0)
    info = model.info("model-7")
    # embedding (tied: once); per layer q and o, k and v, three of the MLP, two norms; the last norm
    assert info.parameters == vocabulary * 16 + 2 * (2 * 16 * 16 + 2 * 16 * 8 + 3 * 16 * 32 + 2 * 16) + 16
    assert (info.model, info.vocabulary_size, info.max_positions) == ("model-7", vocabulary, 48)
    assert (info.dtype, info.device) == ("float32", "cpu")
    deviation = model.module.model.layers[0].mlp.up_proj.weight.std().item()
    assert deviation == pytest.approx(0.05, rel=0.1)


def test_the_seed_alone_makes_the_weights(folders):
    torch.manual_seed(99)
    first = create_model(settings(folders / "tokenizer"))
    drawn = torch.rand(1)
    torch.manual_seed(99)
    assert torch.equal(drawn, torch.rand(1)), "the global generator is left as it was"
    assert create_model(settings(folders / "tokenizer")).digest() == first.digest()
    assert create_model(settings(folders / "tokenizer", seed=2)).digest() != first.digest()
    half = create_model(settings(folders / "tokenizer", dtype="bfloat16"))
    assert half.info("m").dtype == "bfloat16"
    assert torch.equal(half.module.lm_head.weight, first.module.lm_head.weight.bfloat16())


@pytest.mark.parametrize(
    ("changes", "pointer", "message"),
    [
        (
            {"heads": 3},
            "/heads",
            "hiddenSize 16 does not divide into 3 heads of an even size (rotary positions turn pairs)",
        ),
        ({"heads": 16}, "/heads", "hiddenSize 16 does not divide into 16 heads of an even size "),
        (
            {"heads": 4, "key_value_heads": 3},
            "/keyValueHeads",
            "4 heads do not divide among 3 key-value heads",
        ),
    ],
)
def test_a_shape_that_does_not_divide_is_refused(folders, changes, pointer, message):
    with pytest.raises(WorkerError) as raised:
        create_model(settings(folders / "tokenizer", **changes))
    assert raised.value.name == "InvalidParams"
    assert str(raised.value).startswith(message)
    assert raised.value.data.pointer == pointer


@pytest.mark.parametrize(
    ("changes", "pointer", "message"),
    [
        ({"head_dim": 7}, "/headDim", "headDim 7 is odd: rotary positions turn pairs"),
        ({"heads": 3, "head_dim": 8}, "/heads", "hiddenSize 16 does not divide into 3 heads"),
        (
            {"sliding_window": 8},
            "/slidingWindow",
            "slidingWindow goes with architecture mistral, qwen, gemma or gemma3, found llama",
        ),
        (
            {"architecture": "mistral", "logit_softcap": 9.0},
            "/logitSoftcap",
            "logitSoftcap goes with architecture gemma, found mistral",
        ),
        (
            {"architecture": "gemma3", "attention_softcap": 9.0},
            "/attentionSoftcap",
            "attentionSoftcap goes with architecture gemma, found gemma3",
        ),
        (
            {"architecture": "gemma", "attention": "sdpa"},
            "/attention",
            "attention sdpa has no soft-cap, which gemma's attention needs; take auto or eager",
        ),
    ],
)
def test_an_option_that_the_architecture_does_not_have_is_refused(folders, changes, pointer, message):
    with pytest.raises(WorkerError) as raised:
        create_model(settings(folders / "tokenizer", **changes))
    assert raised.value.name == "InvalidParams"
    assert str(raised.value) == message
    assert raised.value.data.pointer == pointer


@pytest.mark.parametrize(
    ("architecture", "name", "layers"),
    [
        ("llama", "LlamaForCausalLM", None),
        ("mistral", "MistralForCausalLM", None),
        ("qwen", "Qwen3ForCausalLM", ["full_attention", "sliding_attention", "sliding_attention"]),
        ("gemma", "Gemma2ForCausalLM", ["sliding_attention", "full_attention", "sliding_attention"]),
        ("gemma3", "Gemma3ForCausalLM", ["sliding_attention", "sliding_attention", "full_attention"]),
    ],
)
def test_each_architecture_is_what_its_name_says(folders, architecture, name, layers):
    window = {} if architecture == "llama" else {"sliding_window": 9}
    made = create_model(
        settings(folders / "tokenizer", architecture=architecture, layers=3, head_dim=12, **window)
    )
    config = made.module.config
    assert type(made.module).__name__ == name
    assert getattr(config, "layer_types", None) == layers
    assert getattr(config, "sliding_window", None) == window.get("sliding_window")
    weights = dict(made.module.named_parameters())
    assert weights["model.layers.0.self_attn.q_proj.weight"].shape == (2 * 12, 16)
    normalised = "model.layers.0.self_attn.q_norm.weight" in weights
    assert normalised is (architecture in ("qwen", "gemma3"))
    caps = (getattr(config, "final_logit_softcapping", None), getattr(config, "attn_logit_softcapping", None))
    assert caps == ((30.0, 50.0) if architecture == "gemma" else (None, None))


def test_a_model_needs_a_tokenizer_folder(folders):
    with pytest.raises(WorkerError) as raised:
        create_model(settings(folders / "tokeniser"))
    near = folders / "tokenizer"
    assert str(raised.value) == (
        f"cannot load '{folders / 'tokeniser'}': there is no such folder; did you mean '{near}'?"
    )
    assert raised.value.data.pointer == "/tokenizer"


def test_saving_and_loading_changes_neither_digest_nor_logits(folders, tmp_path):
    for tied in (True, False):
        made = create_model(settings(folders / "tokenizer", tie_embeddings=tied))
        files = save_model(made, str(tmp_path / "saved"))
        assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(files)
        again = load(tmp_path / "saved")
        assert again.info("m") == made.info("m")
        assert torch.equal(logits(again.module), logits(made.module))
        # and so it opens without this package
        plain = AutoModelForCausalLM.from_pretrained(tmp_path / "saved", dtype=torch.float32)
        assert torch.equal(logits(plain), logits(made.module))
        tokenizer = AutoTokenizer.from_pretrained(tmp_path / "saved")
        assert tokenizer("Cat buys")["input_ids"] == made.tokenizer.encode_prompt("Cat buys")


def test_a_model_made_in_bfloat16_equals_itself_saved_and_loaded(folders, tmp_path):
    made = create_model(settings(folders / "tokenizer", dtype="bfloat16"))
    save_model(made, str(tmp_path / "saved"))
    again = load(tmp_path / "saved", dtype="bfloat16")
    assert again.dtype == made.dtype == torch.bfloat16
    assert torch.equal(logits(again.module), logits(made.module))


def test_the_digest_sees_every_weight_and_not_how_it_is_laid_out(folders):
    model = load(folders / "model")
    before = weights_digest(model.module)
    weight = model.module.model.layers[1].mlp.down_proj.weight
    weight.data = weight.data.t().contiguous().t()
    assert weights_digest(model.module) == before
    with torch.no_grad():
        weight[3, 5] += 1e-6
    assert weights_digest(model.module) != before
    assert model.digest() == model.digest()
    model.weights_changed()
    assert model.digest() == weights_digest(model.module)


def test_tied_weights_count_once(folders):
    tied = create_model(settings(folders / "tokenizer"))
    apart = create_model(settings(folders / "tokenizer", tie_embeddings=False))
    with torch.no_grad():
        for name, weight in tied.module.named_parameters():
            apart.module.get_parameter(name).copy_(weight)
        apart.module.lm_head.weight.copy_(tied.module.lm_head.weight)
    assert torch.equal(logits(apart.module), logits(tied.module))
    assert weights_digest(apart.module) != weights_digest(tied.module)


def test_the_eos_tokens_of_the_generation_settings_are_honoured(copy):
    path = copy / "generation_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "eos_token_id": [2, 5]}))
    assert load(copy).tokenizer.eos_ids == {2, 5}


def test_a_missing_folder_names_the_nearest(folders):
    assert failure(folders / "modell") == (
        f"cannot load 'MODEL': there is no such folder; did you mean '{folders / 'model'}'?"
    )
    assert failure(folders / "nowhere" / "model") == (
        f"cannot load 'MODEL': there is no such folder: {folders} exists, nowhere in it does not"
    )
    assert failure("./qqqqqqqq") == "cannot load 'MODEL': there is no such folder"


def test_a_folder_without_a_model_says_which_file_it_lacks(copy):
    (copy / "tokenizer.json").unlink()
    assert "the folder lacks tokenizer.json (or tokenizer.model, " in failure(copy)
    (copy / "model.safetensors").unlink()
    assert "the folder lacks model.safetensors (or model.safetensors.index.json, " in failure(copy)
    (copy / "config.json").unlink()
    assert failure(copy) == (
        "cannot load 'MODEL': the folder lacks config.json, what the model is; "
        "there are generation_config.json, tokenizer_config.json"
    )
    for path in copy.iterdir():
        path.unlink()
    assert failure(copy) == (
        "cannot load 'MODEL': the folder lacks config.json, what the model is; there is nothing"
    )


def test_a_file_is_not_a_model(copy):
    assert failure(copy / "model.safetensors") == (
        "cannot load 'MODEL': it is a file; expected the folder that holds config.json and the weights"
    )


def test_weights_cut_short_are_said_to_be(copy):
    path = copy / "model.safetensors"
    for size in (5000, 100):
        path.write_bytes(path.read_bytes()[:size])
        message = failure(copy)
        assert message.startswith("cannot load 'MODEL': a weights file is damaged or cut short (")
        assert "\n" not in message


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json"])
@pytest.mark.parametrize("content", ["", "[]", '{"model_type": ', "[" * 100_000])
def test_settings_that_are_damaged_are_named_with_what_to_do(copy, name, content):
    (copy / name).write_text(content)
    what = f"{name} is damaged or cut short (it holds no JSON map); fetch or save it again"
    assert failure(copy).endswith(what)


def test_absent_weights_are_not_made_up(copy):
    path = copy / "model.safetensors"
    weights = load_file(path)
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, path, metadata={"format": "pt"})
    assert failure(copy) == (
        "cannot load 'MODEL': 1 of its weights are absent or of another shape than config.json says: "
        "model.layers.1.mlp.up_proj.weight"
    )


def test_a_config_of_another_size_is_refused(copy):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "intermediate_size": 48}))
    assert failure(copy) == (
        "cannot load 'MODEL': 6 of its weights are absent or of another shape than config.json says: "
        "model.layers.0.mlp.down_proj.weight, model.layers.0.mlp.gate_proj.weight, "
        "model.layers.0.mlp.up_proj.weight and 3 more"
    )


def test_a_tokenizer_of_another_model_is_refused(copy, tmp_path):
    train_tokenizer("words", ["many more words than this model has rows for them"], None, str(tmp_path / "t"))
    for path in (tmp_path / "t").iterdir():
        shutil.copy(path, copy)
    assert "tokenizer and weights do not belong together" in failure(copy)


def test_a_token_that_only_the_class_of_the_tokenizer_adds_is_told_with_how_to_do_without(tmp_path):
    """transformers reads the tokenizer of every Qwen2 as one that has `<|endoftext|>`."""
    train_tokenizer("bpe", ["a b c d"], 300, str(tmp_path))
    settings = tmp_path / "tokenizer_config.json"
    plain = {name: value for name, value in json.loads(settings.read_text()).items() if name != "unk_token"}
    settings.write_text(json.dumps(plain))
    rows = len(AutoTokenizer.from_pretrained(tmp_path))
    config = Qwen2Config(
        vocab_size=rows,
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
    )
    Qwen2ForCausalLM(config).save_pretrained(tmp_path)
    said = failure(tmp_path)
    assert "<|endoftext|>" in said
    assert 'Qwen2Tokenizer adds it, and not with "unk_token": null in tokenizer_config.json' in said
    settings.write_text(json.dumps({**plain, "unk_token": None}))
    load(tmp_path)


def test_a_token_beyond_the_rows_of_the_embedding_is_named(copy):
    """There are rows enough, but ids need not be dense."""
    file = copy / "tokenizer.json"
    tokenizer = json.loads(file.read_text())
    vocabulary = tokenizer["model"]["vocab"]
    name = max(vocabulary, key=vocabulary.get)
    rows = json.loads((copy / "config.json").read_text())["vocab_size"]
    vocabulary[name] = rows + 30
    file.write_text(json.dumps(tokenizer))
    assert failure(copy) == (
        f"cannot load 'MODEL': its tokenizer has a token {name!r} with id {rows + 30}, its embedding only "
        f"{rows} rows: tokenizer and weights do not belong together"
    )


def test_a_saved_model_names_the_token_that_closes_a_turn_of_its_chat_template(copy, tmp_path):
    tokenizer = open_tokenizer(str(copy))
    turn = "{% for m in messages %}{{ m.content }}<|end|>{% endfor %}"
    tokenizer.add_tokens([AddedToken("<|end|>", special=True)])
    tokenizer.chat_template = turn
    tokenizer.save_pretrained(copy)
    module = AutoModelForCausalLM.from_pretrained(copy)
    module.resize_token_embeddings(len(tokenizer))
    module.save_pretrained(copy)
    model = load(copy)
    save_model(model, str(tmp_path / "saved"))
    end = tokenizer.convert_tokens_to_ids("<|end|>")
    assert model.tokenizer.turn_end == end
    saved = json.loads((tmp_path / "saved" / "generation_config.json").read_text())
    assert saved["eos_token_id"] == [tokenizer.eos_token_id, end]
    # and once it does, nothing is added
    assert load(tmp_path / "saved").module.generation_config.eos_token_id == [tokenizer.eos_token_id, end]


def test_a_config_that_is_not_json_is_said_in_one_line(copy):
    (copy / "config.json").write_text("{")
    message = failure(copy)
    assert "config.json" in message
    assert "\n" not in message


def test_a_hub_id_without_network_says_what_to_do():
    message = failure("no-one/no-model")
    assert message.startswith(
        "cannot load 'MODEL': there is no such folder, and as a hub id it could not be fetched ("
    )
    assert message.endswith(
        "). Without a network: download the model elsewhere and give the path of its folder"
    )


def test_attention_that_is_not_installed_is_named(folders):
    assert "attention 'flash_attention_2' cannot be used here" in failure(
        folders / "model", attention="flash_attention_2"
    )


def test_a_device_that_is_not_there_is_named(folders):
    with pytest.raises(WorkerError, match=r"device 'cuda:99' cannot be used: ") as raised:
        load(folders / "model", device="cuda:99")
    assert raised.value.name == "DeviceUnavailable"
    assert raised.value.data.device == "cuda:99"


def test_weights_that_a_family_changes_in_place_in_eval_mode_stay_as_they_are(folders, tmp_path):
    """RWKV halves those of later blocks, once it is evaluated."""
    tokenizer = open_tokenizer(str(folders / "tokenizer"))
    sizes = {"vocab_size": len(tokenizer), "hidden_size": 16, "attention_hidden_size": 16}
    torch.manual_seed(0)
    module = RwkvForCausalLM(RwkvConfig(**sizes, num_hidden_layers=4, rescale_every=1, context_length=64))
    module.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    model = load(tmp_path / "model")
    logits(model.module)
    save_model(model, str(tmp_path / "saved"))
    written, original = (load_file(tmp_path / name / "model.safetensors") for name in ("saved", "model"))
    assert all(torch.equal(written[name], weight) for name, weight in original.items())
    # the same but for the epsilon of norms, which halved values come nearer to
    assert torch.allclose(logits(model.module), logits(module.eval()), atol=5e-3)
    assert torch.equal(logits(load(tmp_path / "saved").module), logits(model.module))
