"""MLflow, through its client: runs by their ids, with no "active" run that a thread would have to own."""

import json
import time

from .sink import Opening, package


class MlflowRun:
    def __init__(self, opening: Opening) -> None:
        mlflow = package("mlflow")
        entities = package("mlflow.entities")
        self._metric = entities.Metric
        # Left out: MLFLOW_TRACKING_URI, or mlflow's own place.
        self._client = mlflow.MlflowClient(tracking_uri=opening.settings.get("uri"))
        if opening.run is None:
            run = self._client.create_run(self._experiment(opening.settings), run_name=opening.name)
            self.run = str(run.info.run_id)
            # A tag is in its database; an artefact would need a second store.
            self._client.set_tag(self.run, "aft.config", json.dumps(opening.config)[:5000])
        else:
            self.run = opening.run
            self._client.update_run(self.run, status="RUNNING")

    def _experiment(self, settings: dict[str, str]) -> str:
        name = settings["experiment"]
        known = self._client.get_experiment_by_name(name)
        return self._client.create_experiment(name) if known is None else known.experiment_id

    def log(self, step: int, values: dict[str, float]) -> None:
        now = int(time.time() * 1000)
        metrics = [self._metric(name, value, now, step) for name, value in values.items()]
        self._client.log_batch(self.run, metrics=metrics)

    def close(self) -> None:
        self._client.set_terminated(self.run)
