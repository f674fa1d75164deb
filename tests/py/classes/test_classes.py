"""Each causal class of transformers against its own forward pass: a few here, all of them with AFT_SWEEP=1.

AFT_SWEEP=1 npx aft python -m pytest tests/py/classes    some ten minutes
"""

from __future__ import annotations

import json
import os

import pytest

from .causal_classes import Kind, kinds
from .held import held
from .table import HERE, PAGE, page

# positions that switch, a state, a decoder with a cache of its own kind
FEW = ["phi3 (longrope)", "rwkv", "bart"]
CHOSEN = [one for one in kinds() if os.environ.get("AFT_SWEEP") or one.name in FEW]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", CHOSEN, ids=lambda kind: kind.name)
def test_a_class_is_exact_or_refused(kind: Kind) -> None:
    found = held(kind)
    assert (found.scores_fault, found.samples_fault, found.training_fault) == (None, None, None)
    assert found.refused is None or "\n" not in found.refused


def test_what_was_found_has_no_fault_and_is_what_the_guide_shows() -> None:
    whole = json.loads((HERE / "held.json").read_text())
    faults = {one["name"]: key for one in whole["kinds"] for key in one if key.endswith("fault")}
    assert faults == {}
    assert PAGE.read_text() == page(), "run tests/py/classes/table.py"
