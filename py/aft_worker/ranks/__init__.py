"""Several ranks of the worker as one: how they are started, and how they serve one conversation.

Knows no method of the protocol: which of them run in all ranks is the handlers' to say.
"""

from .shared import dismiss, together
from .torchrun import Ranks, follow_agent, launch
