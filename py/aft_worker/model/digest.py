"""Digests that name weights and tokenizers: equal digests, equal behaviour, on whatever device they lie."""

import hashlib
import json
from collections.abc import Mapping

import torch
from transformers import PreTrainedTokenizerBase

from .. import distributed, shared_weights


def weights_digest(module: torch.nn.Module) -> str:
    """SHA-256 (hex) over name, type, shape and bytes of each weight in the order of names; tied weights count
    once, under the first of their names. Where weights are shared out over ranks, all of these call it."""
    return tensors_digest(module.state_dict(keep_vars=True))


def tensors_digest(tensors: Mapping[str, torch.Tensor]) -> str:
    """The same of named tensors."""
    are_parts = any(shared_weights.is_part(value) for value in tensors.values())
    found = _digest(tensors)
    return distributed.from_main(found) if are_parts else found


def _digest(tensors: Mapping[str, torch.Tensor]) -> str:
    digest = hashlib.sha256()
    seen: set[int] = set()
    for name, value in sorted(tensors.items()):
        if not isinstance(value, torch.Tensor) or id(value) in seen:
            continue
        seen.add(id(value))
        value = shared_weights.whole(value)
        kind = str(value.dtype).removeprefix("torch.")
        digest.update(json.dumps([name, kind, list(value.shape)]).encode())
        data = value.detach().to("cpu").contiguous().flatten()
        if data.numel():
            digest.update(data.view(torch.uint8).numpy().data)
    return digest.hexdigest()


def tokenizer_digest(tokenizer: PreTrainedTokenizerBase) -> str:
    """SHA-256 (hex) over all that decides which ids a text becomes. The state of padding and truncation is
    left out: it changes with each call."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    rules = json.loads(backend.to_str()) if backend is not None else {"vocab": tokenizer.get_vocab()}
    rules.pop("padding", None)
    rules.pop("truncation", None)
    special = {name: str(token) for name, token in tokenizer.special_tokens_map.items()}
    text = json.dumps([rules, special], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
