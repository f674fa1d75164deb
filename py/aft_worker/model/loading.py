"""A causal language model with its tokenizer, read from where it lies in Hugging Face format."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

import torch
from torch.utils.checkpoint import checkpoint
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from transformers.modeling_layers import GradientCheckpointingLayer

from .. import distributed
from ..device import DtypeName, dtype_name, resolve_device, resolve_dtype
from ..protocol import AdapterSettings, ModelInfo
from ..score import scored_how, verify_head
from ..tokens import TokenCodec
from .adapter import Adapter, adapted_digest, add_adapter, check_settings
from .adapter_folder import base_of, holds_adapter, put_on, tokenizer_of
from .attention import keep_softcap
from .digest import tokenizer_digest, weights_digest
from .sharding import decide, share_out
from .sketch import empty_module, sketch_module
from .source import check_source, not_loaded, why
from .vocabulary import codec_of

SKETCH_DIGEST = "none: random weights to measure with"


@dataclass
class LoadedModel:
    """`max_positions` is the longest prompt + response, 0 when the model states no limit; `source` the
    folder or hub id it came from, `changed` once its weights are not those that lie there; `adapter` what
    alone of it is trained and saved, if it has one."""

    module: PreTrainedModel
    tokenizer: TokenCodec
    device: torch.device
    dtype: torch.dtype
    max_positions: int
    source: str
    adapter: Adapter | None = None
    changed: bool = False
    _digest: str | None = field(default=None, repr=False)

    def digest(self) -> str:
        """SHA-256 of the weights, base and adapter; remembered until `weights_changed` is called."""
        if self._digest is None:
            self._digest = _digest_of(self.module, self.adapter)
        return self._digest

    def weights_changed(self) -> None:
        self._digest = None
        self.changed = True

    def info(self, handle: str) -> ModelInfo:
        return ModelInfo(
            model=handle,
            parameters=sum(weight.numel() for weight in self.module.parameters()),
            vocabulary_size=_embedding(self.module).num_embeddings,
            max_positions=self.max_positions,
            dtype=dtype_name(self.dtype),
            device=str(self.device),
            digest=self.digest(),
            tokenizer_digest=tokenizer_digest(self.tokenizer.tokenizer),
            adapter=None if self.adapter is None else self.adapter.info(self.module),
            note=scored_how(self),
        )


def wrap(
    module: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    source: str,
    dtype: torch.dtype | None = None,
) -> LoadedModel:
    """A module with its tokenizer, checked: raises ModelNotLoaded where the score path could not reproduce
    the module's own logits, a token has no row in the embedding, or none ends a response."""
    module.eval()
    embedding = _embedding(module)
    positions = getattr(module.config.get_text_config(decoder=True), "max_position_embeddings", None)
    model = LoadedModel(
        module=module,
        tokenizer=codec_of(module, tokenizer, source),
        device=embedding.weight.device,
        dtype=dtype or embedding.weight.dtype,
        max_positions=int(positions or 0),
        source=source,
    )
    verify_head(model)
    return model


def _embedding(module: PreTrainedModel) -> torch.nn.Embedding:
    return cast(torch.nn.Embedding, module.get_input_embeddings())


