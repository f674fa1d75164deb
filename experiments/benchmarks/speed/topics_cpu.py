"""What is measured on a CPU, in under five minutes on two quiet cores."""

from __future__ import annotations

import torch
from bridge_share import measure_bridge
from dpo_step import measure_dpo
from quickstart_model import quickstart_model
from real_model import prompts_from, real_model
from sampling_speed import Comparison, compare_with_generate, prompts_of
from shapes import ARITHMETIC, QUICKSTART, SHORT, SMOLLM2, TINY, Lengths, named, sampled_model
from sitting import Sitting, Topic
from training_speed import Training, measure_training, small

# SmolLM2 on two cores: a few short samples, whose lengths are a fourth of GSM8K's
FEW = Comparison(rows=24, batches=2, rounds=2, new_tokens=48)
FEW_ENDING = 0.032  # of at most 48 tokens: a mean of 25
BRIEF = Lengths(range(40, 61), range(30, 51))


def sampling_quickstart(sitting: Sitting) -> None:
    plan = Comparison(rows=60, batches=6, rounds=5, new_tokens=64)
    if sitting.small:
        plan = Comparison(rows=12, batches=2, rounds=1, new_tokens=24)
    model = quickstart_model(sitting.device, steps=20 if sitting.small else 150)
    count = plan.rows * plan.batches // 6
    prompts = prompts_of(QUICKSTART.vocabulary, ARITHMETIC.prompt, count)
    title = f"{named('quickstart', QUICKSTART)}, trained to its lengths"
    compare_with_generate(sitting.results, sitting.device, title, model, prompts, plan)


def sampling_smollm2(sitting: Sitting) -> None:
    """Random weights, or those that the user names."""
    plan = Comparison(rows=12, batches=2, rounds=1, new_tokens=12) if sitting.small else FEW
    count = plan.rows * plan.batches // 6
    if sitting.model is not None:
        model = real_model(sitting.model, sitting.device, torch.float32)
        prompts = prompts_from(sitting.questions, count, 6)
        title = sitting.model.name
    else:
        shape = TINY if sitting.small else SMOLLM2
        model = sampled_model(sitting.device, shape, torch.float32, 0.1 if sitting.small else FEW_ENDING)
        prompts = prompts_of(shape.vocabulary, (SHORT if sitting.small else BRIEF).prompt, count)
        title = f"{named('SmolLM2', shape)}, random weights"
    compare_with_generate(sitting.results, sitting.device, title, model, prompts, plan)


TRAINING_QUICKSTART = Training(
    "quickstart",
    QUICKSTART,
    torch.float32,
    ARITHMETIC,
    (16, 8),
    32_768,
    against_padded=9,
    matrix=1024,
)
TRAINING_SMOLLM2 = Training(
    "SmolLM2",
    SMOLLM2,
    torch.float32,
    BRIEF,
    (0, 1),
    32_768,
    warmup=0,
    repeats=2,
    against_padded=3,
    matrix=0,
)


def training(sitting: Sitting) -> None:
    for plan in (TRAINING_QUICKSTART, TRAINING_SMOLLM2):
        measure_training(sitting.results, sitting.device, small(plan) if sitting.small else plan)


def against_trl(sitting: Sitting) -> None:
    shapes = [("quickstart", QUICKSTART, ARITHMETIC, 8, 9)]
    shapes += [("SmolLM2", TINY if sitting.small else SMOLLM2, SHORT if sitting.small else BRIEF, 1, 2)]
    for title, shape, lengths, questions, rounds in shapes:
        measure_dpo(sitting.results, sitting.device, title, shape, torch.float32, lengths, questions, rounds)


def bridge(sitting: Sitting) -> None:
    measure_bridge(
        sitting.results,
        sitting.device,
        "quickstart",
        QUICKSTART,
        torch.float32,
        ARITHMETIC,
        (16, 8),
        32_768,
        3 if sitting.small else 30,
        sitting.folder,
    )


TOPICS = (
    Topic("sampling quickstart", 30, sampling_quickstart),
    Topic("sampling SmolLM2", 75, sampling_smollm2),
    Topic("training", 75, training),
    Topic("TRL", 60, against_trl),
    Topic("bridge", 25, bridge),
)
