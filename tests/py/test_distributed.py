"""To one process alone nothing is done."""

from __future__ import annotations

import torch
import torch.distributed as dist
from aft_worker import distributed, shared_weights


def test_one_process_is_the_main_one_and_gets_back_what_it_gives() -> None:
    distributed.join()
    assert not dist.is_initialized()
    assert (distributed.rank(), distributed.world_size(), distributed.is_main()) == (0, 1, True)
    items = [1, 2, 3]
    assert distributed.share(items) is items
    assert distributed.total(3, 0.1) == (3, 0.1)
    assert distributed.mean([1.0, 2.0]) == 1.5
    weight = torch.zeros(2, requires_grad=True)
    shared_weights.sum_gradients([weight])
    assert weight.grad is None
