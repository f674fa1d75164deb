"""Experiment trackers: names and numbers by step, sent to a backend in the background.

A tracker serves the training and never the other way round: none of its errors, and none of its waiting,
reaches a training step. A tracker that fails is dropped, which is said once. `SINKS`: an opener for each
backend.
"""

from . import mlflow, tensorboard, trackio, wandb
from .background import BackgroundTracker, Point
from .ledger import Ledger
from .sink import Opening, OpenSink, Sink

SINKS: dict[str, OpenSink] = {
    "tensorboard": tensorboard.open_sink,
    "wandb": wandb.open_sink,
    "mlflow": mlflow.open_sink,
    "trackio": trackio.open_sink,
}

__all__ = ["SINKS", "BackgroundTracker", "Ledger", "Opening", "Point", "Sink"]
