"""Messages that are nearly right: thousands, each a good one with something in it changed. Every one is
answered once, with a result or an error of the protocol that says what is wrong: never InternalError, and
never by the worker's end.

AFT_MUTATED_MESSAGES says how many; the seed is fixed."""

from __future__ import annotations

import copy
import json
import os
import random
from collections import Counter

import pytest
from aft_worker.handlers import handler_of
from aft_worker.protocol import ERRORS
from aft_worker.rpc import Engine

COUNT = int(os.environ.get("AFT_MUTATED_MESSAGES", "1500"))
TEXTS = ["Ann has 3 pens and 4 figs . How many ?", "3 + 4 = 7 ; #### 7"]
RIGHT, WRONG = " 3 + 4 = 7 ; #### 7", " 3 + 4 = 8 ; #### 8"
VALUES = [
    *(None, True, False, 0, -1, 1, 1.5, 2**31, 2**53, -(2**53), 2**63, 2**64, 1e308, -1e308, 1e-308),
    *("", "\0", "a\0b", "x" * 5000, "/" + "y" * 300, "y" * 4000, "../../..", "\u202e", "é" * 100),
    *([], [[]], {}, {"a": 1}, [None], "auto", "cuda:9", "/dev/null", "/proc/self/mem"),
]
SIGNS = ['"', "{", "}", "[", "]", ":", ",", "null", "0", "\\ud800", "\\u0000", "", " "]


