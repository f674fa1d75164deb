"""Prompts as token ids, and how long a response to each may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import WorkerError
from ..protocol import GeneratePrompt
from ..tokens import TokenCodec


@dataclass(frozen=True)
class EncodedPrompt:
    """A prompt as token ids; `limit` is the most tokens a response to it may have."""

    id: str
    ids: list[int]
    indices: list[int]
    limit: int


def encode_prompts(
    prompts: Sequence[GeneratePrompt], codec: TokenCodec, max_positions: int, max_new_tokens: int
) -> list[EncodedPrompt]:
    """Raises SequenceTooLong for a prompt after which the model has no position left, EmptyResponse for one
    without a token. max_positions 0: no limit."""
    encoded = []
    for number, prompt in enumerate(prompts):
        ids = codec.encode_prompt(prompt.prompt)
        if not ids:
            raise WorkerError(
                "EmptyResponse",
                f"prompt {prompt.id!r} is empty, and the tokenizer has no BOS: "
                "nothing predicts the first token",
                id=prompt.id,
                pointer=f"/prompts/{number}/prompt",
            )
        room = max_positions - len(ids) if max_positions else max_new_tokens
        if room < 1:
            raise WorkerError(
                "SequenceTooLong",
                f"prompt {prompt.id!r} has {len(ids)} tokens; the model has {max_positions} positions, "
                "which leaves none for a response",
                id=prompt.id,
                tokens=len(ids),
                limit=max_positions,
                pointer=f"/prompts/{number}/prompt",
            )
        encoded.append(EncodedPrompt(prompt.id, ids, list(prompt.indices), min(room, max_new_tokens)))
    return encoded
