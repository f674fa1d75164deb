"""Random Llamas of any size, a tokenizer of words, and groups of random tokens in GSM8K's lengths."""

from __future__ import annotations

import copy
import math
import random
from dataclasses import dataclass

import torch
from aft_worker.model.loading import LoadedModel, wrap
from aft_worker.protocol import TrainGroup, TrainResponse
from tokenizers import Tokenizer, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedModel, PreTrainedTokenizerFast

PAD, BOS, EOS = 0, 1, 2
FIRST_WORD = 3
LABELS = ("positive", "negative")
RANKS = 3


@dataclass(frozen=True)
class Shape:
    """A Llama. `std` is that of its random weights; `tied`: its head is its embedding."""

    hidden: int
    intermediate: int
    layers: int
    heads: int
    key_value_heads: int
    vocabulary: int
    positions: int = 2048
    std: float = 0.02
    tied: bool = True

    def config(self) -> LlamaConfig:
        return LlamaConfig(
            vocab_size=self.vocabulary,
            hidden_size=self.hidden,
            intermediate_size=self.intermediate,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.key_value_heads,
            max_position_embeddings=self.positions,
            tie_word_embeddings=self.tied,
            initializer_range=self.std,
            **{"pad_token_id": PAD, "bos_token_id": BOS, "eos_token_id": EOS},
        )


def rounded(shape: Shape, seed: int) -> LoadedModel:
    """On the CPU in float32, its weights rounded to bfloat16.

    So every number type holds exactly these weights, and what differs between two of them is arithmetic.
    """
    torch.default_generator.manual_seed(seed)
    module = AutoModelForCausalLM.from_config(shape.config(), dtype=torch.float32, attn_implementation="sdpa")
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(weight.bfloat16())
    return wrap(module, words(shape.vocabulary), "random")


def converted(model: LoadedModel, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    """A copy. Only the weights change their type: a model keeps its rotary frequencies in float32."""
    module = copy.deepcopy(model.module)
    for weight in module.parameters():
        weight.data = weight.data.to(dtype)
    return wrap(module.to(device), model.tokenizer.tokenizer, "random")


def made_on(device: torch.device, shape: Shape, dtype: torch.dtype) -> LoadedModel:
    """Drawn on the device itself: quick for large shapes, another model on each kind of device."""
    with torch.device(device):
        module: PreTrainedModel = AutoModelForCausalLM.from_config(
            shape.config(), dtype=dtype, attn_implementation="sdpa"
        )
    return wrap(module.to(device), words(shape.vocabulary), "random")


def words(vocabulary: int) -> PreTrainedTokenizerFast:
    """`<pad>`, `<s>`, `</s>`, then w3, w4, ...: the word w<i> is the token i. A text begins with `<s>`."""
    names = ["<pad>", "<s>", "</s>", *(f"w{number}" for number in range(FIRST_WORD, vocabulary))]
    backend = Tokenizer(models.WordLevel({name: i for i, name in enumerate(names)}, unk_token="<pad>"))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    backend.post_processor = TemplateProcessing(single="<s> $A", special_tokens=[("<s>", BOS)])
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    )


def prompt(draw: random.Random, vocabulary: int, tokens: int) -> str:
    """A text of so many tokens, `<s>` included."""
    return " ".join(f"w{draw.randrange(FIRST_WORD, vocabulary)}" for _ in range(tokens - 1))


def group(
    draw: random.Random, id: str, vocabulary: int, k: int, lengths: tuple[range, range], aligned: bool = True
) -> TrainGroup:
    """A reference (the target) and k candidates, by turns positive and negative, by turns of ranks 1, 2, 3.

    `lengths`: of the prompt, and of each response with its EOS. Not `aligned`: the reference alone. DPO's
    reference model is the uniform one.
    """

    def response(target: bool, label: str | None = None, rank: int | None = None) -> TrainResponse:
        size = draw.choice(lengths[1])
        ids = [draw.randrange(FIRST_WORD, vocabulary) for _ in range(size - 1)]
        return TrainResponse(
            text="",
            token_ids=[*ids, EOS],
            target=target,
            label=label,
            rank=rank,
            reference_logprob=-size * math.log(vocabulary),
        )

    text = prompt(draw, vocabulary, draw.choice(lengths[0]))
    responses = [response(True)]
    if aligned:
        responses += [response(False, LABELS[number % 2], 1 + number % RANKS) for number in range(k)]
    return TrainGroup(id=id, prompt=text, responses=responses)
