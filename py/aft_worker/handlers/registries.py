"""What stays in the worker between two requests, by the handles that it gave."""

from dataclasses import dataclass

from ..model import LoadedModel
from ..rpc import Registry
from ..sample import KeptEngine
from ..train import Trainer


@dataclass
class TrainingRun:
    """A training and the model whose weights it changes."""

    trainer: Trainer
    model: LoadedModel


models: Registry[LoadedModel] = Registry("model")
runs: Registry[TrainingRun] = Registry("run")
vllm = KeptEngine()
