"""Training has a model's own dropout, noise and skipped layers off: its scores are those of the model."""

from __future__ import annotations

import math

import pytest
import tiny
import torch
from aft_worker.model.adapter import add_adapter
from aft_worker.model.loading import checkpoint_gradients
from aft_worker.protocol import AdapterSettings, DpoLoss, ScoreGroup, ScoreResponse, TrainGroup, VftLoss
from aft_worker.score import evaluating, score_groups
from aft_worker.train import dropout
from aft_worker.train.dropout import own_dropout, piece_seed, tell_left_off
from msgspec.structs import replace
from transformers import (
    AutoModelForCausalLM,
    FalconConfig,
    GPT2Config,
    OPTConfig,
    PhimoeConfig,
    PreTrainedConfig,
)

VOCABULARY = {"vocab_size": 4 + len(tiny.CHARACTERS), "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
# each draws something of another kind in training mode
DRAWING: dict[str, PreTrainedConfig] = {
    "dropout modules": GPT2Config(
        n_embd=16, n_layer=2, n_head=2, n_positions=256, attn_pdrop=0.3, embd_pdrop=0.3, resid_pdrop=0.3,
        **VOCABULARY
    ),
    "functional dropout, layers left out": OPTConfig(
        hidden_size=16, ffn_dim=32, num_hidden_layers=2, num_attention_heads=2, word_embed_proj_dim=16,
        max_position_embeddings=256, dropout=0.3, layerdrop=0.5, **VOCABULARY
    ),
    "dropout in the block itself": FalconConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, hidden_dropout=0.3, attention_dropout=0.3,
        **VOCABULARY
    ),
    "a router's noise": PhimoeConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2,
        num_local_experts=4, max_position_embeddings=256, router_jitter_noise=0.3, input_jitter_noise=0.3,
        **VOCABULARY
    ),
}  # fmt: skip
GROUPS = [
    tiny.train_group("a", "2 boxes of 3?", None, ["6", "3 * 2 = 6"], ["2 + 3 = 5. longer", "9"]),
    tiny.train_group("b", "how many are left, if any?", None, ["0"], ["4 4 4"]),
    tiny.train_group("c", "only right?", None, ["1", "11"]),
    tiny.train_group("d", "none?", None, ["it is 7"], ["8", "it is 8"]),
]
DPO = DpoLoss(constraint="none", weight=1.0, vft_weight=0.0, dpo_beta=0.1)
every_kind = pytest.mark.parametrize("kind", DRAWING)


def made(kind: str) -> tiny.TinyModel:
    torch.manual_seed(3)
    return tiny.TinyModel(AutoModelForCausalLM.from_config(DRAWING[kind]).eval(), tiny.codec())


def with_references(model: tiny.TinyModel) -> list[TrainGroup]:
    """The reference model is the one that the training begins with."""
    groups = [
        ScoreGroup(
            id=one.id, prompt=one.prompt, responses=[ScoreResponse(text=two.text) for two in one.responses]
        )
        for one in GROUPS
    ]
    scored, _ = score_groups(model, groups, 4096)
    return [
        replace(group, responses=[
            replace(response, reference_logprob=score.logprob)
            for response, score in zip(group.responses, scores, strict=True)
        ])
        for group, scores in zip(GROUPS, scored, strict=True)
    ]  # fmt: skip


@every_kind
def test_the_first_step_of_dpo_is_log_2_whatever_the_micro_batches(kind: str) -> None:
    found = []
    for limit in (8192, 60, 20):
        model = made(kind)
        found.append(tiny.trainer(model, DPO, max_tokens=limit).step(1, with_references(model)))
    for metrics in found:
        # a group without a pair has no part in it
        assert metrics.loss.alignment == pytest.approx(math.log(2) * 3 / 4, abs=1e-5)
        assert metrics.gradient_norm == pytest.approx(found[0].gradient_norm, rel=1e-4)


@every_kind
@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_step_differentiates_the_scores_of_the_model(kind: str, checkpointing: bool) -> None:
    model = made(kind)
    if checkpointing:
        checkpoint_gradients(model.module, "m")
    texts = ["2 * 3 = 6", "none at all"]
    groups = [tiny.train_group(str(n), "how many?", text) for n, text in enumerate(texts)]
    scored = score_groups(model, [tiny.score_group("a", "how many?", *texts)], 4096)[0][0]
    expected = -sum(one.logprob for one in scored) / sum(len(one.token_ids) for one in scored)
    assert tiny.trainer(model, VftLoss()).step(1, groups).loss.vft == pytest.approx(expected, rel=1e-5)


def test_an_adapters_dropout_is_the_users_and_drawn() -> None:
    model = made("dropout modules")
    settings = AdapterSettings(rank=2, alpha=2, dropout=0.25)
    model.module, _ = add_adapter(model.module, settings, seed=0, source="m", revision=None)
    run = tiny.trainer(model, VftLoss())
    run.step(1, [tiny.train_group("a", "how many?", "2 * 3 = 6")])
    training = [part for part in model.module.modules() if part.training]
    assert training == own_dropout(model.module)
    assert {part.p for part in own_dropout(model.module)} == {0.25}
    with evaluating(model.module):
        assert not any(part.training for part in model.module.modules())
    assert [part for part in model.module.modules() if part.training] == training


def test_it_is_said_once_that_the_models_own_dropout_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropout, "_told", set())
    said: list[str] = []
    for model in (made("dropout modules"), tiny.llama(), made("dropout modules")):
        run = tiny.trainer(model, VftLoss())
        for number in (1, 2):
            run.step(number, GROUPS, tell=said.append)
    (line,) = said
    assert "(resid_pdrop 0.3, embd_pdrop 0.3, attn_pdrop 0.3) is off" in line


def test_dropout_before_a_head_that_a_causal_model_has_not_is_not_told_of() -> None:
    said: list[str] = []
    own = {"attn_pdrop": 0.0, "embd_pdrop": 0.0, "resid_pdrop": 0.0}
    tell_left_off(GPT2Config(**own, summary_first_dropout=0.1), said.append)
    assert said == []


def test_dropout_is_drawn_anew_by_run_step_and_piece() -> None:
    seeds = {piece_seed(run, step, piece) for run in (0, 1) for step in (1, 11) for piece in (1, 2, 11)}
    assert len(seeds) == 12
