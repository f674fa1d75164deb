"""Trainings that several ranks do as one process does: every loss, in plain data parallel and with weights
that are shared out, on groups of uneven lengths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import adapted
import families
import tiny
import torch
from aft_worker import distributed, shared_weights
from aft_worker import protocol as p
from aft_worker.losses.registry import group_loss
from aft_worker.model.loading import checkpoint_gradients
from aft_worker.model.sharding import share_out
from aft_worker.score import Model
from aft_worker.train import Trainer
from msgspec.structs import replace

usual: dict[str, Any] = {"constraint": "none", "weight": 2.0, "vft_weight": 0.5}
LOSSES: dict[str, p.LossSettings] = {
    "vft": p.VftLoss(),
    "alignment": p.AlignmentLoss(constraint="boundary", weight=2.0, beta=0.3, detach_boundary=False),
    "rrhf": p.RrhfLoss(**usual),
    "pro": p.ProLoss(**usual),
    "dpo": p.DpoLoss(**usual, dpo_beta=0.1),
    "dpop": p.DpopLoss(**usual, dpo_beta=0.1, penalty=2.0),
    "irpo": p.IrpoLoss(**usual, dpo_beta=0.1, alpha=1.0),
    "simpo": p.SimpoLoss(**usual, simpo_beta=2.0, margin=0.5),
    "simper": p.SimperLoss(**usual),
    "nca": p.NcaLoss(**usual, nca_beta=0.1, temperature=1.0),
    "infonca": p.InfoncaLoss(**usual, nca_beta=0.1, temperature=1.0),
    "reinforce": p.ReinforceLoss(**usual, positive_weight=1.0),
    "grpo": p.GrpoLoss(**usual, divide_by_deviation=True, divide_by_length=True),
    "kto": p.KtoLoss(**usual, kto_beta=0.3, desirable_weight=1.5, undesirable_weight=0.5),
    "nft": p.NftLoss(**usual, negative_weight=1.0, epsilon=1.0, prompt_weight="hard", per="token"),
    "nft by responses": p.NftLoss(
        **usual, negative_weight=1.0, epsilon=0.5, prompt_weight="none", per="response"
    ),
}


def constrained(name: str, loss: Any) -> dict[str, p.LossSettings]:
    """With each constraint that it takes."""
    if isinstance(loss, p.VftLoss):
        return {name: loss}
    constraints = get_args(get_type_hints(type(loss))["constraint"])
    found = {f"{name}, {one}": replace(loss, constraint=one) for one in constraints}
    if "boundary" in constraints:
        found[f"{name}, boundary"] = replace(loss, constraint="boundary", beta=0.3)
    return found


# as the methods of an experiment ask for them
METHODS: dict[str, p.LossSettings] = {
    **{key: one for name, loss in LOSSES.items() for key, one in constrained(name, loss).items()},
    "alignment, boundary detached": replace(LOSSES["alignment"], detach_boundary=True),
    "alignment of sums": p.AlignmentLoss(
        constraint="none", weight=2.0, detach_boundary=True, scores="sum", scale=0.5
    ),
    "pro with ties": replace(LOSSES["pro"], ties="counted"),
    "reinforce of wrong ones alone": replace(LOSSES["reinforce"], positive_weight=0.0),
    "grpo, undivided": replace(LOSSES["grpo"], divide_by_deviation=False, divide_by_length=False),
    "nft, deviation": replace(LOSSES["nft"], prompt_weight="deviation"),
}
# the second goes in two passes; the last two have no pair
LONG = "4 + 4 + 4 + 4 = 16, so there are 16 boxes in all. "
GROUPS = [
    tiny.train_group("a", "how many?", "so it is 12", ["it is 12", "12"], ["it is 9"]),
    tiny.train_group("b", "what is in all of the boxes?", LONG, [LONG + "16", "16"], [LONG + LONG, "5"]),
    tiny.train_group("c", "2 + 2?", "4", ["is 4"], ["is 5 or so", "5"]),
    tiny.train_group("d", "what?", "no, not it", [], ["nor that", "so"]),
    tiny.train_group("e", "which?", "all of it, nor less"),
]
for one in GROUPS:
    for response in one.responses:
        response.reference_logprob = -3.0 * len(response.text)
        response.reward = -float(response.rank or 1)
# every response has a rank of its own but for a last two that share one, and none is right or wrong
RANKED = [
    replace(
        group,
        responses=[
            replace(response, label=None, rank=None if at == 0 else min(at, 3), reward=-float(min(at, 3)))
            for at, response in enumerate(group.responses)
        ],
    )
    for group in GROUPS
]
# smooth: where AdamW divides by next to nothing, rounding would show as a whole step
SMOOTH = tiny.optimizer(epsilon=1e-2, learning_rate=1e-3)


@dataclass(frozen=True)
class Trained:
    steps: list[p.StepMetrics]
    gradient: torch.Tensor
    weights: torch.Tensor


def trainer(model: Model, loss: p.LossSettings, **settings: Any) -> Trainer:
    return tiny.trainer(model, loss, **{"max_tokens": 120, "optimizer": SMOOTH, **settings})


def flat(tensors: list[torch.Tensor]) -> torch.Tensor:
    return torch.cat([_whole(tensor).flatten() for tensor in tensors])


def _whole(tensor: Any) -> torch.Tensor:
    return (tensor.full_tensor() if shared_weights.is_part(tensor) else tensor).detach().clone()


def train(model: Model, loss: p.LossSettings, groups: list[p.TrainGroup] = GROUPS) -> Trained:
    """Two steps; the gradient is the first one's."""
    run = trainer(model, loss)
    weights = list(run._optimizer.weights.values())
    kept: list[torch.Tensor] = []
    update = run._optimizer.step

    def step(rate: float, norm: float) -> None:
        if not kept:
            gradients = [torch.zeros_like(w) if w.grad is None else w.grad for w in weights]
            kept.append(flat(gradients))
        update(rate, norm)

    run._optimizer.step = step
    steps = [run.step(number, groups) for number in (1, 2)]
    return Trained(steps, kept[0], flat(weights))


