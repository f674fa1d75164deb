"""Executes a notebook from its first cell to its last with the kernel that it names: execute_notebook.py IN OUT.

Ends with 1 and the cell's error where one fails. What differs from run to run (times, ids of messages) is left out, so
that the same results give the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def execute(source: Path, target: Path, timeout_seconds: int = 240) -> None:
    notebook = nbformat.read(source, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=timeout_seconds,
        record_timing=False,
        resources={"metadata": {"path": str(source.parent)}},
    )
    client.execute()
    # the kernel's own version is no part of what the notebook says
    notebook.metadata.pop("language_info", None)
    nbformat.write(notebook, target)


if __name__ == "__main__":
    try:
        execute(Path(sys.argv[1]), Path(sys.argv[2]))
    except CellExecutionError as error:
        sys.exit(f"{sys.argv[1]}: {error}")
