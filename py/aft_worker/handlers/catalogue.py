"""The table of the methods that need torch. A new method is a function and a line here."""

import os

import torch
from transformers.utils import logging as transformers_logging

from ..rpc import Handler
from . import models, texts, tracking, training
from .lending import on_own_devices

METHODS: dict[str, Handler] = {
    "device/info": models.device_info,
    "device/speed": models.device_speed,
    "tokenizer/train": models.tokenizer_train,
    "tokens/count": models.tokens_count,
    "model/create": on_own_devices(models.create),
    "model/load": on_own_devices(models.load),
    "model/merge": models.merge,
    "model/convert": models.convert,
    "model/inspect": models.inspect,
    "model/save": models.save,
    "model/digest": models.digest,
    "model/unload": models.unload,
    "prompt/render": texts.render,
    "generate": texts.generate,
    "score": on_own_devices(texts.score),
    "train/begin": on_own_devices(training.begin),
    "train/step": on_own_devices(training.step),
    "train/save": training.save,
    "train/end": training.end,
    "track/open": tracking.open,
    "track/log": tracking.log,
    "track/close": tracking.close,
}

# Of several ranks all serve these (`ranks/shared.py` says what such a handler must heed), rank 0 alone the
# others.
SHARED = {
    "model/create",
    "model/load",
    "model/save",
    "model/digest",
    "model/unload",
    "generate",
    "score",
    "train/begin",
    "train/step",
    "train/save",
    "train/end",
}

# The worker's stderr is shown only when it fails: no progress bars in it.
transformers_logging.set_verbosity_error()
transformers_logging.disable_progress_bar()
if os.environ.get("AFT_THREADS"):
    torch.set_num_threads(int(os.environ["AFT_THREADS"]))
