"""All causal classes, one after the other: what `held.json` and the table of the guide are made from.

.venv/bin/python tests/py/classes/sweep.py            all, and the table
.venv/bin/python tests/py/classes/sweep.py phi3 rwkv  these; the others stay as they are
"""

from __future__ import annotations

import json
import signal
import sys
import time
import warnings
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2] / "py")]

import torch  # noqa: E402
import transformers  # noqa: E402

from classes.causal_classes import kinds  # noqa: E402
from classes.held import Held, held  # noqa: E402

RESULT = HERE / "held.json"
LIMIT = 240  # seconds a class


def main(only: list[str]) -> None:
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    warnings.filterwarnings("ignore")
    signal.signal(signal.SIGALRM, _late)
    known = json.loads(RESULT.read_text())["kinds"] if RESULT.exists() else []
    results = {one["name"]: one for one in known}
    for kind in kinds():
        if only and kind.model_type not in only and kind.name not in only:
            continue
        started = time.perf_counter()
        signal.alarm(LIMIT)
        try:
            found = held(kind)
        except Late:
            found = Held(kind.name, kind.class_name, scores_fault=f"no end within {LIMIT} s")
        signal.alarm(0)
        results[kind.name] = found.as_json()
        print(f"{time.perf_counter() - started:5.1f} s  {json.dumps(results[kind.name])}", flush=True)
        _write(results)


def _write(results: dict[str, dict[str, object]]) -> None:
    """In the order of names; what is no longer among them is left out."""
    order = [kind.name for kind in kinds() if kind.name in results]
    whole = {"transformers": transformers.__version__, "kinds": [results[name] for name in order]}
    RESULT.write_text(json.dumps(whole, indent=1) + "\n")


class Late(BaseException):
    """Not an Exception: what a class does with rows is tried, and its errors are looked at."""


def _late(*_: object) -> None:
    raise Late


if __name__ == "__main__":
    main(sys.argv[1:])
