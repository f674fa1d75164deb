"""TRL's DPO step beside ours, a response token: the same model, as many response tokens, by turns.

TRL is in an environment of its own (trl.sh makes it), which has no torch but ours.
"""

from __future__ import annotations

import copy
import importlib.metadata
import importlib.util
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import torch
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import TrainGroup
from clock import ratio, synchronize, timed
from random_models import Shape, made_on
from results import Results
from shapes import Lengths, named
from sitting import ROOT
from training_speed import ADAMW, AFT, Step, groups_for, response_tokens

HOW = "experiments/benchmarks/speed/trl.sh installs it"


def measure_dpo(
    results: Results,
    device: torch.device,
    title: str,
    shape: Shape,
    dtype: torch.dtype,
    lengths: Lengths,
    questions: int,
    rounds: int,
) -> None:
    """Ours: a step of AFT on `questions` groups of seven responses. TRL's: a step of DPO on the pairs of
    these groups, the reference model's pass in it as by its defaults, without gradient checkpointing."""
    if not _find_trl():
        results.skip(f"against TRL: it is not installed; {HOW}")
        return
    title = f"{named(title, shape)}, TRL {importlib.metadata.version('trl')}"
    torch.manual_seed(11)
    model = made_on(device, shape, dtype)
    groups = groups_for(shape, lengths, questions, aligned=True)
    tokens = response_tokens(groups)
    seconds, of_pairs = _alternate(model, groups, Step(model, AFT, groups, max_tokens=32_768), rounds)
    each = [(a / tokens, b / of_pairs) for a, b in seconds]
    found = ratio(each, of=1, to=0)
    start = f"a response token, {title}"
    results.measure(
        f"{start}: time of TRL's DPO step over our AFT step's, median of {rounds}", found.median, "times"
    )
    results.measure(f"{start}: lowest to highest", found.spread)
    results.measure(f"{start}: ours", 1e6 * statistics.median(a for a, _ in each), "us")
    results.measure(f"{start}: TRL's", 1e6 * statistics.median(b for _, b in each), "us")
    results.measure(f"{start}: response tokens a step, ours", tokens)
    results.measure(f"{start}: response tokens a step, TRL's", of_pairs)


def _find_trl() -> bool:
    """Whether TRL can be imported, from its own environment if there is one."""
    if importlib.util.find_spec("trl") is None:
        # behind ours: what both have is ours
        sys.path += [str(one) for one in ROOT.glob(".venv.trl/lib/python3*/site-packages")]
        importlib.invalidate_caches()
    return importlib.util.find_spec("trl") is not None


def _alternate(
    model: LoadedModel, groups: Sequence[TrainGroup], ours: Step, rounds: int
) -> tuple[list[tuple[float, float]], int]:
    """-> (seconds of each round: ours, TRL's; response tokens of a step of TRL's).

    TRL's trainer goes through its own loop; after each of its steps comes one of ours.
    """
    from datasets import Dataset, disable_progress_bars
    from transformers import TrainerCallback
    from trl import DPOConfig, DPOTrainer

    disable_progress_bars()
    pairs = _pairs(groups)
    seconds: list[tuple[float, float]] = []
    began = 0.0

    class ByTurns(TrainerCallback):
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            nonlocal began
            synchronize(model.device)
            began = time.perf_counter()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            synchronize(model.device)
            theirs = time.perf_counter() - began
            seconds.append((timed(model.device, ours, 0, 1).median, theirs))

    with tempfile.TemporaryDirectory(prefix="aft-trl-") as folder:
        trainer = DPOTrainer(
            copy.deepcopy(model.module),
            ref_model=copy.deepcopy(model.module),
            args=DPOConfig(
                output_dir=folder,
                per_device_train_batch_size=len(pairs),
                max_steps=rounds + 1,
                learning_rate=ADAMW.learning_rate,
                max_length=None,
                gradient_checkpointing=False,
                bf16=model.dtype == torch.bfloat16,
                use_cpu=model.device.type == "cpu",
                report_to="none",
                save_strategy="no",
                logging_strategy="no",
                disable_tqdm=True,
            ),
            train_dataset=Dataset.from_list(pairs),
            processing_class=model.tokenizer.tokenizer,
            callbacks=[ByTurns()],
        )
        trainer.train()
    tokens = sum(len(one[key].split()) + 1 for one in pairs for key in ("chosen", "rejected"))
    return seconds[1:], tokens


def _pairs(groups: Sequence[TrainGroup]) -> list[dict[str, str]]:
    """A right and a wrong candidate each, as texts; TRL closes each response with EOS."""
    pairs = []
    for one in groups:
        texts = {"positive": [], "negative": []}
        for response in one.responses:
            if response.label is not None:
                texts[response.label].append(" ".join(f" w{id}" for id in (response.token_ids or ())[:-1]))
        for chosen, rejected in zip(texts["positive"], texts["negative"], strict=False):
            pairs.append({"prompt": one.prompt, "chosen": chosen, "rejected": rejected})
    return pairs
