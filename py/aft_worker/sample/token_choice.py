"""From logits and a uniform number to the next token, and its log-probability under the model itself."""

import torch

# Bounds the float64 work space: 2^24 elements are 128 MiB.
_ELEMENTS_AT_ONCE = 2**24


def choose_tokens(
    logits: torch.Tensor, uniform: torch.Tensor | None, temperature: float, top_p: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Chooses one token for each row.

    logits [rows, vocabulary]; uniform float64 [rows] in [0, 1), or None for the most probable token.
    Returns token ids int64 [rows] and their log-probabilities in nats, float64 [rows]. The latter are those
    of temperature 1 without top-p, whatever was sampled with.
    """
    rows_at_once = max(1, _ELEMENTS_AT_ONCE // logits.shape[-1])
    ids, logprobs = [], []
    for start in range(0, logits.shape[0], rows_at_once):
        part = logits[start : start + rows_at_once].float()
        if uniform is None:
            chosen = part.argmax(dim=-1)
            logprob = _logprob(part, chosen)
        else:
            probabilities = torch.softmax(part.double() / temperature, dim=-1)
            chosen = _invert(probabilities, uniform[start : start + rows_at_once], top_p)
            if temperature == 1.0:
                # worked out already
                logprob = probabilities.gather(-1, chosen[:, None])[:, 0].log()
            else:
                logprob = _logprob(part, chosen)
        ids.append(chosen)
        logprobs.append(logprob)
    return torch.cat(ids), torch.cat(logprobs)


def _logprob(logits: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    return logits.log_softmax(dim=-1).gather(-1, chosen[:, None])[:, 0].double()


def _invert(probabilities: torch.Tensor, uniform: torch.Tensor, top_p: float) -> torch.Tensor:
    """Inverse transform sampling: the first token whose cumulative probability exceeds the uniform number."""
    if top_p < 1.0:
        probabilities = probabilities.masked_fill(~nucleus(probabilities, top_p), 0.0)
    cumulative = probabilities.cumsum(dim=-1)
    # Below the total also when rounded: a float64 below 1 is at least 2^-53 below it, and 2^-53 of the total
    # is half the distance of two neighbours there, or more.
    threshold = uniform[:, None] * cumulative[:, -1:]
    chosen = torch.searchsorted(cumulative, threshold, right=True)[:, 0]
    # Only a row that is not finite ends up out of range; its log-probability tells the caller.
    return chosen.clamp(max=probabilities.shape[-1] - 1)


def nucleus(probabilities: torch.Tensor, top_p: float) -> torch.Tensor:
    """The smallest set of likeliest tokens that holds `top_p` (Holtzman et al. 2020): bool, same shape."""
    ordered, order = probabilities.sort(dim=-1, descending=True, stable=True)
    before = ordered.cumsum(dim=-1) - ordered
    return torch.zeros_like(probabilities, dtype=torch.bool).scatter(-1, order, before < top_p)
