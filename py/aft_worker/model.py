"""A causal language model with its tokenizer, read and written in Hugging Face format."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase

from .attention import keep_softcap
from .device import DtypeName, dtype_name, resolve_device, resolve_dtype
from .digest import tokenizer_digest, weights_digest
from .folders import write_folder
from .model_source import check_source, load_tokenizer, not_loaded, why
from .protocol import ModelInfo
from .scoring import verify_head
from .tokens import TokenCodec


@dataclass
class LoadedModel:
    """`max_positions` is the longest prompt + response, 0 when the model states no limit; `source` the
    folder or hub id it came from."""

    module: PreTrainedModel
    tokenizer: TokenCodec
    device: torch.device
    dtype: torch.dtype
    max_positions: int
    source: str
    _digest: str | None = field(default=None, repr=False)

    def digest(self) -> str:
        """SHA-256 of the weights; remembered until `weights_changed` is called."""
        if self._digest is None:
            self._digest = weights_digest(self.module)
        return self._digest

    def weights_changed(self) -> None:
        self._digest = None

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
        )


def wrap(module: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, source: str) -> LoadedModel:
    """A module with its tokenizer, checked: raises ModelNotLoaded where the score path could not reproduce
    the module's own logits, or no token ends a response."""
    module.eval()
    embedding = _embedding(module)
    stated = getattr(module.generation_config, "eos_token_id", None)
    eos_ids = [] if stated is None else [stated] if isinstance(stated, int) else list(stated)
    positions = getattr(module.config.get_text_config(decoder=True), "max_position_embeddings", None)
    model = LoadedModel(
        module=module,
        tokenizer=TokenCodec(tokenizer, eos_ids, embedding.num_embeddings),
        device=embedding.weight.device,
        dtype=embedding.weight.dtype,
        max_positions=int(positions or 0),
        source=source,
    )
    if len(tokenizer) > embedding.num_embeddings:
        raise not_loaded(
            source,
            f"its tokenizer has {len(tokenizer)} tokens, its embedding only {embedding.num_embeddings} rows: "
            "tokenizer and weights do not belong together",
        )
    verify_head(model)
    return model


def _embedding(module: PreTrainedModel) -> torch.nn.Embedding:
    return cast(torch.nn.Embedding, module.get_input_embeddings())


def load_model(
    source: str, revision: str | None, dtype: DtypeName, device: str, attention: str
) -> LoadedModel:
    """Loads a folder in Hugging Face format or a hub id. Raises ModelNotLoaded and DeviceUnavailable.

    `attention` auto lets transformers choose (SDPA where the architecture has it).
    """
    target = resolve_device(device)
    is_folder = check_source(source)
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            source,
            revision=revision or "main",
            dtype=resolve_dtype(dtype, target),
            attn_implementation=None if attention == "auto" else attention,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # reported below, all of them and by name
        )
    except ImportError as error:
        raise not_loaded(source, f"attention {attention!r} cannot be used here: {why(error)}") from None
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise not_loaded(source, why(error, hub=not is_folder)) from None
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
    tokenizer = load_tokenizer(source, revision)
    return wrap(module.to(target), tokenizer, source)


def save_model(model: LoadedModel, directory: str) -> list[str]:
    """Writes weights (safetensors), configuration and tokenizer, whole or not at all; returns the names of
    the files. Raises WriteFailed."""

    def write(folder: Path) -> None:
        model.module.save_pretrained(folder)
        model.tokenizer.tokenizer.save_pretrained(folder)

    return write_folder(Path(directory), write)
