"""Reads event files as TensorBoard does: TFRecord frames of Event messages, their checksums looked at."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any


def scalars(folder: Path) -> list[tuple[str, int, float]]:
    """(name, step, value) in the order in which they were written, less those that a later process purged."""
    found: list[tuple[str, int, float]] = []
    for file in sorted(folder.glob("*.tfevents.*")):
        for event in _events(file):
            if event.HasField("session_log"):
                found = [one for one in found if one[1] < event.step]
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    found.append((value.tag, event.step, value.simple_value))
    return found


def _events(file: Path) -> list[Any]:
    from tensorboardX.proto.event_pb2 import Event

    data, events = file.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        body = data[12 : 12 + length]
        assert struct.unpack("<I", data[8:12]) == (_masked(data[:8]),)
        assert struct.unpack("<I", data[12 + length : 16 + length]) == (_masked(body),)
        events.append(Event.FromString(body))
        data = data[16 + length :]
    return events


def _masked(data: bytes) -> int:
    """CRC-32C (Castagnoli), rotated and offset as TFRecord has it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


if __name__ == "__main__":
    import json
    import sys

    print(json.dumps(scalars(Path(sys.argv[1]))))
