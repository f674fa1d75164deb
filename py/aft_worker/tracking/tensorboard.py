"""TensorBoard's event files, by tensorboardX, or by `tensorboard` itself where only that is installed."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .sink import Opening, Unavailable, package


class EventFiles:
    """A file for each process that wrote; every point is on the disk when `log` returns."""

    run = "event files"

    def __init__(self, opening: Opening) -> None:
        new = opening.run is None
        # Of another training, or of this one before it was done anew.
        old = sorted(opening.directory.glob("*.tfevents.*"))
        library = _library()
        if new:
            for file in old:
                file.unlink()
        # Readers take the files in the order of their names, which hold the second in which they were begun.
        self._writer = library.open(opening.directory, f".{len(old):04d}")
        self._library = library
        events = library.events
        # A reader drops what it has from this step on: what a process wrote just before it was killed, and in
        # a new run what an open TensorBoard has read of an old one.
        started = events.SessionLog(status=events.SessionLog.START)
        self._write(events.Event(step=opening.last_step + 1, session_log=started))
        if new:
            text = f"```json\n{json.dumps(opening.config, indent=2)}\n```"
            self._write(events.Event(summary=library.text("config", text)))

    def log(self, step: int, values: dict[str, float]) -> None:
        summaries = self._library.summaries
        scalars = [summaries.Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._write(self._library.events.Event(step=step, summary=summaries.Summary(value=scalars)))

    def close(self) -> None:
        self._writer.close()

    def _write(self, event: Any) -> None:
        event.wall_time = time.time()
        self._library.write(self._writer, event)
        self._writer.flush()


class _Library:
    """What the two libraries have under different names; `events`, `summaries`: their message modules."""

    def __init__(self, messages: str, text: str, open: Callable[[Path, str], Any], write: str) -> None:
        self.events = package(f"{messages}.event_pb2")
        self.summaries = package(f"{messages}.summary_pb2")
        self.text = package(text).text
        self.open = open
        self._write = write

    def write(self, writer: Any, event: Any) -> None:
        getattr(writer, self._write)(event)


def _library() -> _Library:
    def open_light(directory: Path, suffix: str) -> Any:
        directory.mkdir(parents=True, exist_ok=True)
        return package("tensorboardX.event_file_writer").EventsWriter(str(directory / "events"), suffix)

    def open_whole(directory: Path, suffix: str) -> Any:
        module = package("tensorboard.summary.writer.event_file_writer")
        return module.EventFileWriter(str(directory), filename_suffix=suffix)

    try:
        package("tensorboardX")
    except Unavailable as none:
        try:
            return _Library(
                "tensorboard.compat.proto", "torch.utils.tensorboard.summary", open_whole, "add_event"
            )
        except Unavailable:
            raise none from None
    return _Library("tensorboardX.proto", "tensorboardX.summary", open_light, "write_event")
