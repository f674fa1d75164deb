"""What the machine has, and what is said when something is missing or too old."""

from __future__ import annotations

import pytest
import torch
from aft_worker.device import describe_machine, resolve_device, resolve_dtype, selection, speed
from aft_worker.device.machine import warnings
from aft_worker.errors import WorkerError

FINE = {"torch": "2.13.0+cu128", "transformers": "5.23.0"}


def test_this_machine_is_described():
    info = describe_machine()
    assert info.packages["torch"] == torch.__version__
    assert {"transformers", "tokenizers", "safetensors", "msgspec", "numpy"} <= set(info.packages)
    cpu = info.devices[0]
    assert (cpu.name, cpu.dtypes) == ("cpu", ["float32", "bfloat16", "float16"])
    assert 0 < info.memory_free_bytes <= info.memory_total_bytes == cpu.total_bytes
    assert info.threads == torch.get_num_threads()
    assert info.default_device in {one.name for one in info.devices}


def test_nothing_is_wrong_with_a_good_machine():
    assert warnings(FINE, "12.8", True, 8, 8) == []
    assert warnings({"torch": "2.11.0", "transformers": "5.0.0rc1"}, None, False, 1, 1) == []


def test_each_thing_that_is_wrong_comes_with_its_fix(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert warnings({"torch": "2.9.1", "transformers": "4.57.0"}, "12.8", False, 4, 2) == [
        "torch 2.9.1 is older than 2.11: pip install --upgrade 'torch>=2.11'",
        "transformers 4.57.0 is older than 5.0: pip install --upgrade 'transformers>=5.0'",
        "torch was built for CUDA 12.8, but sees no GPU: `nvidia-smi` should list one, with a driver for "
        "CUDA 12.8 or newer; until then everything runs on the CPU",
        "4 threads on 2 cores slow each other down: set worker.threads to 2 or less",
    ]
    assert warnings({"torch": "3.0"}, None, False, 1, 1) == [
        "transformers is not installed: pip install 'transformers>=5.0'"
    ]


def test_hidden_gpus_are_told_from_absent_ones(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert warnings(FINE, "12.8", False, 1, 1) == [
        "torch was built for CUDA 12.8, but CUDA_VISIBLE_DEVICES='' hides all GPUs: unset it; "
        "until then everything runs on the CPU"
    ]


def test_names_of_devices(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert resolve_device("cpu") == torch.device("cpu")
    assert resolve_device("auto") == resolve_device("cuda") == torch.device("cuda", 0)
    assert resolve_device("cuda:1") == torch.device("cuda", 1)
    assert resolve_dtype("auto", torch.device("cuda", 0)) == torch.bfloat16
    assert resolve_dtype("auto", torch.device("cpu")) == torch.float32
    assert resolve_dtype("float16", torch.device("cpu")) == torch.float16
    with pytest.raises(WorkerError) as raised:
        resolve_device("cuda:2")
    assert str(raised.value) == "device 'cuda:2' cannot be used: there are 2 GPUs: cuda:0 to cuda:1"


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "xpu"])
def test_other_names_are_refused(name):
    with pytest.raises(WorkerError) as raised:
        resolve_device(name)
    assert str(raised.value) == f"device {name!r} cannot be used: expected auto, cpu, cuda, cuda:N or mps"
    assert (raised.value.data.device, raised.value.data.pointer) == (name, "/device")


def test_cuda_without_a_gpu_says_why(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(selection, "why_no_gpu", lambda: "there is none")
    assert resolve_device("auto") == torch.device("cpu")
    with pytest.raises(
        WorkerError, match=r"^device 'cuda' cannot be used: there is none; `auto` takes what is"
    ):
        resolve_device("cuda")


def test_speed_is_measured_on_the_device_in_its_type(monkeypatch):
    monkeypatch.setattr(speed, "_SECONDS", 0.01)
    found = speed.measure_speed("cpu", "float32")
    assert (found.device, found.dtype) == ("cpu", "float32")
    # between a pocket calculator and no machine there is
    assert 1e6 < found.flops_per_second < 1e17
    assert 1e6 < found.bytes_per_second < 1e15
    assert 1e-9 < found.seconds_per_call < 1
    with pytest.raises(WorkerError, match="no_such"):
        speed.measure_speed("no_such", "float32")
