"""Losses as pure functions of the scores and ranks of groups. Nothing here knows a model, a token or a batch.

One file a loss, registered by its name in the protocol: every module of this folder is imported here.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .kto import divergence_estimate
from .members import Members
from .objective import LossShare, Objective, Part, part_of
from .ranking import boundaries, has_pair
from .registry import GroupLoss, group_loss
from .response import Label, Response
from .vft import vft_loss

for _module in iter_modules(__path__):
    import_module(f".{_module.name}", __name__)
