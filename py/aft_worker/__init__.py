"""The worker of AFT: it samples, scores and does the loss steps on the accelerator. The way of a batch:

    rpc        a message is decoded and run
    handlers   what the message asks for, from the rooms below
    model      a causal model with its tokenizer; device: where it lies; tokens: texts to ids and back
    score      groups to rows, micro-batches and log-probabilities
    losses     log-probabilities to a loss and its gradient, without a model
    train      the gradient into the weights, the optimizer's step, the state on disk
    sample     prompts to candidates
    tracking   numbers to an experiment tracker

All may use protocol (generated), errors, callbacks, distributed, folders. Rooms import in one direction and
by their `__init__` alone (tests/py/test_directions.py).
"""

__version__ = "0.1.0"
