"""In the place of wandb: opens, then has no network."""

from types import SimpleNamespace
from typing import Any

Settings = dict


def init(**_: Any) -> Any:
    return SimpleNamespace(id="r", define_metric=lambda *a, **k: None, log=log, finish=lambda: None)


def log(data: dict[str, Any]) -> None:
    print("printed by a tracker")
    raise ConnectionError("no network")
