"""Checks and measurements one after the other in one process: what is found is in a file once a topic ends.

GPU time is often had by the minute. So topics come in the order of what they tell, each says how long it
takes, what no longer fits in the budget is skipped, and whatever ends the process loses one topic.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import psutil
import torch
import transformers
from device import DEVICES
from hardware import describe, slug
from results import Results

ROOT = Path(__file__).resolve().parents[3]


class OutOfBudget(Exception):
    """A topic took longer than what was left."""


@dataclass(frozen=True)
class Sitting:
    """What a topic is given. `folder` is empty and the topic's own; `model`, `questions`: what the user
    named; `write` puts what has been found so far into the file, before something that may take long."""

    results: Results
    device: torch.device
    small: bool
    folder: Path
    model: Path | None
    questions: Path | None
    seconds_left: Callable[[], float]
    write: Callable[[], object]


@dataclass(frozen=True)
class Topic:
    """`seconds`: what it takes in full size, on one H100 or, where it is for a CPU, on two quiet cores."""

    name: str
    seconds: float
    run: Callable[[Sitting], None]


def parser_for(program: str, description: str, topics: Sequence[Topic]) -> argparse.ArgumentParser:
    """The options that all sittings have."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--device", type=_device, default="cuda", help="cuda, cuda:N or cpu (default: cuda)")
    parser.add_argument("--small", action="store_true", help="small sizes: a trial of the topics themselves")
    names = [topic.name for topic in topics]
    parser.add_argument("--only", nargs="+", choices=names, metavar="TOPIC", help=f"of: {', '.join(names)}")
    parser.add_argument(
        "--without", nargs="+", choices=names, metavar="TOPIC", default=[], help="all but these"
    )
    parser.add_argument(
        "--budget",
        type=_seconds,
        metavar="SECONDS",
        help="skip what does not fit, the start of Python counted",
    )
    parser.add_argument("--model", type=_folder, metavar="FOLDER", help="SmolLM2 135M, instead of its shape")
    parser.add_argument("--questions", type=_file, metavar="FILE.jsonl", help="to sample from, with --model")
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / "experiments" / "benchmarks" / "results",
        help="folder for the results files (default: experiments/benchmarks/results)",
    )
    return parser


def sit(topics: Sequence[Topic], arguments: argparse.Namespace, name: str) -> int:
    """Runs them -> exit code. Writes `name`-<device>-<date>.json and .md; as long as a topic is missing or
    something was skipped, with `-partial-<time>` at the end."""
    # reading torch from a cold disk can take half a minute
    started = psutil.Process().create_time()
    device = _prepared(arguments.device)
    chosen = [one for one in topics if one.name not in arguments.without]
    if arguments.only:
        chosen = [one for one in chosen if one.name in arguments.only]
    results = Results()
    now = datetime.datetime.now(datetime.UTC)
    date = now.date().isoformat()
    about = {"date": date, "small": arguments.small, "topics": ", ".join(one.name for one in chosen)}
    about |= describe(device)
    stem = f"{name}-{slug(device)}-{date}" + ("-small" if arguments.small else "")
    # a part never takes the place of a whole, nor of another part
    part = f"{stem}-partial-{now:%H%M%S}"

    def left() -> float:
        return float("inf") if arguments.budget is None else arguments.budget - (time.time() - started)

    def write(under_way: str | None) -> list[Path]:
        about["seconds"] = round(time.time() - started)
        about["under way"] = under_way or "nothing"
        return results.write(arguments.out, part, about)

    for topic in chosen:
        if topic.seconds > left():
            why = f"takes about {topic.seconds:.0f} s, and {max(0.0, left()):.0f} s of the budget are left"
            results.skip(why, topic.name)
            continue
        write(topic.name)
        with tempfile.TemporaryDirectory(prefix="aft-sitting-") as folder:
            sitting = Sitting(
                results=results,
                device=device,
                small=arguments.small,
                folder=Path(folder),
                model=arguments.model,
                questions=arguments.questions,
                seconds_left=left,
                write=partial(write, topic.name),
            )
            with results.topic(topic.name), _within(left()):
                topic.run(sitting)
        _tidy(device)
    files = write(None)
    print(results.table())
    if not results.skipped and len(chosen) == len(topics):
        files = [file.replace(file.with_name(file.name.replace(part, stem))) for file in files]
    for file in files:
        print(f"wrote {file}")
    return 0 if results.passed else 1


def _prepared(name: str) -> torch.device:
    """The device, its settings made."""
    device = torch.device(name)
    if device.type == "cuda":
        device = torch.device("cuda", device.index or 0)
        torch.cuda.set_device(device)
    # float32 means float32 here: TF32 would be 10^4 times coarser
    torch.set_float32_matmul_precision("highest")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return device


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raises OutOfBudget in what runs longer. What waits for the device is interrupted after it."""

    def end(number: int, frame: FrameType | None) -> None:
        raise OutOfBudget(f"did not end within the {seconds:.0f} s that were left of the budget")

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, 0 if seconds == float("inf") else max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _tidy(device: torch.device) -> None:
    gc.collect()
    if device.type == "cuda":
        # a topic's models are none of the next one's: of the forms of a kernel only so many are kept
        torch.compiler.reset()
        torch.cuda.empty_cache()


def _device(name: str) -> str:
    if not re.fullmatch(DEVICES, name):
        raise argparse.ArgumentTypeError(f"expected cpu, cuda or cuda:N, found {name!r}")
    return name


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"expected seconds above 0, found {text!r}")
    return seconds


def _folder(name: str) -> Path:
    if not (Path(name) / "config.json").is_file():
        raise argparse.ArgumentTypeError(f"expected a folder with a model (there is no {name}/config.json)")
    return Path(name)


def _file(name: str) -> Path:
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"no such file: {name}")
    return Path(name)
