"""A model of LLaMA-2 7B's shape on a GPU: steps on all weights and on an adapter, sampling, export.

    python tests/gpu/seven_b.py [--device cuda] [--small] [--out FOLDER]

The weights are random and made on the device: nothing is downloaded. Prints a table, writes
seven-b-<device>-<date>.json and .md to FOLDER, and exits with 1 when a check fails. All weights are trained
only where memory allows; else it says so.
"""

from __future__ import annotations

import datetime
import gc
import sys
import tempfile
import time
from pathlib import Path

from check import device_parser, prepared

TOPICS = ("all weights", "adapter", "sampling", "export")


def main() -> int:
    parser = device_parser("seven_b.py", "A model of LLaMA-2 7B's shape on a GPU; exits with 1 on a failure.")
    arguments = parser.parse_args()
    device = prepared(arguments.device)
    import torch
    from hardware import describe, slug
    from results import Results
    from seven_b_checks import FULL, SMALL, SevenB

    results, started = Results(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="aft-7b-") as folder:
        checks = SevenB(results, device, SMALL if arguments.small else FULL, Path(folder))
        steps = (checks.all_weights, checks.adapter, checks.sampling, checks.export)
        for topic, step in zip(TOPICS, steps, strict=True):
            with results.topic(topic):
                step()
            gc.collect()
            if device.type == "cuda":
                torch.cuda.empty_cache()
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    about = {"date": date, "small": arguments.small, "topics": ", ".join(TOPICS), **describe(device)}
    about["seconds"] = round(time.perf_counter() - started)
    print(results.table())
    trial = "-small" if arguments.small else ""
    for file in results.write(arguments.out, f"seven-b-{slug(device)}-{date}{trial}", about):
        print(f"wrote {file}")
    return 0 if results.passed else 1


if __name__ == "__main__":
    sys.exit(main())
