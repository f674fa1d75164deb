"""The one score path: groups to rows, rows to micro-batches, and those to a log-probability a token.

Whatever needs a score (a method, a metric, a check of a loaded model) gets it here, so that shift, mask and
gather exist once.
"""

from .attention import attending
from .batching import ROW_TOKENS, Row, encode_group, make_rows
from .layout import Layout, go
from .lockstep import Lockstep, in_lockstep
from .micro_batch import MicroBatch
from .path import PADDED, ROWS, Rows, ScorePath, Way, score_path, without_cache
from .rotary import Switch
from .scoring import (
    Model,
    evaluating,
    layout_of,
    padded_sums,
    response_scores,
    score_groups,
    sum_by_response,
    token_logprobs,
)
from .sharing import score_shared
from .transfers import FromDevice, place_lists, to_device
from .twin import TwinModel, twins_of
from .verification import scored_how, verify_head
from .windows import LONGEST, window_lengths
