"""A model of the quickstart's shape that was trained for a few seconds: its responses are as long as the
quickstart's, and vary as those do. How fast one samples depends on it: a row that ends makes room."""

from __future__ import annotations

import random

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import OptimizerSettings, ScheduleSettings, TrainGroup, TrainResponse
from aft_worker.train import Trainer
from random_models import EOS, FIRST_WORD, made_on, prompt
from shapes import ARITHMETIC, QUICKSTART
from training_speed import VFT

# tokens of a response, EOS included: those of the quickstart's references, about
MEAN, SPREAD, LEAST, MOST = 27, 8, 8, 56
QUESTIONS = 32  # a step


def quickstart_model(device: torch.device, steps: int) -> LoadedModel:
    """Trained to count: the words w3, w4, ... in order, and EOS after a number of them that is drawn."""
    torch.manual_seed(11)
    model = made_on(device, QUICKSTART, torch.float32)
    draw = random.Random(13)
    run = Trainer(
        model,
        optimizer=OptimizerSettings(
            learning_rate=4e-3, betas=(0.9, 0.98), epsilon=1e-8, weight_decay=0.01, clip_norm=1.0
        ),
        schedule=ScheduleSettings(shape="cosine", total_steps=steps, warmup_steps=10, minimum_ratio=0.0),
        loss=VFT,
        seed=0,
        max_tokens_per_batch=32_768,
    )
    for step in range(1, steps + 1):
        run.step(step, [_counting(draw, number) for number in range(QUESTIONS)])
    model.module.eval()
    return model


def _counting(draw: random.Random, number: int) -> TrainGroup:
    size = min(MOST, max(LEAST, round(draw.gauss(MEAN, SPREAD))))
    ids = [*range(FIRST_WORD, FIRST_WORD + size - 1), EOS]
    text = prompt(draw, QUICKSTART.vocabulary, draw.choice(ARITHMETIC.prompt))
    response = TrainResponse(text="", token_ids=ids, target=True)
    return TrainGroup(id=f"c{number}", prompt=text, responses=[response])
