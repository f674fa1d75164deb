"""`python -m aft_worker --devices N`: as many ranks of the worker on this machine, by torchrun's agent.

The process that was asked for becomes torchrun's agent and hands its streams on: rank 0 of all machines
speaks on them. On a machine that has no rank 0 the input only says when to end. The agent restarts nothing:
one rank that is lost ends all, and whoever started them begins anew from what was saved.
"""

from __future__ import annotations

import logging
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import psutil

from ..board import connect
from .last_lines import SECONDS_BETWEEN_LINES, keep_in, kept_in
from .watch import AGENT, DEVICE, LIFE, SECONDS, life, limit_of

# Once one rank is gone, or nobody speaks to them any more, the others have so long to end by themselves.
SECONDS_TO_END = 5.0
SECONDS_BETWEEN_LOOKS = 0.25
# For all machines to have come.
SECONDS_TO_MEET = int(os.environ.get("AFT_RENDEZVOUS_SECONDS") or 600)

_said: list[str] = []


@dataclass(frozen=True, slots=True)
class Ranks:
    """`devices` ranks on each of `nodes` machines, of which this is number `node_rank`; `rendezvous`:
    "host:port" on machine 0, which all of them can reach; needed where there are several."""

    devices: int
    nodes: int = 1
    node_rank: int = 0
    rendezvous: str | None = None
    # what is written to its standard error is read elsewhere than machine 0's
    apart: bool = False
    device: str = "auto"
    threads: int | None = None  # of all of a machine's ranks together


