"""How one model's scores are computed: what gives hidden states and logits, in which rows and masks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from weakref import WeakKeyDictionary, ref

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from .head import Head, heads
from .micro_batch import MicroBatch
from .padded import block_mask
from .rotary import rewind, switches_of

Mask = TypeVar("Mask")
T = TypeVar("T")

MASKABLE_LAYERS = {"full_attention", "sliding_attention"}

# What may lie in one pass through a model, from the fastest to the plainest: responses in one row with their
# prompt; each response in a row of its own; only rows of one length; one row alone.
Rows = Literal["shared", "single", "equal", "alone"]
ROWS: tuple[Rows, ...] = ("shared", "single", "equal", "alone")


def plainer(one: Rows, other: Rows) -> Rows:
    return one if ROWS.index(one) > ROWS.index(other) else other


@dataclass(frozen=True, slots=True)
class Way:
    """How rows go through a model: padded or packed; packed, with its blocks compiled when it is trained, and
    with its two passes captured then."""

    packed: bool = False
    compiled: bool = False
    captured: bool = False


PADDED = Way()


class ScorePath:
    """How a causal model is computed. The check at load (`verify_head`) sets `rows` and `head` to the fastest
    that give what the model's own forward pass gives for each sequence alone.

    rows: what may share a row or a pass; `why` it is no more, "" for shared rows.
    head: None where logits are the model's own, from its whole forward pass.
    switches: lengths at which rotary positions change for a whole batch; only sequences of one `side` may
    share a pass, and `rewind` comes before each.
    """

    def __init__(self, module: PreTrainedModel) -> None:
        # under an adapter's wrapper lies the causal model, with the adapters in it
        unwrap: Callable[[], PreTrainedModel] | None = getattr(module, "get_base_model", None)
        causal = module if unwrap is None else unwrap()
        # not held: the module is what this is kept for, and would keep itself
        self._causal = ref(causal)
        self._backbone = _backbone(causal)
        self.config = causal.config.get_text_config(decoder=True)
        linear = causal.get_output_embeddings()
        self.heads: list[Head] = []
        if self._backbone is not None and type(linear) is nn.Linear:
            self.heads += heads(linear, self.config)
        self.head: Head | None = self.heads[0] if self.heads else None
        self.window: int | None = getattr(self.config, "sliding_window", None)
        self.layer_types = set(getattr(self.config, "layer_types", None) or ())
        self.why = self._not_shared(causal._is_stateful)
        self.rows: Rows = "single" if self.why else "shared"
        self.switches = switches_of(causal)
        # other than padded where that was tried for this model
        self.way = PADDED
        # of what is scored at once, and how many are sampled at once, since memory ran out
        self.most_tokens: int | None = None
        self.most_samples: int | None = None
        # whether its padded rows can give the same bits each time on a GPU
        self.repeats = True
        self._grows = any(switch.grows for switch in self.switches)
        # of a model whose weights are shared out over ranks: what it computes in, and what brings them
        # together
        self.dtype: torch.dtype | None = None
        self.run_within: Callable[[Callable[[], Any]], Any] | None = None
        # whether this rank is within a pass that the others go through too; what it raises there leaves them
        # in it
        self.in_pass = False

    def _not_shared(self, stateful: bool) -> str:
        """Why responses are not even tried in one row with their prompt."""
        if stateful:
            return "it carries a state from token to token"
        if self.config._attn_implementation not in ("sdpa", "eager"):
            return f"attention {self.config._attn_implementation} takes no mask of shared rows"
        others = sorted(self.layer_types - MASKABLE_LAYERS)
        return f"it has layers of {' and '.join(others)}" if others else ""

    @property
    def causal(self) -> PreTrainedModel:
        """The model, without an adapter's wrapper."""
        causal = self._causal()
        assert causal is not None
        return causal

    @property
    def class_name(self) -> str:
        """Transformers' own; where weights are shared out FSDP2 makes a class of it."""
        return type(self.causal).__name__.removeprefix("FSDP")

    @property
    def backbone(self) -> nn.Module:
        """What is below its head, or all of it where that cannot be told apart."""
        return self.causal if self._backbone is None else self._backbone

    @property
    def share(self) -> bool:
        """Whether responses share a row with their prompt."""
        return self.rows == "shared"

    @property
    def source(self) -> str:
        return str(getattr(self.config, "_name_or_path", ""))

    @property
    def vocabulary(self) -> int:
        """How many tokens have a logit."""
        return int(self.head.linear.out_features if self.head is not None else self.config.vocab_size)

    def side(self, length: int) -> tuple[int, ...]:
        """Equal for the lengths of sequences that may share a pass."""
        return tuple(switch.side(length) for switch in self.switches)

    def rewind(self) -> None:
        """Forgets what earlier batches left in rotary embeddings."""
        if self._grows:
            rewind(self.causal)

    @property
    def is_shared_out(self) -> bool:
        """Whether each rank has a part of the weights alone: then all go through the model together."""
        return self.run_within is not None

    def without_graph(self) -> AbstractContextManager[None]:
        """Within it no gradient can be had of what is computed."""
        # what comes together of weights is kept for later passes, in which a gradient may be wanted
        return torch.no_grad() if self.is_shared_out else torch.inference_mode()

    def within(self, function: Callable[[], T]) -> T:
        """`function()`, which uses the backbone or the head and gives tensors; weights that are shared out
        over ranks are whole there."""
        return function() if self.run_within is None else self.run_within(function)

    def hidden_states(self, batch: MicroBatch) -> Tensor:
        """[B, L, H] after the final norm."""
        return self._run(self.backbone, batch).last_hidden_state

    def own_logits(self, batch: MicroBatch) -> Tensor:
        """[B, L, vocabulary] of the model's whole forward pass."""
        return self._run(self.causal, batch).logits

    def logits(self, hidden: Tensor) -> Tensor:
        """[N, H] after the final norm -> [N, vocabulary]; for a model whose head can be followed."""
        assert self.head is not None
        return self.head(hidden)

    def _run(self, part: nn.Module, batch: MicroBatch) -> Any:
        self.rewind()
        kwargs: dict[str, Any] = without_cache(part)
        if batch.masks is not None:
            kwargs |= {"position_ids": batch.position_ids, "attention_mask": batch.masks}
        elif batch.segments is not None and batch.position_ids is not None:
            masks = self._masks(batch.segments, batch.position_ids, batch.longest)
            kwargs |= {"position_ids": batch.position_ids, "attention_mask": masks}
        return part(input_ids=batch.input_ids, **kwargs)

    def _masks(self, segments: Tensor, positions: Tensor, longest: int) -> Tensor | dict[str, Tensor]:
        dtype = self.dtype or next(self.causal.parameters()).dtype
        return self.masks(longest, lambda window: block_mask(segments, positions, window, dtype))

    def masks(self, longest: int, make: Callable[[int | None], Mask]) -> Mask | dict[str, Mask]:
        """One mask for all layers, or one a kind of layer where a sliding window makes a difference to
        sequences of `longest` tokens; `make` makes that of a window, or of none."""
        binds = self.window is not None and self.window < longest
        if not binds or self.layer_types == {"full_attention"}:
            return make(None)
        sliding = make(self.window)
        return (
            sliding
            if len(self.layer_types) < 2
            else {"full_attention": make(None), "sliding_attention": sliding}
        )


def without_cache(part: nn.Module) -> dict[str, Any]:
    """What tells a forward pass to keep no cache, where it can be told."""
    known = inspect.signature(part.forward).parameters.values()
    takes = any(one.name == "use_cache" or one.kind is one.VAR_KEYWORD for one in known)
    return {"use_cache": False} if takes else {}


def _backbone(causal: PreTrainedModel) -> nn.Module | None:
    """What is below the head; some classes (Llama 4's) name a prefix that is not theirs."""
    if causal.base_model is not causal:
        return causal.base_model
    inner = [part for part in causal.children() if isinstance(part, PreTrainedModel)]
    return inner[0] if len(inner) == 1 else None


_paths: WeakKeyDictionary[nn.Module, ScorePath] = WeakKeyDictionary()


def score_path(module: PreTrainedModel) -> ScorePath:
    """The module's score path, found out once."""
    path = _paths.get(module)
    if path is None:
        path = _paths[module] = ScorePath(module)
    return path
