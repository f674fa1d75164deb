"""Makes a model folder of a GGUF file where there is no Node: python tests/gpu/from_gguf.py FILE.gguf FOLDER

What `aft` itself does for `model: {gguf: FILE}`. Needs torch, transformers, msgspec and gguf.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "py"))


def main() -> int:
    if len(sys.argv) != 3:
        sys.exit("usage: from_gguf.py FILE.gguf FOLDER")
    from aft_worker.errors import WorkerError
    from aft_worker.model import convert_gguf

    try:
        convert_gguf(sys.argv[1], sys.argv[2])
    except WorkerError as error:
        sys.exit(f"from_gguf.py: {error}")
    print(sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
