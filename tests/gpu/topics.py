"""What is checked and measured in one sitting, the most telling first."""

from __future__ import annotations

import torch
from conformance import check_conformance
from memory_checks import check_memory
from numerics import check_numerics
from out_of_memory_checks import check_out_of_memory
from ranks_speed import measure_one_rank
from roundtrip import check_round_trip
from sampling_checks import check_sampling
from seven_b_checks import SevenB
from shapes import SMOLLM2, TINY
from sitting import Sitting, Topic
from topics_gpu import GENERATE, LARGE_SAMPLING, LARGE_TRAINING, SAMPLING, TRAINING
from training_checks import check_training


def numerics(sitting: Sitting) -> None:
    check_numerics(sitting.results, sitting.device, sitting.small)


def sampling(sitting: Sitting) -> None:
    check_sampling(sitting.results, sitting.device, sitting.small)


def training(sitting: Sitting) -> None:
    check_training(sitting.results, sitting.device, sitting.small)


def memory(sitting: Sitting) -> None:
    check_memory(sitting.results, sitting.device, sitting.small)
    check_out_of_memory(sitting.results, sitting.device, sitting.small)


def round_trip(sitting: Sitting) -> None:
    check_round_trip(sitting.results, str(sitting.device), sitting.folder)


def conformance(sitting: Sitting) -> None:
    check_conformance(sitting.results, sitting.device, sitting.folder)


def ranks(sitting: Sitting) -> None:
    """One rank of a group does what none does, and costs next to nothing."""
    shape, questions, rounds = (TINY, 3, 2) if sitting.small else (SMOLLM2, 32, 15)
    dtypes = [torch.float32] if sitting.device.type == "cpu" else [torch.float32, torch.bfloat16]
    for dtype in dtypes:
        measure_one_rank(sitting.results, sitting.device, shape, dtype, questions, rounds)


def seven_b_adapter(sitting: Sitting) -> None:
    SevenB(sitting).adapter()


def seven_b_all_weights(sitting: Sitting) -> None:
    SevenB(sitting).all_weights()


TOPICS = (
    Topic("numerics", 30, numerics),
    Topic("sampling", 12, sampling),
    Topic("training", 68, training),
    SAMPLING,
    TRAINING,
    LARGE_TRAINING,
    Topic("ranks", 30, ranks),
    Topic("round trip", 20, round_trip),
    Topic("memory", 25, memory),
    Topic("7B adapter", 70, seven_b_adapter),
    Topic("conformance", 40, conformance),
    GENERATE,
    LARGE_SAMPLING,
    Topic("7B all weights", 40, seven_b_all_weights),
)
