"""The last words of another machine."""

import threading
import time
from pathlib import Path

import torch.distributed as dist
from aft_worker.ranks.last_lines import keep_in, kept_in


def test_an_agent_that_begins_anew_leaves_what_the_one_before_kept(tmp_path: Path) -> None:
    store = dist.HashStore()  # pyright: ignore[reportPrivateImportUsage]
    threading.Thread(target=keep_in, args=(store, 1, tmp_path, ["the last"]), daemon=True).start()
    while not kept_in(store, 2):
        time.sleep(0.01)
    keep_in(store, 1, tmp_path, ["the first of another life"])
    (line,) = kept_in(store, 2)
    assert line.startswith("[machine 1, ") and line.endswith("] the last")
