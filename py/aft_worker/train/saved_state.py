"""The state of a training run on disk: what another process needs to go on bit for bit.

weights.safetensors    trainable weights by name, in the optimizer's precision (float32 masters)
optimizer.safetensors  AdamW's moments and step counts
parts/                 in the place of both where ranks have a part of each weight: the files of
                       torch.distributed.checkpoint, to which each rank writes its own
state.json             steps done, how rows go, and the settings of the run
.sha256                the digests of these

Either form is read by any number of ranks, whole or in parts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from .. import distributed, shared_weights
from ..errors import WorkerError
from ..folders import clear_leftovers, damage_in, write_folder
from ..score import Way
from .optimization import Optimizer
from .state_parts import FILES, PARTS, as_part, open_tensors, write_parts

FORMAT = 1


@dataclass(frozen=True, slots=True)
class State:
    """What is written. Its tensors are the training's own, or copies of them: `apart`. shapes: of the weights
    of which each rank has a part, as a whole; these are written by all ranks."""

    weights: dict[str, Tensor]
    moments: dict[str, Tensor]
    description: dict[str, Any]
    shapes: dict[str, torch.Size]

    def write(self, directory: Path) -> None:
        """The folder whole or not at all; all ranks call it. Raises WriteFailed."""

        def describe(draft: Path) -> None:
            text = json.dumps(self.description, indent=2) + "\n"
            (draft / "state.json").write_text(text, encoding="utf-8")

        def write(draft: Path) -> None:
            save_file(self.weights, draft / FILES["weights"])
            save_file(self.moments, draft / FILES["moments"])
            describe(draft)

        if self.shapes:

            def together(draft: Path) -> None:
                write_parts(draft / PARTS, self._parts())

            write_folder(directory, describe, seal=True, together=together)
        else:
            write_folder(directory, write, seal=True)

    def _parts(self) -> dict[str, Tensor]:
        named = {f"weights/{name}": (name, one) for name, one in self.weights.items()}
        named |= {f"moments/{key}": (key.rpartition("/")[0], one) for key, one in self.moments.items()}
        # a step count is one number, whole on each rank
        return {
            key: as_part(one, self.shapes.get(name) if one.dim() else None)
            for key, (name, one) in named.items()
        }

    def apart(self) -> State:
        """The same in tensors of main memory that nothing changes."""
        if not self.shapes and not distributed.is_main():
            return self  # writes nothing
        return replace(self, weights=_copied(self.weights), moments=_copied(self.moments))

    @property
    def bytes(self) -> int:
        return sum(one.nbytes for part in (self.weights, self.moments) for one in part.values())


def present_state(
    optimizer: Optimizer, step: int, settings: dict[str, Any], way: Way, tokens: int | None
) -> State:
    """tokens: of a micro-batch, where they are fewer than was asked for, as memory ran out."""
    description = {"format": FORMAT, "step": step, "way": asdict(way), "settings": settings}
    if tokens is not None:
        description["maxTokensPerBatch"] = tokens
    shapes = {name: one.shape for name, one in optimizer.weights.items() if shared_weights.is_part(one)}
    return State(_plain(optimizer.masters), _plain(optimizer.state()), description, shapes)


def load_state(
    directory: Path, optimizer: Optimizer, settings: dict[str, Any], recorded: int | None
) -> tuple[int, Way, int | None]:
    """Puts weights and optimizer back as they were saved; -> (steps done, how rows went, `tokens`).

    Raises ResumeDamaged when the folder is not what was written, or has more steps than the `recorded` ones;
    ResumeRefused when it is one of other settings or another model. Nothing is changed then.
    """
    try:
        clear_leftovers(directory)
        if (damage := damage_in(directory)) is not None:
            raise ValueError(damage)
        state = json.loads((directory / "state.json").read_text(encoding="utf-8"))
        kept = open_tensors(directory)
        saved, step, form = state["settings"], int(state["step"]), state["format"]
        way, tokens = Way(**state.get("way", {})), state.get("maxTokensPerBatch")
    except Exception as error:
        # a torn file shows as any of many exceptions of json and safetensors
        raise _damaged(directory, f"it is not the training state that was written ({error})") from error
    if form != FORMAT:
        raise _refused(directory, f"its format is {form}, this worker reads {FORMAT}")
    before, now = _flat(saved), _flat(settings)
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            why = f"{name} was {_shown(before, name)} when it was saved, now it is {_shown(now, name)}"
            raise _refused(directory, why)
    _check_same_model(directory, kept.weights, {name: one.shape for name, one in optimizer.weights.items()})
    if recorded is not None and step > recorded:
        raise _damaged(directory, f"it is of step {step}, and only {recorded} steps are recorded")
    parts = {name: shared_weights.is_part(one) for name, one in optimizer.weights.items()}
    try:
        weights, moments = kept.read(parts)
    except Exception as error:
        raise _damaged(directory, f"it is not the training state that was written ({error})") from error
    optimizer.restore(weights, moments)
    return step, way, tokens


def _check_same_model(
    directory: Path, saved: Mapping[str, Sequence[int]], held: Mapping[str, Sequence[int]]
) -> None:
    for name in sorted(saved.keys() | held.keys()):
        before, now = (list(shapes[name]) if name in shapes else "absent" for shapes in (saved, held))
        if before != now:
            why = f"weight {name} was {before} when it was saved, in this model it is {now}"
            raise _refused(directory, why)


def _flat(settings: dict[str, Any]) -> dict[str, Any]:
    """{"a": {"b": 1}} -> {"a.b": 1}, for settings of one or two levels."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        flat |= {f"{name}.{key}": v for key, v in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _shown(settings: dict[str, Any], name: str) -> str:
    return json.dumps(settings[name]) if name in settings else "absent"


def _plain(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def _copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.to("cpu", copy=True) for name, tensor in tensors.items()}


def _damaged(directory: Path, why: str) -> WorkerError:
    return WorkerError("ResumeDamaged", f"cannot resume from {directory}: {why}", path=str(directory))


def _refused(directory: Path, why: str) -> WorkerError:
    return WorkerError("ResumeRefused", f"cannot resume from {directory}: {why}", path=str(directory))