class Worker:
    """An engine with the worker's own handlers; `ask` gives the answers to one message."""

    def __init__(self) -> None:
        self._sent: list[dict] = []
        self._last = 0
        self._engine = Engine(lambda text: self._sent.append(json.loads(text)), lambda: [], handler_of)

    def send(self, text: str) -> list[dict]:
        self._sent.clear()
        self._engine.receive(text)
        self._engine.run()
        return [message for message in self._sent if "method" not in message]

    def ask(self, method: str, params: object) -> list[dict]:
        self._last += 1
        return self.send(json.dumps({"jsonrpc": "2.0", "id": self._last, "method": method, "params": params}))

    def result(self, method: str, params: object) -> dict:
        [answer] = self.ask(method, params)
        return answer["result"]


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """A worker, and good params of each method to begin with."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    worker = Worker()
    at = {name: str(tmp_path / name) for name in ("tokenizer", "other", "model", "copy", "merged", "state")}
    on_cpu = {"dtype": "auto", "device": "cpu", "attention": "auto"}
    create = {
        **{"architecture": "llama", "hiddenSize": 16, "intermediateSize": 32, "layers": 2, "heads": 2},
        **{"maxPositions": 64, "tieEmbeddings": True, "initStd": 0.3, "tokenizer": at["tokenizer"]},
        **{"seed": 1, **on_cpu},
    }
    worker.result("tokenizer/train", {"kind": "words", "texts": TEXTS, "directory": at["tokenizer"]})
    model = worker.result("model/create", create)["model"]
    worker.result("model/save", {"model": model, "directory": at["model"]})
    two = [
        {"text": RIGHT, "target": True, "label": "positive", "rank": 1},
        {"text": WRONG, "target": False, "label": "negative", "rank": 2},
    ]
    begin = {
        "model": model,
        "optimizer": {
            **{"learningRate": 1e-2, "betas": [0.9, 0.98], "epsilon": 1e-8},
            **{"weightDecay": 0, "clipNorm": 1},
        },
        "schedule": {"shape": "constant", "totalSteps": 100_000, "warmupSteps": 0, "minimumRatio": 0},
        "loss": {
            **{"kind": "alignment", "constraint": "boundary", "weight": 1, "beta": 0.1},
            "detachBoundary": True,
        },
        "seed": 1,
        "maxTokensPerBatch": 512,
    }
    conversation = {"messages": [{"role": "user", "content": "x"}]}
    good = {
        "hello": {"protocolVersion": 1},
        "device/info": {},
        "tokenizer/train": {
            **{"kind": "sentencepiece", "texts": TEXTS, "vocabularySize": 300},
            "directory": at["other"],
        },
        "model/create": create,
        "model/load": {"source": at["model"], **on_cpu},
        "model/save": {"model": model, "directory": at["copy"]},
        "model/digest": {"model": model},
        "model/inspect": {"source": at["model"]},
        "model/merge": {"source": at["model"], "directory": at["merged"]},
        "tokens/count": {"source": at["model"], "texts": TEXTS},
        "prompt/render": {"source": at["model"], "conversations": [conversation]},
        "generate": {
            **{"model": model, "prompts": [{"id": "q0", "prompt": TEXTS[0], "indices": [0, 1]}]},
            **{"maxNewTokens": 3, "temperature": 1, "topP": 1, "seed": 3, "stop": ["7"]},
        },
        "score": {
            "model": model,
            "groups": [{"id": "q", "prompt": TEXTS[0], "responses": [{"text": RIGHT}, {"text": WRONG}]}],
            "maxTokensPerBatch": 512,
        },
        "train/begin": begin,
        "train/step": {
            "run": "",
            "step": 1,
            "groups": [{"id": "q", "prompt": TEXTS[0], "responses": two}],
        },
        "train/save": {"run": "", "directory": at["state"]},
    }
    return worker, good


def test_every_mutated_message_is_answered_once_and_never_as_a_bug(worker):
    worker, good = worker
    choice = random.Random(15)
    codes: Counter[str] = Counter()
    run = None
    for _ in range(COUNT):
        if choice.random() < 0.05:
            answers = worker.send(broken(choice, good))
            method = "a broken text"
        else:
            method = choice.choice(list(good))
            if run is None:
                run = worker.result("train/begin", good["train/begin"])["run"]
            filled = {**good[method], "run": run} if "run" in good[method] else good[method]
            params = mutated(choice, filled)
            answers = worker.ask(method, params)
            assert len(answers) == 1, f"{method} {params!r}: {len(answers)} answers"
        for answer in answers:
            code = answer["error"]["code"] if "error" in answer else 0
            codes[next((name for name, known in ERRORS.items() if known == code), "result")] += 1
            assert code != ERRORS["InternalError"], f"{method}: {answer}"
            result = answer.get("result") or {}
            if method in ("model/create", "model/load") and "model" in result:
                worker.ask("model/unload", {"model": result["model"]})
            if method == "train/step" and result:
                worker.ask("train/end", {"run": run})
                run = None
            if method == "train/begin" and "run" in result:
                worker.ask("train/end", {"run": result["run"]})
    assert codes["result"] > COUNT / 50 and codes["InvalidParams"] > COUNT / 5, codes


def mutated(choice: random.Random, params: dict) -> object:
    """With one value left out, doubled or replaced, at any depth."""
    params = copy.deepcopy(params)
    places = [path for path in paths(params) if path]
    if not places:
        return choice.choice(VALUES)
    *above, last = choice.choice(places)
    inner = params
    for step in above:
        inner = inner[step]
    what = choice.random()
    if what < 0.1 and isinstance(inner, dict):
        del inner[last]
    elif what < 0.15 and isinstance(inner, list):
        inner.append(copy.deepcopy(inner[last]))
    else:
        inner[last] = copy.deepcopy(choice.choice(VALUES))
    return params


def paths(value: object, path: tuple = ()):
    yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from paths(inner, (*path, step))


def broken(choice: random.Random, good: dict) -> str:
    """A message with a sign in the place of up to three of its own."""
    method = choice.choice(["hello", "score"])
    text = json.dumps({"jsonrpc": "2.0", "id": 7, "method": method, "params": good[method]})
    at = choice.randrange(len(text))
    return text[:at] + choice.choice(SIGNS) + text[at + choice.randrange(4) :]