def sharded(model: Any) -> Any:
    """With its weights shared out, where there are ranks: those that the main one has."""
    if distributed.world_size() > 1:
        dtype, whole = model.dtype, model.module if distributed.is_main() else None
        model.module = share_out(whole, torch.device("cpu"), dtype, "tiny")
    return model


def base() -> Any:
    return tiny.llama(initializer_range=0.2)


def lora(folder: Path) -> Any:
    """One folder for all ranks; rank 0 makes it."""
    if distributed.is_main():
        adapted.base_folder(folder / "base")
    distributed.wait_for_all()
    return adapted.load(folder / "base", adapted.LORA)


def checkpointed(model: Any) -> Any:
    checkpoint_gradients(model.module, "tiny")
    return model


def family(architecture: str, folder: Path) -> Any:
    """One tokenizer for all ranks; rank 0 makes it."""
    at = folder / "tokenizer"
    if distributed.is_main() and not at.exists():
        with distributed.alone():
            families.TOKENIZERS["bpe"](at)
    distributed.wait_for_all()
    return families.make(architecture, at)


def of_families(folder: Path) -> dict[str, Trained]:
    found = {}
    for name in families.ARCHITECTURES:
        for kind, change in {"whole": lambda model: model, "shared out": sharded}.items():
            found[f"{name}, {kind}"] = train(change(family(name, folder)), LOSSES["alignment"])
    return found


Make = Callable[[Path], Any]
MODELS: dict[str, Make] = {
    "tied, shared out": lambda folder: sharded(base()),
    "untied, shared out": lambda folder: sharded(tiny.mistral(initializer_range=0.2)),
    "soft-caps, shared out": lambda folder: sharded(tiny.gemma2(initializer_range=0.2)),
    "windows, shared out": lambda folder: sharded(tiny.qwen2(initializer_range=0.2)),
    "computed again": lambda folder: checkpointed(base()),
    "computed again, shared out": lambda folder: checkpointed(sharded(base())),
    "adapter": lora,
    "adapter, shared out": lambda folder: sharded(lora(folder)),
    "adapter, computed again, shared out": lambda folder: checkpointed(sharded(lora(folder))),
}


