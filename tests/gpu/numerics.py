"""Scores and gradients on the device against the CPU's in float64: a random Llama, random groups of six.

All hold the same weights (see `random_models.rounded`), so a difference is one of arithmetic. Relative errors
are ||a - b|| / ||b||, b being the CPU's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from aft_worker.callbacks import never_cancelled, no_progress
from aft_worker.losses.objective import Objective
from aft_worker.model.loading import LoadedModel
from aft_worker.protocol import (
    AlignmentLoss,
    DpoLoss,
    LossSettings,
    OptimizerSettings,
    ProLoss,
    RrhfLoss,
    ScoreGroup,
    ScoreResponse,
    TrainGroup,
    VftLoss,
)
from aft_worker.score import score_groups
from aft_worker.train.global_batch import prepare
from aft_worker.train.gradients import GradientPass
from aft_worker.train.optimization import Optimizer
from random_models import Shape, converted, group, rounded
from results import Results

# std 0.03: logits that spread by about 0.7, and scores that differ by 0.06 nats
SHAPE = Shape(hidden=512, intermediate=1408, layers=8, heads=8, key_value_heads=4, vocabulary=8192, std=0.03)
SMALL = Shape(hidden=64, intermediate=176, layers=2, heads=4, key_value_heads=2, vocabulary=512, std=0.14)
K = 6

# float32 rounds to 2^-24 (6e-8), and what comes out of its sums is off by 1e-7 to 1e-5. TF32 rounds factors
# to 2^-11 (5e-4). 1e-4 lies between: float32 passes, a TF32 that was left on does not.
FLOAT32 = 1e-4
# bfloat16 rounds to 2^-9 (2e-3), and a hidden state has been rounded some dozens of times in a row before it
# meets the head, a gradient as many times again on its way back: errors of about 1e-2. Measured with SHAPE in
# bfloat16 on a CPU: 9e-5, 1.4e-2, 1.6e-2 and 2.2e-2. A GPU rounds the same tensors, sums in another order and
# keeps attention's probabilities in bfloat16: about twice that is allowed.
BFLOAT16_SCORES = 5e-4  # most of a mean log-probability is the constant log(vocabulary)
BFLOAT16_CENTRED_SCORES = 3e-2  # without that constant; the alignment losses see only differences
BFLOAT16_GRADIENT = 3e-2
BFLOAT16_WORST_GRADIENT = 5e-2  # of the single weights; queries' and keys' are the smallest, and the worst
# RRHF and DPO add up differences of scores (DPO's of sums over some 100 tokens), each off by 3e-2 of the
# scores' spread: more of the whole loss than the logarithm of the alignment losses lets through.
BFLOAT16_LOSS = 5e-3
# Where a hinge turns, rounding would choose the gradient. In nats a token; bfloat16 is off by about 1e-3.
KINK = 5e-3

BETA = 0.02  # less than the spread of scores, so that some responses lie below their boundary
LOSSES: dict[str, LossSettings] = {
    "VFT": VftLoss(),
    **{
        name: AlignmentLoss(constraint=name, weight=1.0, beta=BETA, detach_boundary=True)
        for name in ("none", "detached", "boundary")
    },
}
for constraint in ("none", "detached", "boundary"):
    usual = {"constraint": constraint, "weight": 1.0, "vft_weight": 1.0, "beta": BETA}
    LOSSES[f"RRHF {constraint}"] = RrhfLoss(**usual)
    LOSSES[f"PRO {constraint}"] = ProLoss(**usual)
    LOSSES[f"DPO {constraint}"] = DpoLoss(**usual, dpo_beta=0.1)
ADAMW = OptimizerSettings(
    learning_rate=1e-3, betas=(0.9, 0.98), epsilon=1e-8, weight_decay=0.0, clip_norm=0.0
)


@dataclass(frozen=True)
class Found:
    """Of a global batch: the score of each response, its loss, and the gradient by each weight."""

    scores: torch.Tensor
    loss: float
    gradients: dict[str, torch.Tensor]


def check_numerics(results: Results, device: torch.device, small: bool) -> None:
    shape = SMALL if small else SHAPE
    draw = random.Random(7)
    lengths = (range(60, 121), range(80, 151))
    groups = [group(draw, f"q{number}", shape.vocabulary, K, lengths) for number in range(2)]
    cpu = torch.device("cpu")
    base = rounded(shape, seed=11)
    models = {
        "cpu": converted(base, cpu, torch.float64),
        "float32": converted(base, device, torch.float32),
        "bfloat16": converted(base, device, torch.bfloat16),
    }
    _without_kinks(models["cpu"], groups)
    for name, loss in LOSSES.items():
        # other micro-batches than the CPU's, which may change no result
        found = {
            key: gradient(model, loss, groups, 1500 if key == "cpu" else 8192)
            for key, model in models.items()
        }
        _compare_float32(results, name, found["float32"], found["cpu"])
        _compare_bfloat16(results, name, found["bfloat16"], found["cpu"])


def _without_kinks(model: LoadedModel, groups: Sequence[TrainGroup]) -> None:
    """Takes the rank from responses whose force under RRHF, a hinge, would be a matter of rounding."""
    asked = [
        ScoreGroup(
            id=one.id,
            prompt=one.prompt,
            responses=[ScoreResponse(text=r.text, token_ids=r.token_ids) for r in one.responses],
        )
        for one in groups
    ]
    for one, found in zip(groups, score_groups(model, asked, 8192)[0], strict=True):
        scores = [score.logprob / len(score.token_ids) for score in found]
        for worse, response in enumerate(one.responses):
            above = [i for i, r in enumerate(one.responses) if (r.rank or 9) < (response.rank or 0)]
            lowest = min((scores[i] for i in above), default=0.0)
            mirrored = 2 * (lowest - BETA) - scores[worse]
            gaps = [abs(value - scores[i]) for i in above for value in (scores[worse], mirrored)]
            if min(gaps, default=KINK) < KINK:
                response.rank = None


def gradient(model: LoadedModel, loss: LossSettings, groups: Sequence[TrainGroup], max_tokens: int) -> Found:
    """One step's gradient as the optimizer would get it, on the CPU, and what the step found on the way."""
    model.module.train()
    optimizer = Optimizer(model.module, ADAMW)
    batch = prepare(model, groups, loss, max_tokens)
    objective = Objective(loss, batch.target_tokens, len(groups))
    step = GradientPass(
        model,
        optimizer=optimizer,
        objective=objective,
        batch=batch,
        seed=0,
        step=1,
        check_cancelled=never_cancelled,
        on_progress=no_progress,
    )
    step.run()
    step.send()
    found = step.wait()
    gradients = {
        name: master.grad.cpu() for name, master in optimizer.masters.items() if master.grad is not None
    }
    optimizer.discard()
    loss = objective.total(found.vft, found.alignment)
    return Found(torch.tensor(found.scores, dtype=torch.float64), loss, gradients)


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    """||found - expected|| / ||expected||, in float64."""
    expected = expected.double()
    return float((found.double() - expected).norm() / expected.norm())


