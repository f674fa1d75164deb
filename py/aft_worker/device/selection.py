"""Which device and number type a name stands for, and why a device cannot be had."""

import os
import socket
from typing import Literal

import torch

from .. import distributed
from ..errors import WorkerError

DtypeName = Literal["auto", "float32", "bfloat16", "float16"]


def resolve_device(name: str) -> torch.device:
    """auto (the first GPU, else Apple's, else the CPU), cpu, cuda, cuda:N or mps; of several ranks auto and
    cuda are each one's own GPU. Raises DeviceUnavailable."""
    own = distributed.local_rank()
    if own is not None and name in ("auto", "cuda") and torch.cuda.is_available():
        count = torch.cuda.device_count()
        if own >= count:
            asked = os.environ.get("LOCAL_WORLD_SIZE") or f"{own + 1} or more"
            raise _unavailable(
                name,
                f"there {_are(count)} on {socket.gethostname()}, and worker.devices is {asked}: "
                f"worker.devices: {count}, or a machine that has more (`nvidia-smi` lists them)",
            )
        return torch.device("cuda", own)
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        # several ranks would share the one there is
        return torch.device("mps" if own is None and torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda", "mps"):
        raise _unavailable(name, "expected auto, cpu, cuda, cuda:N or mps")
    if device.type == "cpu":
        return torch.device("cpu")
    if device.type == "mps":
        if not torch.backends.mps.is_available():
            raise _unavailable(name, f"{_why_no_mps()}; `auto` takes what is there")
        return torch.device("mps")
    if not torch.cuda.is_available():
        raise _unavailable(name, f"{why_no_gpu()}; `auto` takes what is there")
    count, index = torch.cuda.device_count(), device.index or 0
    if index >= count:
        raise _unavailable(
            name, f"there {_are(count)}: cuda:0" + (f" to cuda:{count - 1}" if count > 1 else "")
        )
    return torch.device("cuda", index)


def resolve_dtype(name: DtypeName, device: torch.device) -> torch.dtype:
    """auto: bfloat16 on a CUDA GPU that has it, else float32."""
    if name != "auto":
        return getattr(torch, name)
    return torch.bfloat16 if device.type == "cuda" and torch.cuda.is_bf16_supported() else torch.float32


def dtype_name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _are(count: int) -> str:
    return "is one GPU" if count == 1 else f"are {count} GPUs"


def _why_no_mps() -> str:
    if torch.backends.mps.is_built():
        return "it needs a Mac with Apple silicon and macOS 14 or newer"
    return "mps is the GPU of a Mac, and this torch was built without it"


def why_no_gpu(cuda_build: str | None = torch.version.cuda) -> str:
    if cuda_build is None:
        return (
            f"torch {torch.__version__} was built without CUDA: on a machine with an NVIDIA GPU install "
            "a CUDA build of torch (see pytorch.org)"
        )
    built = f"torch was built for CUDA {cuda_build}"
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    if hidden is not None and hidden.strip() in ("", "-1"):
        return f"{built}, but CUDA_VISIBLE_DEVICES={hidden!r} hides all GPUs: unset it"
    return (
        f"{built}, but sees no GPU: `nvidia-smi` should list one, "
        f"with a driver for CUDA {cuda_build} or newer"
    )


def _unavailable(name: str, why: str) -> WorkerError:
    return WorkerError(
        "DeviceUnavailable", f"device {name!r} cannot be used: {why}", device=name, pointer="/device"
    )
