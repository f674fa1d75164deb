"""The items of the conformance suite that need no Node, with a model on the device."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import torch
from aft_worker import protocol as p
from client import Failure, Request, Worker
from noisy_handlers import PRINTED
from results import Results
from roundtrip import ALIGNMENT, OPTIMIZER, PROMPT, RIGHT, SCHEDULE, WRONG, create, group
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

IN_FLIGHT = 200
# A worker whose parent is gone must be gone within so many seconds.
GONE_WITHIN = 2.0
# Micro-batches of the request that is cancelled: it must still run when the cancellation comes.
LONG = 8_000
LONG_PROMPT_TOKENS = 2000
LONG_PROMPT = " keys" * LONG_PROMPT_TOKENS
SAMPLING = {"temperature": 1, "topP": 1, "seed": 1}
# Less than the cache of the long prompt, which a call that failed must not keep.
LONGEST = 2**31 - 1  # the most that the protocol takes
LEFT_BEHIND = float(1 << 20)


def check_conformance(results: Results, device: torch.device, folder: Path) -> None:
    """Every item with a worker whose handlers print: printing must not disturb any of them."""
    with Worker("noisy_handlers", Path(__file__).parent) as worker:
        model = create(worker, folder, str(device), "float32")["model"]
        _check_bad_messages(results, worker, model)
        _check_printing(results, worker)
        _check_in_flight(results, worker, model)
        _check_cancellation(results, worker, model)
        _check_non_finite(results, worker, device, folder)
        _check_out_of_memory(results, worker, device, folder, model)
        running = _begin_long(worker, model)
        results.at_most(
            "seconds until a busy worker whose stdin closed is gone", worker.close_stdin(), GONE_WITHIN
        )
        results.holds("what ran then is not answered", not isinstance(running.answer.exception(5), Failure))


def _check_bad_messages(results: Results, worker: Worker, model: str) -> None:
    worker.write(b"\xff not JSON {")
    alive = worker.call("model/digest", model=model)
    code = [answer["error"]["code"] for answer in worker.stray()]
    results.equal("a malformed message is answered, and the next one too", code, [p.ERRORS["ParseError"]])
    results.equal("... the latter with its result: characters of a digest", len(alive["digest"]), 64)
    error = worker.send("model/laod", {"source": "x"}).failure()
    results.equal("an unknown method: code", error.code, p.ERRORS["MethodNotFound"])
    results.equal("an unknown method: nearest", error.data.get("nearest"), "model/load")
    bad = {"id": "b", "prompt": "p", "responses": [{"text": "r"}, {"txt": "s"}]}
    params = {"model": model, "groups": [group("a", 1), bad], "maxTokensPerBatch": 64}
    error = worker.send("score", params).failure()
    results.equal("a wrong field: code", error.code, p.ERRORS["InvalidParams"])
    results.equal("a wrong field: its path", error.data.get("pointer"), "/groups/1/responses/1/txt")
    error = worker.send("model/load", {**_load("/nowhere"), "device": "cuda:99"}).failure()
    results.equal("a device that is not there: code", error.code, p.ERRORS["DeviceUnavailable"])


def _check_printing(results: Results, worker: Worker) -> None:
    """All answers so far have come through although every handler printed; what it printed is on stderr."""
    worker.call("device/info")
    seen = {line for line in PRINTED if line in worker.stderr}
    results.holds("print() in Python and in C is on stderr, not in the messages", seen == set(PRINTED))


def _check_in_flight(results: Results, worker: Worker, model: str) -> None:
    sizes = [1 + number % 7 for number in range(IN_FLIGHT)]
    requests = [
        worker.send("score", {"model": model, "groups": [group("q", size)], "maxTokensPerBatch": 512})
        for size in sizes
    ]
    tokens = [request.result()["groups"][0]["scores"][0]["tokens"] for request in requests]
    own = sum(found == size + 1 for found, size in zip(tokens, sizes, strict=True))
    results.equal(f"of {IN_FLIGHT} requests in flight, those with their own answer", own, IN_FLIGHT)


def _begin_long(worker: Worker, model: str) -> Request:
    """A request of many micro-batches, of which the first is done."""
    begun = threading.Event()
    groups = [group(f"q{number}", 3) for number in range(LONG)]
    params = {"model": model, "groups": groups, "maxTokensPerBatch": 1}
    request = worker.send("score", params, lambda _: begun.set())
    if not begun.wait(60):
        raise TimeoutError("a long request never told of its progress")
    return request


def _check_cancellation(results: Results, worker: Worker, model: str) -> None:
    running = _begin_long(worker, model)
    one = {"model": model, "groups": [group("q", 1)], "maxTokensPerBatch": 64}
    dropped, kept = worker.send("score", one), worker.send("score", one)
    memory = worker.send("device/memory", {})
    memory.result()
    results.holds("an immediate method overtakes what runs", not running.answer.done())
    worker.cancel(dropped)
    error = dropped.failure()
    results.holds("what waits is cancelled while the other runs", not running.answer.done())
    results.equal("what waits: code", error.code, p.ERRORS["RequestCancelled"])
    worker.cancel(running)
    results.equal("what runs: code", running.failure().code, p.ERRORS["RequestCancelled"])
    results.equal("the next in the queue is run", kept.result()["groups"][0]["id"], "q")


def _check_non_finite(results: Results, worker: Worker, device: torch.device, folder: Path) -> None:
    """Weights with a NaN in the embedding of one word: only the group that uses the word is refused."""
    made = create(worker, folder, str(device), "float32", tieEmbeddings=False)
    broken = folder / "broken"
    worker.call("model/save", model=made["model"], directory=str(broken))
    word = AutoTokenizer.from_pretrained(broken).get_vocab()[" boxes"]
    weights = load_file(broken / "model.safetensors")
    weights["model.embed_tokens.weight"][word] = float("nan")
    save_file(weights, broken / "model.safetensors", {"format": "pt"})
    loaded = worker.call("model/load", **_load(str(broken)), device=str(device))
    settings = {"optimizer": OPTIMIZER, "schedule": SCHEDULE, "loss": ALIGNMENT, "seed": 1}
    # so few tokens at a time that each group has its own micro-batch
    run = worker.call("train/begin", model=loaded["model"], **settings, maxTokensPerBatch=24)["run"]
    groups = [_pair("good", "2 keys"), _pair("bad", PROMPT), _pair("fine", "3 keys")]
    error = worker.send("train/step", {"run": run, "step": 1, "groups": groups}).failure()
    results.equal("a NaN loss: code", error.code, p.ERRORS["NonFiniteLoss"])
    results.equal("a NaN loss: the groups it names", error.data.get("groups"), ["bad"])
    loss = (error.data.get("loss") or {}).get("total")
    results.equal("a NaN loss crosses by name", loss, {"finite": False, "value": "nan"})
    digest = worker.call("model/digest", model=loaded["model"])["digest"]
    results.holds("a NaN loss leaves the weights as they were", digest == loaded["digest"])
    worker.call("model/unload", model=loaded["model"])
    worker.call("model/unload", model=made["model"])


def _check_out_of_memory(
    results: Results, worker: Worker, device: torch.device, folder: Path, model: str
) -> None:
    """More than any device has: 2^31 positions of one sample, whose keys and values are 2^41 bytes."""
    large = create(worker, folder, str(device), "float32", maxPositions=LONGEST)
    # the same in little, so that what torch allocates once for all is there before
    prompts = [{"id": "q", "prompt": LONG_PROMPT, "indices": [0, 1]}]
    worker.call("generate", model=large["model"], **SAMPLING, prompts=prompts, maxNewTokens=8)
    before = worker.call("device/memory")["acceleratorBytes"]
    short = [{"id": "q", "prompt": PROMPT, "indices": [0]}]
    asked = {**SAMPLING, "prompts": short, "maxNewTokens": LONGEST}
    error = worker.send("generate", {"model": large["model"], **asked}).failure()
    kept = worker.call("device/memory")["acceleratorBytes"] - before
    results.equal("out of memory: code", error.code, p.ERRORS["OutOfMemory"])
    results.equal("out of memory: device", error.data.get("device"), str(device))
    worker.call("model/unload", model=large["model"])
    again = worker.call("score", model=model, groups=[group("q", 3)], maxTokensPerBatch=64)
    results.equal("after it the worker scores", again["groups"][0]["scores"][0]["tokens"], 4)
    results.at_most("bytes on the accelerator that it left behind", float(kept), LEFT_BEHIND)


def _pair(id: str, prompt: str) -> dict[str, Any]:
    responses = [{"text": RIGHT, "target": True, "label": "positive", "rank": 1}]
    responses += [{"text": WRONG, "target": False, "label": "negative", "rank": 2}]
    return {"id": id, "prompt": prompt, "responses": responses}


def _load(source: str) -> dict[str, Any]:
    return {"source": source, "dtype": "float32", "attention": "auto"}