def all_gradients(found: Found) -> torch.Tensor:
    return torch.cat([found.gradients[name].double().flatten() for name in sorted(found.gradients)])


def worst_gradient(found: Found, expected: Found) -> float:
    return max(relative(found.gradients[name], value) for name, value in expected.gradients.items())


def _compare_float32(results: Results, name: str, found: Found, expected: Found) -> None:
    title = f"{name}, float32 against CPU float64"
    results.at_most(f"{title}: scores", relative(found.scores, expected.scores), FLOAT32)
    error = relative(all_gradients(found), all_gradients(expected))
    results.at_most(f"{title}: gradient", error, FLOAT32)
    results.at_most(f"{title}: worst weight's gradient", worst_gradient(found, expected), FLOAT32)


def _compare_bfloat16(results: Results, name: str, found: Found, expected: Found) -> None:
    title = f"{name}, bfloat16 against CPU float64"
    results.at_most(f"{title}: scores", relative(found.scores, expected.scores), BFLOAT16_SCORES)
    centred = [one.scores - one.scores.mean() for one in (found, expected)]
    results.at_most(f"{title}: scores less their mean", relative(*centred), BFLOAT16_CENTRED_SCORES)
    limit = BFLOAT16_LOSS if name.startswith(("RRHF", "DPO")) else BFLOAT16_SCORES
    results.at_most(f"{title}: loss", abs(found.loss / expected.loss - 1), limit)
    error = relative(all_gradients(found), all_gradients(expected))
    results.at_most(f"{title}: gradient", error, BFLOAT16_GRADIENT)
    worst = worst_gradient(found, expected)
    results.at_most(f"{title}: worst weight's gradient", worst, BFLOAT16_WORST_GRADIENT)
