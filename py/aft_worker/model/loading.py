"""A causal language model with its tokenizer, read and written in Hugging Face format."""

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
from ..folders import write_folder
from ..protocol import AdapterSettings, ModelInfo
from ..score import score_path, scored_how, verify_head
from ..tokens import TokenCodec
from .adapter import Adapter, adapted_digest, add_adapter, check_settings
from .adapter_folder import base_of, holds_adapter, put_on, tokenizer_of, write_adapter
from .attention import keep_softcap
from .digest import tokenizer_digest, weights_digest
from .sharding import decide, shard, whole_weights
from .sketch import sketch_module
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
            adapter = self.adapter
            whole = adapter is None
            self._digest = weights_digest(self.module) if whole else adapted_digest(self.module, adapter)
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
    what training takes where it is to be `trained`.
    """
    target = resolve_device(device)
    base = base_of(Path(source)) if holds_adapter(source) else None
    weights, weights_revision = (source, revision) if base is None else (base.source, base.revision)
    number_type = resolve_dtype(dtype, target)
    parts = False
    if sketch_layers is None:
        with distributed.agreed():
            module = load_module(weights, weights_revision, number_type, attention)
        parts = decide(module, target, sharding, trained, adapter is not None or base is not None)
        if not parts:
            module = cast(PreTrainedModel, cast(torch.nn.Module, module).to(target))
    else:
        module = sketch_module(weights, weights_revision, sketch_layers, number_type, attention, target)
    held = None
    with distributed.agreed():
        if base is not None and sketch_layers is None:
            module, held = put_on(module, base, Path(source))
            if adapter is not None:
                check_settings(held, adapter, source)
        elif adapter is not None:
            module, held = add_adapter(module, adapter, seed=adapter_seed, source=source, revision=revision)
        if gradient_checkpointing:
            checkpoint_gradients(module, weights)
        tokenizer = tokenizer_of(source, revision)
    digest = None
    if parts:
        digest = _same_digest(module, held, source)
        with distributed.agreed():
            shard(module, target, number_type, source)
    model = wrap(module, tokenizer, source, number_type if parts else None)
    model.adapter = held
    model._digest = digest
    if sketch_layers is not None:
        # working one out takes longer than what is measured
        model._digest = SKETCH_DIGEST
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


def _same_digest(module: PreTrainedModel, adapter: Adapter | None, source: str) -> str:
    """Of the weights that all ranks have read. Raises RanksDiffer where they are not the same."""
    digest = weights_digest(module) if adapter is None else adapted_digest(module, adapter)
    distributed.same(f"weights in {source}", digest)
    return digest


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


def save_model(model: LoadedModel, directory: str) -> list[str]:
    """Writes weights (safetensors), configuration and tokenizer, whole or not at all, and sealed; returns the
    names of the files. Of a model with an adapter that alone, and where its base lies. Raises WriteFailed."""

    gathered = None
    if model.adapter is None and score_path(model.module).is_shared_out:
        gathered = whole_weights(model.module.state_dict(keep_vars=True))

    def write(folder: Path) -> None:
        if model.adapter is None:
            model.module.save_pretrained(folder, state_dict=gathered)
        else:
            write_adapter(model.module, model.adapter, folder, Path(directory))
        model.tokenizer.tokenizer.save_pretrained(folder)

    return write_folder(Path(directory), write, seal=True)
