"""Stands in for vLLM in tests: what the worker uses of its interface, row by row, over a Llama of its own.

FAKE_VLLM says what goes wrong: `refuse` and `engine-core` (it does not take the model), `hang-start` and
`hang-step` (it does nothing more), `die` (killed in the middle), `other` (its log-probabilities are of
another model), `broken` (they are NaN). FAKE_VLLM_PLATFORM and FAKE_VLLM_VERSION are what it says of itself;
FAKE_VLLM_LOG gets a line for each engine.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from types import SimpleNamespace

__version__ = os.environ.get("FAKE_VLLM_VERSION", "99.1")
_FAULT = os.environ.get("FAKE_VLLM", "")
_ADDED = {"other": -1.0, "broken": math.nan}  # to a log-probability


class EngineArgs:
    def __init__(self, **settings):
        self.settings = SimpleNamespace(**{"max_num_seqs": 4, **settings})


class SamplingParams:
    def __init__(self, **settings):
        self.settings = SimpleNamespace(**settings)


class LLMEngine:
    @classmethod
    def from_engine_args(cls, arguments, usage):
        return cls(arguments.settings)

    def __init__(self, settings):
        if _FAULT == "hang-start":
            time.sleep(600)
        if _FAULT == "refuse":
            raise ValueError("Model architectures ['Odd'] are not supported.\nA second line.")
        if _FAULT == "engine-core":
            print(
                "(EngineCore pid=7) ERROR 01-01 [core.py:1] ValueError: No available memory.", file=sys.stderr
            )
            raise RuntimeError("Engine core initialization failed. See root cause above.")
        if log := os.environ.get("FAKE_VLLM_LOG"):
            with open(log, "a") as lines:
                lines.write(f"{os.getpid()} {settings.model} {settings.dtype} {settings.max_model_len}\n")
        # not on top: where it is only asked for its version, the Python has no numpy
        from .llama import Llama

        self._model = Llama(settings.model)
        self._settings = settings
        self.vllm_config = SimpleNamespace(
            scheduler_config=SimpleNamespace(max_num_seqs=settings.max_num_seqs)
        )
        self._rows = {}
        self._steps = 0
        print("a line that vLLM prints", flush=True)

    def has_unfinished_requests(self):
        return bool(self._rows)

    def add_request(self, row, prompt, parameters):
        ids = prompt["prompt_token_ids"]
        if len(ids) >= self._settings.max_model_len:
            raise ValueError("the prompt is longer than max_model_len")
        choice = self._model.choice(parameters.settings.temperature, parameters.settings.seed)
        self._rows[row] = SimpleNamespace(
            prompt=ids, parameters=parameters.settings, choice=choice, ids=[], logprobs=[]
        )

    def abort_request(self, rows):
        for row in rows:
            del self._rows[row]

    def step(self):
        self._steps += 1
        if _FAULT == "hang-step":
            print("10 %\r20 %", end="", file=sys.stderr, flush=True)
            time.sleep(600)
        if _FAULT == "die" and self._steps > 12:
            # of a progress bar, which has no end of a line
            print("10 %\rthe last line before the end", end="", file=sys.stderr, flush=True)
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGKILL)
        outputs = []
        for name, row in list(self._rows.items())[: self._settings.max_num_seqs]:
            token, logprob = row.choice(row.prompt + row.ids)
            row.ids.append(token)
            row.logprobs.append(logprob + _ADDED.get(_FAULT, 0.0))
            asked = row.parameters
            stopped = token in asked.stop_token_ids
            length = len(row.ids) >= asked.max_tokens
            length = length or len(row.prompt) + len(row.ids) >= self._settings.max_model_len
            if stopped or length:
                del self._rows[name]
            reason = "stop" if stopped else "length" if length else None
            if asked.output_kind == "delta":
                outputs.append(_output(name, row.ids[-1:], row.logprobs[-1:], reason))
            elif reason is not None:
                outputs.append(_output(name, row.ids, row.logprobs, reason))
        return outputs


def _output(name, ids, logprobs, reason):
    flat = SimpleNamespace(logprobs=list(logprobs), start_indices=list(range(len(logprobs))))
    completion = SimpleNamespace(token_ids=list(ids), logprobs=flat, finish_reason=reason)
    return SimpleNamespace(request_id=name, finished=reason is not None, outputs=[completion])
