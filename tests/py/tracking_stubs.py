"""Stand-ins for the trackers' own packages, with the few calls that are made of them. Each notes in `calls`:
("begin", {id, name, config, resumed}), ("log", step, values), ("end", id)."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any


def wandb_stub(calls: list[Any]) -> ModuleType:
    module = ModuleType("wandb")

    class Run:
        def __init__(self, id: str) -> None:
            self.id = id

        def define_metric(self, name: str, *, step_metric: str) -> None:
            assert (name, step_metric) == ("*", "step")

        def log(self, data: dict[str, Any]) -> None:
            values = dict(data)
            calls.append(("log", values.pop("step"), values))

        def finish(self) -> None:
            calls.append(("end", self.id))

    def init(**given: Any) -> Run:
        assert (given["project"], given["mode"], given["entity"]) == ("p", "offline", None)
        assert (given["resume"] == "allow") == (given["id"] is not None)
        assert given["settings"]["disable_code"]
        run = Run(given["id"] or "abc123")
        resumed = given["id"] is not None
        told = {"id": run.id, "name": given["name"], "config": given["config"], "resumed": resumed}
        calls.append(("begin", told))
        return run

    module.init = init  # type: ignore[attr-defined]
    module.Settings = dict  # type: ignore[attr-defined]
    return module


def mlflow_stub(calls: list[Any]) -> ModuleType:
    module = ModuleType("mlflow")
    runs: dict[str, dict[str, Any]] = {}

    class MlflowClient:
        def __init__(self, tracking_uri: str | None) -> None:
            assert tracking_uri == "sqlite:///nowhere.db"

        def get_experiment_by_name(self, name: str) -> Any:
            return None

        def create_experiment(self, name: str) -> str:
            assert name == "e"
            return "7"

        def create_run(self, experiment_id: str, run_name: str) -> Any:
            assert experiment_id == "7"
            runs["r1"] = {"id": "r1", "name": run_name}
            calls.append(("begin", {**runs["r1"], "resumed": False}))
            return SimpleNamespace(info=SimpleNamespace(run_id="r1"))

        def set_tag(self, run_id: str, key: str, value: str) -> None:
            assert (run_id, key, value) == ("r1", "aft.config", '{"a": 1}')

        def update_run(self, run_id: str, status: str) -> None:
            assert status == "RUNNING"
            calls.append(("begin", {**runs[run_id], "resumed": True}))

        def log_batch(self, run_id: str, metrics: list[Any]) -> None:
            assert run_id in runs
            (step,) = {metric.step for metric in metrics}
            calls.append(("log", step, {metric.key: metric.value for metric in metrics}))

        def set_terminated(self, run_id: str) -> None:
            calls.append(("end", run_id))

    class Metric(SimpleNamespace):
        def __init__(self, key: str, value: float, timestamp: int, step: int) -> None:
            super().__init__(key=key, value=value, timestamp=timestamp, step=step)

    module.MlflowClient = MlflowClient  # type: ignore[attr-defined]
    module.entities = ModuleType("mlflow.entities")  # type: ignore[attr-defined]
    module.entities.Metric = Metric  # type: ignore[attr-defined]
    return module


def trackio_stub(calls: list[Any]) -> ModuleType:
    module = ModuleType("trackio")

    class Run:
        def __init__(self, name: str) -> None:
            self.name = name

        def log(self, metrics: dict[str, float], step: int) -> None:
            calls.append(("log", step, metrics))

        def finish(self) -> None:
            calls.append(("end", self.name))

    def init(project: str, name: str, config: dict[str, Any], resume: str, **_: Any) -> Run:
        assert project == "p"
        told = {"id": name, "name": name, "config": config, "resumed": resume == "allow"}
        calls.append(("begin", told))
        return Run(name)

    module.init = init  # type: ignore[attr-defined]
    return module
