"""The state of a training run on disk: what another process needs to go on bit for bit.

weights.safetensors    trainable weights by name, in the optimizer's precision (float32 masters)
optimizer.safetensors  AdamW's moments and step counts
state.json             steps done, how rows go, and the settings of the run
.sha256                the digests of these
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from torch import Tensor

from ..errors import WorkerError
from ..folders import clear_leftovers, damage_in, write_folder
from ..score import Way
from .optimization import Optimizer

FORMAT = 1


@dataclass(frozen=True, slots=True)
class State:
    """What is written. Its tensors are the training's own, or copies of them: `apart`."""

    weights: dict[str, Tensor]
    moments: dict[str, Tensor]
    description: dict[str, Any]

    def write(self, directory: Path) -> None:
        """The folder whole or not at all. Raises WriteFailed."""

        def write(draft: Path) -> None:
            save_file(self.weights, draft / "weights.safetensors")
            save_file(self.moments, draft / "optimizer.safetensors")
            text = json.dumps(self.description, indent=2) + "\n"
            (draft / "state.json").write_text(text, encoding="utf-8")

        write_folder(directory, write, seal=True)

    def apart(self) -> State:
        """The same in tensors of main memory that nothing changes."""
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
    return State(_plain(optimizer.masters), _plain(optimizer.state()), description)


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
        weights = load_file(directory / "weights.safetensors")
        moments = load_file(directory / "optimizer.safetensors")
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
    _check_same_model(directory, weights, optimizer.masters)
    if recorded is not None and step > recorded:
        raise _damaged(directory, f"it is of step {step}, and only {recorded} steps are recorded")
    optimizer.restore(weights, moments)
    return step, way, tokens


def _check_same_model(directory: Path, saved: dict[str, Tensor], masters: dict[str, Tensor]) -> None:
    for name in sorted(saved.keys() | masters.keys()):
        before, now = (
            list(weights[name].shape) if name in weights else "absent" for weights in (saved, masters)
        )
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
