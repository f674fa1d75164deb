"""When and where a training's state is written: before the next step, or beside the steps that follow."""

from __future__ import annotations

import threading
from pathlib import Path

from .. import distributed
from ..errors import WorkerError
from .saved_state import State


class Saving:
    """Of one training: at most one state is being written at a time."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._failed: WorkerError | None = None

    def now(self, state: State, directory: Path) -> None:
        """Written when it returns. Raises WriteFailed."""
        self.wait()
        state.write(directory)

    def beside(self, state: State, directory: Path, spare_bytes: int) -> WorkerError | None:
        """Copied when it returns, and written meanwhile; where the copy is larger than what memory can spare,
        written when it returns. -> what made the last of these fail that was not told yet."""
        failed = self.wait()
        if any(distributed.gather(state.bytes > spare_bytes)):
            self._write(state, directory)
        else:
            arguments = (state.apart(), directory)
            self._thread = threading.Thread(target=self._write_beside, args=arguments, daemon=True)
            self._thread.start()
        return failed

    def wait(self) -> WorkerError | None:
        """Until nothing is being written. -> what made it fail."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        failed, self._failed = self._failed, None
        return failed

    def _write_beside(self, state: State, directory: Path) -> None:
        with distributed.beside():
            self._write(state, directory)

    def _write(self, state: State, directory: Path) -> None:
        try:
            state.write(directory)
        except WorkerError as error:
            self._failed = error
