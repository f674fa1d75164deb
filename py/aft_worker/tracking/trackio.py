"""trackio: a local database (TRACKIO_DIR), shown by `trackio show`."""

import secrets

from .sink import Opening, package


class TrackioRun:
    def __init__(self, opening: Opening) -> None:
        trackio = package("trackio")
        # It goes on with a run by its name, which two trainings may share.
        self.run = opening.run or f"{opening.name}-{secrets.token_hex(3)}"
        self._run = trackio.init(
            project=opening.settings["project"],
            name=self.run,
            config=opening.config,
            resume="never" if opening.run is None else "allow",
            embed=False,
            auto_log_gpu=False,
            auto_log_cpu=False,
        )

    def log(self, step: int, values: dict[str, float]) -> None:
        self._run.log(values, step=step)

    def close(self) -> None:
        self._run.finish()
