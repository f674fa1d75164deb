"""The models that are measured, by their shapes, and what lengths their texts have."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from aft_worker.model.loading import LoadedModel
from random_models import EOS, FIRST_WORD, Shape, made_on

# configs/models/tiny-llama.yaml, with a vocabulary as arithmetic.yaml gives it
QUICKSTART = Shape(96, 256, 3, 4, 4, 128, positions=256, std=0.05)
# HuggingFaceTB/SmolLM2-135M: 134,515,008 parameters
SMOLLM2 = Shape(576, 1536, 30, 9, 3, 49_152, positions=8192)
# about 1.04e9 parameters: the shape of Llama 3.2 1B with a vocabulary of 32k
ONE_B = Shape(2048, 8192, 16, 32, 8, 32_000)
# LLaMA-2 7B
SEVEN_B = Shape(4096, 11_008, 32, 32, 32, 32_000, positions=4096, tied=False)
TINY = Shape(64, 256, 2, 4, 2, 512)


@dataclass(frozen=True)
class Lengths:
    """Tokens of a prompt and of a response (EOS included), each drawn evenly."""

    prompt: range
    response: range

    @property
    def ranges(self) -> tuple[range, range]:
        return self.prompt, self.response


# GSM8K's, about: prompts of 110 tokens, responses of 130
GSM8K = Lengths(range(60, 161), range(70, 191))
# the arithmetic of the quickstart: prompts of 35, responses of 25
ARITHMETIC = Lengths(range(25, 46), range(15, 36))
SHORT = Lengths(range(8, 13), range(8, 13))

# A response ends with this probability at each token: of at most 256 tokens its mean is 131.
ENDING = 0.006


def named(title: str, shape: Shape) -> str:
    """The title with the number of parameters: "SmolLM2 135M"."""
    count = parameters(shape)
    size = f"{count / 1e9:.2f}B" if count >= 1e9 else f"{count / 1e6:.3g}M"
    return f"{title} {size}"


def parameters(shape: Shape) -> int:
    head_size = shape.hidden // shape.heads
    attention = 2 * shape.hidden * head_size * (shape.heads + shape.key_value_heads)
    layer = attention + 3 * shape.hidden * shape.intermediate + 2 * shape.hidden
    embeddings = shape.vocabulary * shape.hidden * (1 if shape.tied else 2)
    return embeddings + shape.layers * layer + shape.hidden


def ending(model: LoadedModel, probability: float) -> LoadedModel:
    """The same model with a bias in its head, by which EOS comes with about this probability at each token:
    random weights would give it one in a vocabulary, and no response would end."""
    head = model.module.get_output_embeddings()
    generator = torch.Generator().manual_seed(3)
    size = head.weight.shape[0]
    ids = torch.randint(FIRST_WORD, size, (16, 24), generator=generator).to(model.device)
    with torch.no_grad():
        logits = model.module(input_ids=ids, use_cache=False).logits[:, 8:].float().flatten(0, 1)
        own = logits[:, EOS].clone()
        logits[:, EOS] = -math.inf
        gap = (logits.logsumexp(-1) - own).mean()
    bias = torch.zeros(size, dtype=head.weight.dtype, device=head.weight.device)
    bias[EOS] = gap + math.log(probability / (1 - probability))
    head.bias = torch.nn.Parameter(bias, requires_grad=False)
    return model


def sampled_model(device: torch.device, shape: Shape, dtype: torch.dtype, probability: float) -> LoadedModel:
    """Random weights, whose responses end as they do with `ending`."""
    torch.manual_seed(11)
    return ending(made_on(device, shape, dtype), probability)
