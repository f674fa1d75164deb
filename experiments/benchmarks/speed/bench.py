"""How fast AFT is, on this machine.

    python experiments/benchmarks/speed/bench.py --device cpu     npm run bench: two cores, under five minutes
    python experiments/benchmarks/speed/bench.py --device cuda    npm run bench:gpu
        [--model FOLDER] [--questions FILE.jsonl] [--only TOPIC ...] [--without TOPIC ...]
        [--budget SECONDS] [--out FOLDER] [--small]

Side by side with others it goes by turns in one process, and a ratio is the median of the rounds. Prints a
table, writes bench-<device>-<date>.json and .md to FOLDER, and exits with 1 where something is wrong.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "instruments"))

from device import asked_device, prepare_process, unusable


def main() -> int:
    prepare_process()
    name = asked_device(sys.argv[1:])
    reason = unusable(name)
    if reason is not None:
        sys.exit(reason)
    from sitting import parser_for, sit

    if name == "cpu":
        from topics_cpu import TOPICS
    else:
        from topics_gpu import TOPICS
    arguments = parser_for("bench.py", "How fast AFT is on this machine.", TOPICS).parse_args()
    return sit(TOPICS, arguments, "bench")


if __name__ == "__main__":
    sys.exit(main())
