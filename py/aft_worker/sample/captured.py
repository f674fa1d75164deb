"""A decode step that is captured once and replayed: on a GPU the host needs longer to ask for the kernels of
a small model's step than the GPU to run them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch

from ..errors import first_line

_SIZES = (1, 4, 16)  # captured for all slots, a quarter and a sixteenth of them


class Steps:
    """Runs `step(n)`, a step of the first n slots, for more rows than n where one of a few sizes is captured:
    the others are done, and nothing of them changes.

    The first steps of a size are run plainly, which also prepares libraries for the capture. `how`: captured
    or plain; `slow`: why it is not captured where it should be.
    """

    def __init__(self, step: Callable[[int], None], slots: int, device: torch.device, captures: bool) -> None:
        self._step = step
        self._captures = captures and device.type == "cuda"
        self._sizes = sorted({-(-slots // share) for share in _SIZES}) if self._captures else []
        self._graphs: dict[int, torch.cuda.CUDAGraph] = {}
        self._seen: set[int] = set()
        self.how: Literal["captured", "plain"] = "captured" if self._captures else "plain"
        self.slow: str | None = None

    def run(self, n: int, count: int) -> None:
        """`count` steps."""
        size = next((size for size in self._sizes if size >= n), n)
        if self._captures and size in self._seen and size not in self._graphs:
            self._capture(size)
        self._seen.add(size)
        graph = self._graphs.get(size)
        for _ in range(count):
            if graph is None:
                self._step(size)
            else:
                graph.replay()

    def _capture(self, size: int) -> None:
        graph = torch.cuda.CUDAGraph()
        pool = next(iter(self._graphs.values())).pool() if self._graphs else None
        try:
            with torch.cuda.graph(graph, pool=pool):
                self._step(size)
        except torch.OutOfMemoryError:
            raise
        # a model that asks the device for a value, say
        except RuntimeError as error:
            torch.cuda.synchronize()
            self._captures, self._sizes = False, []
            self.how, self.slow = "plain", f"the decode step cannot be captured ({first_line(error)})"
            return
        self._graphs[size] = graph
