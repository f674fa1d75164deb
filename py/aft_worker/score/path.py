"""How one model's scores are computed: what gives hidden states and logits, under which masks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ..errors import WorkerError
from .micro_batch import MicroBatch
from .padded import block_mask

Mask = TypeVar("Mask")

# settings of a config that scale the logits, which the score path does not follow, and their neutral value
HEAD_SCALES = {"logit_scale": 1.0, "logits_scaling": 1.0, "lm_head_multiplier": 1.0}
MASKABLE_LAYERS = {"full_attention", "sliding_attention"}


@dataclass(frozen=True, slots=True)
class Way:
    """How rows go through a model: padded or packed; packed, with its blocks compiled when it is trained, and
    with its two passes captured then."""

    packed: bool = False
    compiled: bool = False
    captured: bool = False


PADDED = Way()


class ScorePath:
    """A causal model's backbone and head, its soft-cap and attention windows.

    `share` tells whether responses may share a row with their prompt: not under an attention that takes no
    mask of ours (flash, flex), nor in layers that carry a state along the sequence. Then each has its row.
    Raises ModelNotLoaded for a head that cannot be followed.
    """

    def __init__(self, module: PreTrainedModel) -> None:
        # under an adapter's wrapper lies the causal model, with the adapters in it
        unwrap: Callable[[], PreTrainedModel] | None = getattr(module, "get_base_model", None)
        causal = module if unwrap is None else unwrap()
        self.config = causal.config.get_text_config()
        self.backbone: nn.Module = causal.base_model
        if self.backbone is causal:
            message = f"{type(causal).__name__} has no backbone apart from its head, which scoring needs"
            raise WorkerError("ModelNotLoaded", message, source=self.source)
        self.head: nn.Linear = self._plain_head(causal.get_output_embeddings())
        self.softcap: float | None = getattr(self.config, "final_logit_softcapping", None)
        self.window: int | None = getattr(self.config, "sliding_window", None)
        self.layer_types = set(getattr(self.config, "layer_types", None) or ())
        maskable = self.config._attn_implementation in ("sdpa", "eager")
        self.share = maskable and self.layer_types <= MASKABLE_LAYERS
        # other than padded where that was tried for this model
        self.way = PADDED
        # whether its padded rows can give the same bits each time on a GPU
        self.repeats = True

    @property
    def source(self) -> str:
        return str(getattr(self.config, "_name_or_path", ""))

    def _plain_head(self, head: nn.Module | None) -> nn.Linear:
        if type(head) is not nn.Linear:
            message = f"the model's head is {type(head).__name__}: scoring needs a plain linear head"
            raise WorkerError("ModelNotLoaded", message, source=self.source)
        for name, neutral in HEAD_SCALES.items():
            value = getattr(self.config, name, None)
            if value is not None and value != neutral:
                message = f"the model scales its logits ({name} = {value}), which scoring does not support"
                raise WorkerError("ModelNotLoaded", message, source=self.source)
        return head

    def hidden_states(self, batch: MicroBatch) -> Tensor:
        """[B, L, H] after the final norm."""
        kwargs = {}
        if batch.masks is not None:
            kwargs = {"position_ids": batch.position_ids, "attention_mask": batch.masks}
        elif batch.segments is not None and batch.position_ids is not None:
            masks = self._masks(batch.segments, batch.position_ids, batch.longest)
            kwargs = {"position_ids": batch.position_ids, "attention_mask": masks}
        return self.backbone(input_ids=batch.input_ids, use_cache=False, **kwargs).last_hidden_state

    def logits(self, hidden: Tensor) -> Tensor:
        """[N, H] after the final norm -> [N, vocabulary], in the head's dtype but for a soft-cap."""
        logits = self.head(hidden)
        return logits if self.softcap is None else torch.tanh(logits / self.softcap) * self.softcap

    def _masks(self, segments: Tensor, positions: Tensor, longest: int) -> Tensor | dict[str, Tensor]:
        dtype = self.head.weight.dtype
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


_paths: WeakKeyDictionary[nn.Module, ScorePath] = WeakKeyDictionary()


def score_path(module: PreTrainedModel) -> ScorePath:
    """The module's score path, found out once. Raises ModelNotLoaded for a head that cannot be followed."""
    path = _paths.get(module)
    if path is None:
        path = _paths[module] = ScorePath(module)
    return path
