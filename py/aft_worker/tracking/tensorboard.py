"""TensorBoard's event files, by tensorboardX or by what torch has where `tensorboard` itself is installed."""

from __future__ import annotations

import json

from .sink import Opening, Sink, package


class EventFiles:
    """A file for each process that wrote; every point is on the disk when `log` returns."""

    def __init__(self, opening: Opening) -> None:
        # Both have the same writer; only the first needs nothing of TensorBoard.
        library = package("tensorboardX", "torch.utils.tensorboard")
        if opening.run is None:
            # Of another training, or of this one in other settings.
            for old in opening.directory.glob("*.tfevents.*"):
                old.unlink()
        # A reader drops what it has from this step on: what a process wrote just before it was killed, and in
        # a new run what an open TensorBoard has read of an old one.
        purged = opening.last_step + 1
        self.run = "event files"
        self._writer = library.SummaryWriter(str(opening.directory), purge_step=purged)
        if opening.run is None:
            self._writer.add_text("config", f"```json\n{json.dumps(opening.config, indent=2)}\n```")

    def log(self, step: int, values: dict[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def close(self) -> None:
        self._writer.close()


def open_sink(opening: Opening) -> Sink:
    return EventFiles(opening)
