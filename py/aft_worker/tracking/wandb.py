"""Weights & Biases: online or not by `mode`, then WANDB_MODE; its key is in WANDB_API_KEY or ~/.netrc."""

from .sink import Opening, package


class WandbRun:
    def __init__(self, opening: Opening) -> None:
        wandb = package("wandb")
        # Else it writes elsewhere.
        opening.directory.mkdir(parents=True, exist_ok=True)
        # What is printed, the code and where it comes from are not ours to give away.
        settings = wandb.Settings(console="off", silent=True, disable_git=True, disable_code=True)
        self._run = wandb.init(
            project=opening.settings["project"],
            entity=opening.settings.get("entity"),
            mode=opening.settings.get("mode"),
            dir=str(opening.directory),
            name=opening.name,
            config=opening.config,
            id=opening.run,
            resume=None if opening.run is None else "allow",
            reinit="create_new",
            settings=settings,
        )
        self.run = str(self._run.id)
        # Its own step only ever grows and drops what comes late; ours is a number beside the others.
        self._run.define_metric("*", step_metric="step")

    def log(self, step: int, values: dict[str, float]) -> None:
        self._run.log({**values, "step": step})

    def close(self) -> None:
        self._run.finish()
