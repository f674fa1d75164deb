"""What is measured on a GPU, the most telling first."""

from __future__ import annotations

from dataclasses import replace

import torch
from bridge_share import measure_bridge
from real_model import prompts_from, real_model
from sampling_speed import Comparison, compare_with_generate, measure_rate, prompts_of
from shapes import ENDING, GSM8K, ONE_B, SEVEN_B, SHORT, SMOLLM2, TINY, named, sampled_model
from sitting import Sitting, Topic
from training_speed import Training, measure_training, small

QUESTIONS, NEW_TOKENS = 3000, 256  # as GSM8K is sampled, six times each


def sampling_smollm2(sitting: Sitting) -> None:
    """Random weights, or those that the user names."""
    if sitting.model is not None:
        _sampling_real(sitting)
        return
    shape = TINY if sitting.small else SMOLLM2
    count, new_tokens = (10, 12) if sitting.small else (QUESTIONS, NEW_TOKENS)
    model = sampled_model(sitting.device, shape, torch.bfloat16, 0.1 if sitting.small else ENDING)
    prompts = prompts_of(shape.vocabulary, (SHORT if sitting.small else GSM8K).prompt, count)
    title = f"{named('SmolLM2', shape)}, random weights"
    measure_rate(
        sitting.results, sitting.device, title, model, prompts, new_tokens, min(90.0, sitting.seconds_left())
    )


def _sampling_real(sitting: Sitting) -> None:
    model = real_model(sitting.model, sitting.device, torch.bfloat16)
    count, new_tokens = (10, 12) if sitting.small else (QUESTIONS, NEW_TOKENS)
    prompts = prompts_from(sitting.questions, count, 6)
    asked = sitting.questions.name if sitting.questions else "made-up word problems"
    title = f"{sitting.model.name}, {asked}"
    measure_rate(
        sitting.results, sitting.device, title, model, prompts, new_tokens, min(90.0, sitting.seconds_left())
    )


def generate_smollm2(sitting: Sitting) -> None:
    plan = Comparison(rows=384, batches=1, rounds=2, new_tokens=NEW_TOKENS)
    if sitting.small:
        plan = Comparison(rows=12, batches=2, rounds=1, new_tokens=12)
    count = plan.rows * plan.batches // 6
    if sitting.model is not None:
        model = real_model(sitting.model, sitting.device, torch.bfloat16)
        prompts = prompts_from(sitting.questions, count, 6)
        title = sitting.model.name
    else:
        shape = TINY if sitting.small else SMOLLM2
        model = sampled_model(sitting.device, shape, torch.bfloat16, 0.1 if sitting.small else ENDING)
        prompts = prompts_of(shape.vocabulary, (SHORT if sitting.small else GSM8K).prompt, count)
        title = named("SmolLM2", shape)
    compare_with_generate(sitting.results, sitting.device, title, model, prompts, plan)


def sampling_7b(sitting: Sitting) -> None:
    shape = replace(TINY, tied=False) if sitting.small else SEVEN_B
    count, new_tokens = (10, 12) if sitting.small else (512, NEW_TOKENS)
    model = sampled_model(sitting.device, shape, torch.bfloat16, 0.1 if sitting.small else ENDING)
    prompts = prompts_of(shape.vocabulary, (SHORT if sitting.small else GSM8K).prompt, count)
    title = f"{named('LLaMA-2', shape)}, random weights"
    measure_rate(
        sitting.results, sitting.device, title, model, prompts, new_tokens, min(60.0, sitting.seconds_left())
    )


TRAINING_SMOLLM2 = Training("SmolLM2", SMOLLM2, torch.bfloat16, GSM8K, (256, 64), 32_768, against_padded=2)
# as it was measured first: the batch of its experiment
TRAINING_BATCH_64 = Training(
    "SmolLM2", SMOLLM2, torch.bfloat16, GSM8K, (64, 0), 32_768, checkpointing=True, matrix=0
)
TRAINING_1B = Training("Llama", ONE_B, torch.bfloat16, GSM8K, (128, 64), 32_768, repeats=5)


def training_smollm2(sitting: Sitting) -> None:
    _measure(sitting, TRAINING_SMOLLM2)


def training_batch_64(sitting: Sitting) -> None:
    _measure(sitting, TRAINING_BATCH_64)


def _measure(sitting: Sitting, plan: Training) -> None:
    measure_training(sitting.results, sitting.device, small(plan) if sitting.small else plan)


def training_1b(sitting: Sitting) -> None:
    _measure(sitting, TRAINING_1B)


def bridge(sitting: Sitting) -> None:
    shape, lengths = (TINY, SHORT) if sitting.small else (SMOLLM2, GSM8K)
    questions = (2, 2) if sitting.small else (64, 16)
    measure_bridge(
        sitting.results,
        sitting.device,
        "SmolLM2",
        shape,
        torch.bfloat16,
        lengths,
        questions,
        32_768,
        2 if sitting.small else 10,
        sitting.folder,
    )


SAMPLING = Topic("sampling SmolLM2", 40, sampling_smollm2)
GENERATE = Topic("generate SmolLM2", 50, generate_smollm2)
TRAINING = Topic("training SmolLM2", 46, training_smollm2)
SMALL_BATCHES = Topic("training SmolLM2 batch 64", 50, training_batch_64)
LARGE_TRAINING = Topic("training 1B", 35, training_1b)
LARGE_SAMPLING = Topic("sampling 7B", 35, sampling_7b)
BRIDGE = Topic("bridge", 40, bridge)
TOPICS = (SAMPLING, TRAINING, GENERATE, LARGE_TRAINING, LARGE_SAMPLING, SMALL_BATCHES, BRIDGE)
