"""Experiment trackers: names and numbers by step, sent to a backend in the background.

A tracker serves the training and never the other way round: none of its errors, and none of its waiting,
reaches a training step. A tracker that fails is dropped, which is said once. `SINKS`: an opener for each
backend.
"""

from .background import BackgroundTracker, Point
from .ledger import Ledger
from .mlflow import MlflowRun
from .sink import Opening, OpenSink, Sink
from .tensorboard import EventFiles
from .trackio import TrackioRun
from .wandb import WandbRun

SINKS: dict[str, OpenSink] = {
    "tensorboard": EventFiles,
    "wandb": WandbRun,
    "mlflow": MlflowRun,
    "trackio": TrackioRun,
}
