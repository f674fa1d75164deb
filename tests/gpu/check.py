"""Checks the worker on a GPU and measures it. Needs Python with torch, transformers and msgspec, and no Node.

    python tests/gpu/check.py [--device cuda] [--small] [--out FOLDER] [--only TOPIC ...]

Prints a table, writes results-<device>-<date>.json and .md to FOLDER, and exits with 1 when a check fails.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from device import unusable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "py"))
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# as the worker does: threads that wait soon sleep, so that a busy machine does not slow them manifold
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

TOPICS = ("round trip", "conformance", "numerics", "sampling", "memory", "speed")


def main() -> int:
    arguments = _arguments()
    return _run(prepared(arguments.device), arguments)


def prepared(name: str):
    """The device, its settings made; ends the program where it cannot be used."""
    reason = unusable(name)
    if reason is not None:
        sys.exit(reason)
    import torch
    import transformers

    device = torch.device(name)
    if device.type == "cuda":
        device = torch.device("cuda", device.index or 0)
        torch.cuda.set_device(device)
    # float32 means float32 here: TF32 would be 10^4 times coarser
    torch.set_float32_matmul_precision("highest")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return device


def _run(device, arguments: argparse.Namespace) -> int:
    import torch
    from conformance import check_conformance
    from hardware import describe, slug
    from memory_checks import check_memory
    from numerics import check_numerics
    from results import Results
    from roundtrip import check_round_trip
    from sampling_checks import check_sampling
    from speed import check_speed

    topics = arguments.only or list(TOPICS)
    results, started = Results(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="aft-gpu-") as folder:
        small = arguments.small
        first, second = (Path(folder, name) for name in ("round trip", "conformance"))
        first.mkdir()
        second.mkdir()
        checks: dict[str, Callable[[], None]] = {
            "round trip": lambda: check_round_trip(results, str(device), first),
            "conformance": lambda: check_conformance(results, device, second),
            "numerics": lambda: check_numerics(results, device, small),
            "sampling": lambda: check_sampling(results, device, small),
            "memory": lambda: check_memory(results, device, small),
            "speed": lambda: check_speed(results, device, small),
        }
        for topic in topics:
            with results.topic(topic):
                checks[topic]()
            gc.collect()
            if device.type == "cuda":
                torch.cuda.empty_cache()
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    about = {"date": date, "small": small, "topics": ", ".join(topics), **describe(device)}
    about["seconds"] = round(time.perf_counter() - started)
    print(results.table())
    # a trial never takes the place of a whole result
    trial = ("-small" if small else "") + ("-partial" if arguments.only else "")
    for file in results.write(arguments.out, f"results-{slug(device)}-{date}{trial}", about):
        print(f"wrote {file}")
    return 0 if results.passed else 1


def _arguments() -> argparse.Namespace:
    parser = device_parser(
        "check.py", "Checks the worker on a GPU and measures it; exits with 1 on a failure."
    )
    parser.add_argument("--only", nargs="+", choices=TOPICS, help="these topics alone")
    return parser.parse_args()


def device_parser(program: str, description: str) -> argparse.ArgumentParser:
    """The options that all checks have."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--device", type=_device, default="cuda", help="cuda, cuda:N or cpu (default: cuda)")
    parser.add_argument("--small", action="store_true", help="small sizes: a trial of the checks themselves")
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "experiments" / "benchmarks" / "results",
        help="folder for the results files (default: experiments/benchmarks/results)",
    )
    return parser


def _device(name: str) -> str:
    if not re.fullmatch(r"cpu|cuda(:[0-9]+)?", name):
        raise argparse.ArgumentTypeError(f"expected cpu, cuda or cuda:N, found {name!r}")
    return name


if __name__ == "__main__":
    sys.exit(main())
