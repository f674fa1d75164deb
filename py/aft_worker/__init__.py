"""The worker of AFT: samples, scores and does the loss steps on the accelerator."""

__version__ = "0.1.0"
