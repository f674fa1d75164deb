"""A training: one global batch of groups in, one update of the weights out, and its state on disk.

The gradient is the whole batch's, however it is cut into micro-batches.
"""

from .trainer import Trainer