def load_model(
    source: str,
    *,
    revision: str | None = None,
    dtype: DtypeName = "auto",
    device: str = "auto",
    attention: str = "auto",
    adapter: AdapterSettings | None = None,
    adapter_seed: int = 0,
    gradient_checkpointing: bool = False,
    sketch_layers: int | None = None,
    sharding: str = "none",
    trained: bool = False,
) -> LoadedModel:
    """Loads a folder in Hugging Face format or a hub id. Raises ModelNotLoaded and DeviceUnavailable.

    `attention` auto lets transformers choose (SDPA where the architecture has it). A folder that holds an
    adapter gives its base model with it; any other source gets a fresh one where `adapter` is given. With
    `gradient_checkpointing` a training step keeps each block's input alone and computes the rest once more.
    `sketch_layers`: random weights in so many layers, to measure with; of an adapter's folder the base. Of
    several ranks `sharding` fsdp shares out the weights, and auto does where a device cannot hold them, with
    what training takes where it is to be `trained`; then the main rank alone reads them. Raises RanksDiffer
    where ranks see other files.
    """
    with distributed.agreed():
        target = resolve_device(device)
        number_type = resolve_dtype(dtype, target)
        base = base_of(Path(source)) if holds_adapter(source) else None
    weights, weights_revision = (source, revision) if base is None else (base.source, base.revision)
    sketched = sketch_layers is not None
    adapted = adapter is not None or base is not None

    def parameters() -> int:
        return sum(weight.numel() for weight in empty_module(weights, weights_revision).parameters())

    def whole() -> tuple[PreTrainedModel, Adapter | None]:
        if sketch_layers is not None:
            module = sketch_module(weights, weights_revision, sketch_layers, number_type, attention, target)
        else:
            module = load_module(weights, weights_revision, number_type, attention)
            if not parts:
                module = cast(PreTrainedModel, cast(torch.nn.Module, module).to(target))
        held = None
        if base is not None and not sketched:
            module, held = put_on(module, base, Path(source))
            if adapter is not None:
                check_settings(held, adapter, source)
        elif adapter is not None:
            module, held = add_adapter(module, adapter, seed=adapter_seed, source=source, revision=revision)
        return module, held

    parts = not sketched and decide(parameters, number_type, target, sharding, trained and not adapted)
    module = held = digest = None
    with distributed.agreed():
        if not parts or distributed.is_main():
            module, held = whole()
        if parts and module is not None:
            digest = _digest_of(module, held)
        tokenizer = tokenizer_of(source, revision)
    if parts:
        module = share_out(module, target, number_type, source)
        held, digest = distributed.from_main((held, digest))
    assert module is not None
    if gradient_checkpointing:
        checkpoint_gradients(module, weights)
    model = wrap(module, tokenizer, source, number_type if parts else None)
    model.adapter = held
    # a sketch's takes longer to work out than what is measured
    model._digest = SKETCH_DIGEST if sketched else digest
    if distributed.world_size() > 1:
        distributed.same(f"tokenizer in {source}", tokenizer_digest(tokenizer))
        distributed.same(f"weights in {source}", model.digest())
    return model


def load_module(
    source: str, revision: str | None, dtype: torch.dtype, attention: str = "auto"
) -> PreTrainedModel:
    """The bare module, on the CPU. Raises ModelNotLoaded."""
    is_folder = check_source(source)
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            source,
            revision=revision or "main",
            dtype=dtype,
            attn_implementation=None if attention == "auto" else attention,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # reported below, all of them and by name
        )
    except ImportError as error:
        raise not_loaded(source, f"attention {attention!r} cannot be used here: {why(error)}") from None
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise not_loaded(source, why(error, source, hub=not is_folder)) from None
    module, loading = loaded
    missing = sorted({*loading["missing_keys"], *(key for key, *_ in loading["mismatched_keys"])})
    if missing:
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise not_loaded(
            source,
            f"{len(missing)} of its weights are absent or of another shape than config.json says: "
            f"{', '.join(missing[:3])}{more}",
        )
    keep_softcap(module, attention, source)
    if getattr(module.config, "rescale_every", 0):
        # RWKV's, which in eval mode changes the weights in place, so that others would be digested and saved
        module.config.rescale_every = 0
    return module


def _digest_of(module: PreTrainedModel, adapter: Adapter | None) -> str:
    return weights_digest(module) if adapter is None else adapted_digest(module, adapter)


def checkpoint_gradients(module: PreTrainedModel, source: str) -> None:
    """From now on blocks in training mode keep their inputs alone for the backward pass. Both times they are
    computed as in eval mode, and an adapter's dropout in them draws the same, so gradients are as without.
    Raises ModelNotLoaded for a model that cannot."""
    # newer releases of transformers have another name for it
    enable = getattr(module, "activation_checkpointing_enable", module.gradient_checkpointing_enable)
    try:
        enable({"use_reentrant": False})
    except ValueError as error:
        raise not_loaded(source, f"gradientCheckpointing cannot be used: {why(error)}") from None
    for block in module.modules():
        if isinstance(block, GradientCheckpointingLayer) and block.gradient_checkpointing:
            cast(Any, block)._gradient_checkpointing_func = partial(_recomputed, block)


def _recomputed(block: torch.nn.Module, function: Callable[..., Any], *args: Any) -> Any:
    """A block asks for this in training mode alone; what it draws itself then is no part of a training."""

    def as_evaluated(*args: Any) -> Any:
        block.training = False
        try:
            return function(*args)
        finally:
            block.training = True

    # not reentrant: then an adapter in a block gets its gradient though the block's input needs none
    return checkpoint(as_evaluated, *args, use_reentrant=False)
