"""Tiny base models on disk, and adapters on them, for tests."""

from __future__ import annotations

from pathlib import Path

import tiny
import torch
from aft_worker.model.loading import LoadedModel, load_model
from aft_worker.model.saving import save_model
from aft_worker.protocol import AdapterSettings, VftLoss
from aft_worker.train.trainer import Trainer

GROUPS = [
    tiny.train_group("a", "2 boxes of 3?", "2 * 3 = 6", ["6", "3 * 2 = 6"], ["2 + 3 = 5. longer", "9"]),
    tiny.train_group("b", "how many are left, if any?", "none at all", ["0"], ["4 4 4"]),
    tiny.train_group("c", "only right?", "it is 1", ["1", "11"]),
]
LORA = AdapterSettings(rank=4, alpha=8.0, dropout=0.0)


def base_folder(at: Path, dtype: torch.dtype = torch.float32, **settings) -> str:
    """A random Llama in a folder, as any other software would have left it."""
    made = tiny.llama(**{"initializer_range": 0.2, **settings})
    made.module.to(dtype).save_pretrained(at)
    made.tokenizer.tokenizer.save_pretrained(at)
    return str(at)


def load(
    source: str | Path, adapter: AdapterSettings | None = None, seed: int = 1, **settings
) -> LoadedModel:
    usual = {"dtype": "float32", "device": "cpu"}
    return load_model(str(source), **{**usual, **settings}, adapter=adapter, adapter_seed=seed)


def trainer(model: LoadedModel, loss=None, limit: int = 4096, resume=None, rate: float = 1e-2) -> Trainer:
    return tiny.trainer(
        model,
        loss or VftLoss(),
        seed=1,
        max_tokens=limit,
        optimizer=tiny.optimizer(learning_rate=rate),
        resume_from=resume,
    )


def trained(model: LoadedModel, steps: int = 3, loss=None, limit: int = 4096) -> LoadedModel:
    run = trainer(model, loss, limit)
    for number in range(1, steps + 1):
        run.step(number, GROUPS)
    model.weights_changed()
    model.module.eval()
    return model


def saved(model: LoadedModel, at: Path) -> Path:
    save_model(model, str(at))
    return at


def logits(model: LoadedModel, text: str = "how many are 2 + 3?") -> torch.Tensor:
    ids = torch.tensor([model.tokenizer.encode_prompt(text)])
    with torch.no_grad():
        return model.module(input_ids=ids).logits.float()
