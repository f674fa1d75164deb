"""In the place of trackio, so that the checks have a tracker whatever is installed: its project is a file
that takes a line for each point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Run:
    def __init__(self, project: str) -> None:
        self._file = Path(project)

    def log(self, metrics: dict[str, float], step: int) -> None:
        with self._file.open("a") as file:
            file.write(json.dumps([step, metrics]) + "\n")

    def finish(self) -> None:
        pass


def init(project: str, **_: Any) -> Run:
    return Run(project)
