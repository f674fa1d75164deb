"""Messages in and out: JSON-RPC over a stream, requests decoded, run one at a time and answered.

Knows the protocol and no method of it: what a method does is the handler's that `Engine` is given.
"""

from .context import Context, Handler
from .engine import Engine
from .handles import Registry
from .loop import serve
from .params import decode_params
from .preparation import prepare
from .progress import CandidateReporter, CountReporter
