"""The tensors of a saved training state, whole in two files or in the parts that ranks wrote; either is read
whole or in parts, whatever the number of ranks."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import safe_open
from torch import Tensor

from .. import distributed, shared_weights

PARTS = "parts"
FILES = {"weights": "weights.safetensors", "moments": "optimizer.safetensors"}


class Kept(Protocol):
    """What lies in a folder."""

    @property
    def weights(self) -> Mapping[str, tuple[int, ...]]:
        """Shapes by name."""
        ...

    def read(self, parts: Mapping[str, bool]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Weights by name and moments by "<weight>/<moment>", in main memory; of a weight that `parts` says
        so of this rank's part alone."""
        ...


def open_tensors(directory: Path) -> Kept:
    return _Parts.of(directory / PARTS) if (directory / PARTS).is_dir() else _Files.of(directory)


def as_part(own: Tensor, shape: torch.Size | None) -> Tensor:
    """This rank's part of a tensor of that shape, as torch.distributed.checkpoint takes it."""
    if shape is None:
        return own
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import DTensor, Shard

    mesh = init_device_mesh(own.device.type, (distributed.world_size(),))
    return DTensor.from_local(own, mesh, [Shard(0)], run_check=False, shape=shape, stride=_strides(shape))


def write_parts(directory: Path, tensors: dict[str, Tensor]) -> None:
    """Each rank writes its own; all call it."""
    from torch.distributed.checkpoint.filesystem import FileSystemWriter
    from torch.distributed.checkpoint.state_dict_saver import save

    save(tensors, storage_writer=FileSystemWriter(directory), process_group=distributed.control_group())


@dataclass(frozen=True, slots=True)
class _Files:
    directory: Path
    weights: dict[str, tuple[int, ...]]

    @staticmethod
    def of(directory: Path) -> _Files:
        shapes = {}
        for file in FILES.values():
            with safe_open(directory / file, "pt") as opened:
                if file == FILES["weights"]:
                    shapes = {name: tuple(opened.get_slice(name).get_shape()) for name in opened.keys()}  # noqa: SIM118
        return _Files(directory, shapes)

    def read(self, parts: Mapping[str, bool]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        return self._read("weights", parts), self._read("moments", parts)

    def _read(self, kind: str, parts: Mapping[str, bool]) -> dict[str, Tensor]:
        found = {}
        with safe_open(self.directory / FILES[kind], "pt") as opened:
            for key in opened.keys():  # noqa: SIM118
                name = key if kind == "weights" else key.rpartition("/")[0]
                shape = opened.get_slice(key).get_shape()
                if shape and parts.get(name):
                    first, last = _rows(shape[0])
                    found[key] = opened.get_slice(key)[first:last]
                else:
                    found[key] = opened.get_tensor(key)
        return found


@dataclass(frozen=True, slots=True)
class _Parts:
    directory: Path
    found: dict[str, Any]  # what torch.distributed.checkpoint says of each tensor

    @staticmethod
    def of(directory: Path) -> _Parts:
        from torch.distributed.checkpoint.filesystem import FileSystemReader

        return _Parts(directory, dict(FileSystemReader(directory).read_metadata().state_dict_metadata))

    @property
    def weights(self) -> dict[str, tuple[int, ...]]:
        named = {
            key.partition("/")[2]: value for key, value in self.found.items() if key.startswith("weights/")
        }
        return {name: tuple(value.size) for name, value in named.items()}

    def read(self, parts: Mapping[str, bool]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        from torch.distributed.checkpoint.filesystem import FileSystemReader
        from torch.distributed.checkpoint.state_dict_loader import load

        wanted: dict[str, Any] = {}
        for key, value in self.found.items():
            kind, _, rest = key.partition("/")
            name = rest if kind == "weights" else rest.rpartition("/")[0]
            shape, dtype = value.size, value.properties.dtype
            if len(shape) and parts.get(name):
                first, last = _rows(shape[0])
                wanted[key] = as_part(torch.empty(last - first, *shape[1:], dtype=dtype), shape)
            else:
                wanted[key] = torch.empty(shape, dtype=dtype)
        # each rank reads by itself: it finds what it needs of whatever parts there are
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "torch.distributed is disabled")
            load(wanted, storage_reader=FileSystemReader(self.directory), no_dist=True)
        plain = {key: shared_weights.part(tensor) for key, tensor in wanted.items()}
        kinds = [
            {key.partition("/")[2]: tensor for key, tensor in plain.items() if key.startswith(f"{kind}/")}
            for kind in ("weights", "moments")
        ]
        return kinds[0], kinds[1]


def _rows(count: int) -> tuple[int, int]:
    """Of a dimension of that length, which are this rank's: as torch.chunk cuts, which FSDP2 goes by."""
    each = -(-count // distributed.world_size())
    first = min(count, each * distributed.rank())
    return first, min(count, first + each)


def _strides(shape: torch.Size) -> tuple[int, ...]:
    return torch.empty(shape, device="meta").stride()
