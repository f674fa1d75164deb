"""Executes a notebook, first cell to last, with the kernel that it names: execute_notebook.py IN OUT.

Ends with 1 and the cell's error where one fails. What differs from run to run (times, ids of messages) is
left out, so that the same results give the same file.
"""

from __future__ import annotations

import queue
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError

# Deno's kernel may say that a cell is done before it sends the cell's value; so long is waited for the value.
LATE_SECONDS = 2.0


def execute(source: Path, target: Path, timeout_seconds: int = 240) -> None:
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout_seconds,
        record_timing=False,
        resources={"metadata": {"path": str(source.parent)}},
    )
    client.on_cell_executed = lambda **done: take_late(client, **done)
    client.execute()
    # the language is for those who colour code, its version no part of what the notebook says
    notebook.metadata.language_info.pop("version", None)
    nbformat.write(notebook, target)


async def take_late(client: NotebookClient, cell: Any, cell_index: int, execute_reply: Any) -> None:
    """Takes what comes after the word that the cell is done; a cell that has its value is not waited for."""
    while not any(output.output_type == "execute_result" for output in cell.outputs):
        try:
            message = await client.kc.iopub_channel.get_msg(timeout=LATE_SECONDS)
        except queue.Empty:
            return
        if message["parent_header"].get("msg_id") == execute_reply["parent_header"]["msg_id"]:
            try:
                client.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                continue


if __name__ == "__main__":
    try:
        execute(Path(sys.argv[1]), Path(sys.argv[2]))
    except CellExecutionError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
