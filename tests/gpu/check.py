"""Checks the worker on a GPU and measures it. Needs Python with torch, transformers and msgspec, and no Node.

    python tests/gpu/check.py [--device cuda] [--budget SECONDS] [--only TOPIC ...] [--without TOPIC ...]
        [--small] [--out FOLDER]

Prints a table, writes results-<device>-<date>.json and .md to FOLDER after each topic, and exits with 1 when
a check fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "experiments" / "benchmarks"
sys.path[1:1] = [str(BENCHMARKS / "instruments"), str(BENCHMARKS / "speed")]

from device import asked_device, prepare_process, unusable  # noqa: E402


def main() -> int:
    prepare_process()
    reason = unusable(asked_device(sys.argv[1:]))
    if reason is not None:
        sys.exit(reason)
    from sitting import parser_for, sit
    from topics import TOPICS

    description = "Checks the worker on a GPU and measures it; exits with 1 on a failure."
    return sit(TOPICS, parser_for("check.py", description, TOPICS).parse_args(), "results")


if __name__ == "__main__":
    sys.exit(main())
