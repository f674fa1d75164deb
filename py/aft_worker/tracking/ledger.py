"""What a tracker's run has been given: a small file beside it, so that a resumed training repeats nothing."""

import json
import os
from pathlib import Path


class Ledger:
    """`key`: what is tracked; a file that was written of another key is not this run's."""

    def __init__(self, directory: Path, key: str) -> None:
        self._file = directory / "tracker.json"
        self._key = key
        self.run: str | None = None
        self.last: dict[str, int] = {}
        """Name to the last step that was delivered."""

    @property
    def last_step(self) -> int:
        return max(self.last.values(), default=-1)

    def read(self) -> None:
        """Reads what an earlier process wrote of this key; a damaged file counts as none."""
        try:
            entry = json.loads(self._file.read_text())
            if entry["key"] == self._key:
                self.run = str(entry["run"])
                self.last = {str(name): int(step) for name, step in entry["last"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return

    def news(self, step: int, values: dict[str, float]) -> dict[str, float]:
        """Those values that were not delivered at this step or after it."""
        return {name: value for name, value in values.items() if step > self.last.get(name, -1)}

    def delivered(self, step: int, values: dict[str, float]) -> None:
        for name in values:
            self.last[name] = max(step, self.last.get(name, -1))

    def write(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".part")
        fresh.write_text(json.dumps({"key": self._key, "run": self.run, "last": self.last}))
        os.replace(fresh, self._file)
