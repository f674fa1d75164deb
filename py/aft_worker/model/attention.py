"""Attention that computes what the model was trained with."""

from transformers import PreTrainedModel

from .source import not_loaded


def keep_softcap(module: PreTrainedModel, attention: str, source: str) -> None:
    """Gemma 2 caps the scores of its attention, which PyTorch's own (sdpa) cannot: some versions of
    transformers (5.17) choose it all the same, and the cap is silently left out. Then `attention` auto
    becomes eager, which has it; sdpa, asked for by name, raises ModelNotLoaded."""
    config = module.config.get_text_config(decoder=True)
    if getattr(config, "attn_logit_softcapping", None) is None or config._attn_implementation != "sdpa":
        return
    if attention == "sdpa":
        reason = "attention sdpa would leave out the soft-cap of its attention; take auto or eager"
        raise not_loaded(source, reason, pointer="/attention")
    module.set_attn_implementation("eager")