def launch(ranks: Ranks) -> int:
    """Until all of its ranks have ended; -> the exit code."""
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, Std
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.launcher.api import LaunchConfig, elastic_launch

    _leave_signals_to_the_command()
    logging.disable()  # of torchrun's own: what there is to say is said here
    # one machine's ranks meet where nothing else listens
    rendezvous = ranks.rendezvous or f"127.0.0.1:{_free_port()}"
    where = f"{ranks.nodes} machines at {rendezvous}" if ranks.nodes > 1 else "this machine's ranks"
    logs = tempfile.mkdtemp(prefix="aft-ranks-")
    os.environ |= {AGENT: str(os.getpid()), LIFE: logs, DEVICE: ranks.device}
    if ranks.nodes > 1 and (interface := _interface_to(rendezvous)) is not None:
        # else each machine takes that of its own name, which may be known as 127.0.0.1 there
        os.environ.setdefault("GLOO_SOCKET_IFNAME", interface)
    handled: dict[str, Any] = {"signals_to_handle": "SIGUSR2", "shutdown_timeout": 2}
    known = {field.name for field in fields(LaunchConfig)}
    config = LaunchConfig(
        min_nodes=ranks.nodes,
        max_nodes=ranks.nodes,
        nproc_per_node=ranks.devices,
        run_id="aft",
        rdzv_backend="static",
        rdzv_endpoint=rendezvous,
        rdzv_configs={"rank": ranks.node_rank, "timeout": SECONDS_TO_MEET},
        max_restarts=0,
        monitor_interval=SECONDS_BETWEEN_LOOKS,
        logs_specs=DefaultLogsSpecs(log_dir=logs, tee=Std.ERR),
        log_line_prefix_template=f"[rank ${{rank}} on {socket.gethostname()}] ",
        **{name: value for name, value in handled.items() if name in known},
    )
    if ranks.apart:
        _wait_for_an_end(ranks)
    watched = threading.Event()
    threading.Thread(target=_watch, args=(ranks.devices, Path(logs), watched), daemon=True).start()
    if ranks.apart:
        threading.Thread(target=_keep_lines, args=(ranks, Path(logs)), daemon=True).start()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = ["--threads", str(max(1, (ranks.threads or cores) // ranks.devices))]
    try:
        elastic_launch(config, sys.executable)("-u", "-m", "aft_worker", *threads)
    except ChildFailedError as failed:
        number, failure = failed.get_first_failure()
        if ranks.node_rank == 0:
            _tell_lines(ranks)
        how = f"by {failure.signal_name()}" if failure.exitcode < 0 else f"with exit code {failure.exitcode}"
        _say(f"rank {number} on {socket.gethostname()} ended {how}, and all others with it")
        if ranks.apart:
            time.sleep(2 * SECONDS_BETWEEN_LINES)  # for machine 0 to have it
        return failure.exitcode
    except Exception as error:
        _say(f"{where} did not come together {_reason(error, ranks)}")
        return 1
    finally:
        watched.set()
        shutil.rmtree(logs, ignore_errors=True)
    return 0


def _wait_for_an_end(ranks: Ranks) -> None:
    """On another machine than 0, begun anew sooner than machine 0 has ended: the store in which its former
    ranks were seen is not the one to meet in."""
    assert ranks.rendezvous is not None
    # no store yet, or no more
    with suppress(RuntimeError):
        store = connect(1, ranks.rendezvous)
        while store.check([life(ranks.node_rank * ranks.devices)]) and not _input_ended():
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _keep_lines(ranks: Ranks, logs: Path) -> None:
    """On another machine than 0, once its ranks have met the others."""
    while not any(logs.glob("rank-*")):
        time.sleep(SECONDS_BETWEEN_LOOKS)
    assert ranks.rendezvous is not None
    keep_in(connect(SECONDS, ranks.rendezvous), ranks.node_rank, logs, _said)


def _tell_lines(ranks: Ranks) -> None:
    """On machine 0, which keeps the store: what the ranks of the others wrote last."""
    if ranks.nodes == 1 or ranks.rendezvous is None:
        return
    time.sleep(SECONDS_BETWEEN_LINES)  # the last of it is on its way
    port = ranks.rendezvous.rpartition(":")[2]
    with suppress(RuntimeError):
        for line in kept_in(connect(SECONDS_TO_END, f"127.0.0.1:{port}"), ranks.nodes):
            print(line, file=sys.stderr, flush=True)


def _reason(error: Exception, ranks: Ranks) -> str:
    line = str(error).splitlines()[0]
    if "imed out" not in line:
        return f"({line})"
    others = "is `aft worker` running on each of the others, and can they reach that port?"
    first = "is `aft run` running there, and can this machine reach that port?"
    return f"within {SECONDS_TO_MEET} s: {line.rstrip('.')}; {first if ranks.apart else others}"


def _leave_signals_to_the_command() -> None:
    """What a batch system or a terminal sends to each process of a job that is to end: the command that
    started this one saves what is done, and ends the input."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def follow_agent() -> None:
    """In a rank: it ends with its agent, however that ends."""
    _leave_signals_to_the_command()
    agent = int(os.environ.get(AGENT) or 0)
    if agent == 0:
        return
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    threading.Thread(target=_follow, args=(agent,), daemon=True).start()


def _follow(agent: int) -> None:
    while os.getppid() == agent:
        time.sleep(1)
    os._exit(1)


def _watch(count: int, life: Path, ended: threading.Event) -> None:
    """Ends the ranks once one of them is gone or gives no sign of life, or the input has ended; torchrun
    would wait for those that are stopped, or deaf to its signal."""
    seen: dict[int, psutil.Process] = {}
    signs: dict[Path, int] = {}
    silence: Counter[Path] = Counter()
    limits: dict[Path, float] = {}
    while not ended.wait(SECONDS_BETWEEN_LOOKS):
        if len(seen) < count:
            seen |= {child.pid: child for child in psutil.Process().children()}
        if _input_ended() or not all(map(_lives, seen.values())):
            break
        for sign in life.glob("rank-*"):
            latest = sign.stat().st_mtime_ns
            silence[sign] = silence[sign] + 1 if signs.get(sign) == latest else 0
            signs[sign] = latest
            if sign not in limits:
                limits[sign] = float(limit_of(sign).read_text())
        silent = [sign for sign in signs if silence[sign] * SECONDS_BETWEEN_LOOKS >= limits[sign]]
        if silent:
            name, host = silent[0].name.replace("-", " "), socket.gethostname()
            _say(f"{name} on {host} has given no sign of life for {limits[silent[0]]:g} s")
            break
    if ended.wait(SECONDS_TO_END):
        return
    for child in psutil.Process().children():
        for process in [*child.children(recursive=True), child]:
            process.kill()
    # without a rank there is nothing to be ended: the agent still waits for other machines
    if not ended.wait(SECONDS_TO_END):
        os._exit(1)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _input_ended() -> bool:
    """Whether nobody can write to the standard input any more; nothing of it is read."""
    poll = select.poll()
    poll.register(0, select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    return bool(poll.poll(0))


def _interface_to(rendezvous: str) -> str | None:
    """The network interface by which this machine reaches the meeting point; None where that is not known."""
    host, _, port = rendezvous.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, int(port)))  # sends nothing
        except OSError:
            return None
        own = probe.getsockname()[0]
    found = psutil.net_if_addrs().items()
    return next((name for name, kinds in found if any(kind.address == own for kind in kinds)), None)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _say(text: str) -> None:
    _said.append(f"aft_worker: {text}")
    print(_said[-1], file=sys.stderr, flush=True)