def every_loss(folder: Path) -> dict[str, Trained]:
    """Each in plain data parallel and shared out."""
    found = {}
    for name, loss in METHODS.items():
        found[f"{name}, whole"] = train(base(), loss)
        found[f"{name}, shared out"] = train(sharded(base()), loss)
        of_groups = group_loss(loss)
        if of_groups is not None and not of_groups.needs_labels:
            found[f"{name}, by ranks, whole"] = train(base(), loss, RANKED)
            found[f"{name}, by ranks, shared out"] = train(sharded(base()), loss, RANKED)
    return found


def some_losses(folder: Path) -> dict[str, Trained]:
    found = {}
    for name in ("alignment", "kto", "nft"):
        found[f"{name}, whole"] = train(base(), LOSSES[name])
        found[f"{name}, shared out"] = train(sharded(base()), LOSSES[name])
    return found


def every_model(folder: Path) -> dict[str, Trained]:
    loss = LOSSES["alignment"]
    found = {name: train(make(folder), loss) for name, make in MODELS.items()}
    # fewer groups than ranks
    for name, model in {"whole": base(), "shared out": sharded(base())}.items():
        found[f"one group, {name}"] = train(model, loss, GROUPS[1:2])
    return found


def all_cases(folder: Path) -> dict[str, Trained]:
    return every_loss(folder) | every_model(folder) | of_families(folder)


def usual_cases(folder: Path) -> dict[str, Trained]:
    return some_losses(folder) | every_model(folder)


def saved(folder: Path) -> dict[str, float]:
    """States after two steps, whole and in parts, one of them in the background; -> the third step's
    losses."""
    losses = {}
    for name, model in {"whole": base(), "parts": sharded(base()), "adapter": sharded(lora(folder))}.items():
        run = trainer(model, LOSSES["kto"])
        for number in (1, 2):
            run.step(number, GROUPS)
        at = folder / f"{name}-{distributed.world_size()}"
        if name == "whole":
            run.save(at)
        else:
            run.save_beside(at, 1 << 30)
        losses[at.name] = run.step(3, GROUPS).loss.total
        run.end()
    return losses


def resumed(folder: Path) -> dict[str, tuple[float, torch.Tensor]]:
    """The third step from each state that lies there, whole and in parts: its loss, and the weights after
    it."""
    found = {}
    for state in sorted(folder.glob("*-[1248]")):
        kinds = {"whole": base, "parts": lambda: sharded(base())}
        if state.name.startswith("adapter"):
            kinds = {"whole": lambda: lora(folder), "parts": lambda: sharded(lora(folder))}
        for kind, make in kinds.items():
            run = trainer(make(), LOSSES["kto"], resume_from=state)
            assert run.steps_done == 2
            loss = run.step(3, GROUPS).loss.total
            found[f"{state.name} as {kind}"] = loss, flat(list(run._optimizer.weights.values()))
    return found


def saved_and_resumed(folder: Path) -> tuple[dict[str, float], dict[str, tuple[float, torch.Tensor]]]:
    losses = saved(folder)
    distributed.wait_for_all()
    return losses, resumed(folder)


def in_bfloat16(folder: Path) -> Trained:
    """Ten steps whose updates are far below what bfloat16 can hold of a weight."""
    model = base()
    model.module.bfloat16()
    run = trainer(sharded(model), LOSSES["alignment"], optimizer=tiny.optimizer(learning_rate=1e-4))
    steps = [run.step(number, GROUPS) for number in range(1, 11)]
    masters = list(run._optimizer.masters.values())
    assert all(master.dtype == torch.float32 for master in masters)
    whole = [shared_weights.whole(weight) for weight in run._optimizer.weights.values()]
    return Trained(steps, torch.zeros(0), torch.cat([one.flatten().float() for one in whole]))
