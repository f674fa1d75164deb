"""Every method of the protocol once on the device, in the order of a run, in the process of a worker."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aft_worker import protocol as p
from client import ROOT, Worker
from results import Results

PROMPT = "Cat buys 2 boxes of 3 keys ."
RIGHT = " 2 * 3 = 6 ; #### 6"
WRONG = " 2 * 3 = 5 ; #### 5"
CHAT_TEMPLATE = (
    "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
OPTIMIZER = {"learningRate": 1e-2, "betas": [0.9, 0.98], "epsilon": 1e-8, "weightDecay": 0, "clipNorm": 1}
SCHEDULE = {"shape": "constant", "totalSteps": 4, "warmupSteps": 0, "minimumRatio": 0}
ALIGNMENT = {
    "kind": "alignment",
    "constraint": "boundary",
    "weight": 1,
    "beta": 0.1,
    "detachBoundary": True,
}
GROUP = {
    "id": "q",
    "prompt": PROMPT,
    "responses": [
        {"text": RIGHT, "target": True, "label": "positive", "rank": 1},
        {"text": WRONG, "target": False, "label": "negative", "rank": 2},
    ],
}


def create(worker: Worker, folder: Path, device: str, dtype: str, **settings: Any) -> dict[str, Any]:
    """A small Llama on the device, with a tokenizer of words in `folder`/tokenizer."""
    tokenizer = folder / "tokenizer"
    if not tokenizer.exists():
        texts = [PROMPT + RIGHT, PROMPT + WRONG]
        worker.call(
            "tokenizer/train", kind="words", texts=texts, directory=str(tokenizer), chatTemplate=CHAT_TEMPLATE
        )
    usual = {
        **{"architecture": "llama", "hiddenSize": 64, "intermediateSize": 128, "layers": 2, "heads": 2},
        **{"maxPositions": 512, "tieEmbeddings": True, "initStd": 0.2, "tokenizer": str(tokenizer)},
        **{"seed": 1, "dtype": dtype, "device": device, "attention": "auto"},
    }
    return worker.call("model/create", **{**usual, **settings})


def group(id: str, words: int, prompt: str = PROMPT) -> dict[str, Any]:
    """A group whose one response has so many words, and one token more: EOS."""
    return {"id": id, "prompt": prompt, "responses": [{"text": " keys" * words}]}


def check_round_trip(results: Results, device: str, folder: Path) -> None:
    """A run's requests, in the device's own number type."""
    with Worker(modules=Path(__file__).parent) as worker:
        worker.call("hello", protocolVersion=p.PROTOCOL_VERSION)
        info = worker.call("device/info")
        names = [one["name"] for one in info["devices"]]
        results.holds("device/info lists the device", device in names)
        results.measure("warnings of device/info", " ".join(info["warnings"]) or "none")
        dtype = "bfloat16" if "bfloat16" in info["devices"][names.index(device)]["dtypes"] else "float32"

        model = create(worker, folder, device, dtype)
        results.equal(
            "model/create: device and dtype", f"{model['device']} {model['dtype']}", f"{device} {dtype}"
        )
        sampled = _sample(worker, model["model"])
        results.equal("generate: every sample once", sorted(c["index"] for c in sampled), list(range(8)))
        scored = _score(worker, model["model"], sampled)
        _check_saved(results, worker, model, folder, scored, sampled)
        _check_adapter(results, worker, model, folder, sampled)
        _check_training(results, worker, model, folder)
        _check_tracking(results, worker, folder)
        left_out = _check_gguf(results, worker, device, folder)
        speed = worker.call("device/speed", device=device, dtype=dtype)
        results.holds("device/speed measures the device", speed["device"] == device)
        results.measure("device/speed: product of matrices", speed["flopsPerSecond"] / 1e12, "TFLOP/s")
        results.measure("device/speed: copy", speed["bytesPerSecond"] / 1e9, "GB/s")
        results.measure("device/speed: smallest operation", speed["secondsPerCall"] * 1e6, "us")

        memory = worker.call("device/memory")
        counted = (memory["peakAcceleratorBytes"] > 0) == (device != "cpu")
        results.holds("device/memory counts the accelerator's bytes where there is one", counted)
        shared, answer = folder / "shared", folder / "answer"
        shared.write_text("seen")
        worker.call("folder/check", file=str(shared), content="seen", answer=str(answer))
        results.equal("folder/check answers beside what it reads", answer.read_text(), "seen")
        worker.call("shutdown")
        try:
            results.equal("shutdown ends the worker with code", worker.wait(), 0)
        except subprocess.TimeoutExpired:
            results.equal("shutdown ends the worker with code", "still there", 0)
        missing = ", ".join(sorted(set(p.METHODS) - worker.methods - left_out)) or "none"
        results.equal("methods of the protocol that were not answered", missing, "none")


def _sample(worker: Worker, model: str) -> list[dict[str, Any]]:
    candidates: list[dict[str, Any]] = []
    params = {
        "model": model,
        "prompts": [{"id": "q", "prompt": PROMPT, "indices": list(range(8))}],
        **{"maxNewTokens": 16, "temperature": 1, "topP": 1, "seed": 3},
    }
    worker.send("generate", params, lambda value: candidates.extend(value["candidates"])).result()
    return candidates


def _score(worker: Worker, model: str, sampled: list[dict[str, Any]]) -> list[float]:
    responses = [{key: one[key] for key in ("text", "tokenIds", "finish")} for one in sampled]
    groups = [{"id": "q", "prompt": PROMPT, "responses": responses}]
    answer = worker.call("score", model=model, groups=groups, maxTokensPerBatch=4096)
    return [score["logprob"] for score in answer["groups"][0]["scores"]]


def _check_saved(
    results: Results,
    worker: Worker,
    model: dict[str, Any],
    folder: Path,
    scored: list[float],
    sampled: list[dict[str, Any]],
) -> None:
    directory = str(folder / "model")
    saved = worker.call("model/save", model=model["model"], directory=directory)
    where = {"dtype": model["dtype"], "device": model["device"], "attention": "auto"}
    loaded = worker.call("model/load", source=directory, **where)
    digests = {saved["digest"], loaded["digest"], worker.call("model/digest", model=model["model"])["digest"]}
    results.holds("model/save, load, digest: one digest", digests == {model["digest"]})
    # The same weights, the same kernels: the same bits.
    again = _score(worker, loaded["model"], sampled)
    largest = max(abs(a - b) for a, b in zip(scored, again, strict=True))
    results.at_most("score: created against saved and loaded, largest difference in nats", largest, 0.0)
    worker.call("model/unload", model=loaded["model"])


def _check_adapter(
    results: Results,
    worker: Worker,
    model: dict[str, Any],
    folder: Path,
    sampled: list[dict[str, Any]],
) -> None:
    """On the folder that `_check_saved` left: trained, saved, loaded again, merged."""
    base = str(folder / "model")
    shape = worker.call("model/inspect", source=base)
    results.equal("model/inspect: parameters", shape["parameters"], model["parameters"])
    counts = worker.call("tokens/count", source=base, texts=[PROMPT])["counts"]
    results.equal("tokens/count: the words of a prompt", counts, [len(PROMPT.split())])
    told = [{"messages": [{"role": "user", "content": "3 + 4"}]}]
    texts = worker.call("prompt/render", source=base, conversations=told)["texts"]
    results.equal(
        "prompt/render: a conversation in the tokenizer's template", texts, ["user: 3 + 4\nassistant: "]
    )
    where = {"dtype": model["dtype"], "device": model["device"], "attention": "auto"}
    settings = {"rank": 4, "alpha": 8, "dropout": 0.1}
    own = worker.call("model/load", source=base, **where, adapter=settings, gradientCheckpointing=True)
    begin = {"optimizer": OPTIMIZER, "schedule": SCHEDULE, "loss": ALIGNMENT, "seed": 1}
    run = worker.call("train/begin", model=own["model"], **begin, maxTokensPerBatch=4096)["run"]
    _step(worker, run, 1)
    digest = worker.call("train/end", run=run)["digest"]
    adapter, merged = str(folder / "adapter"), str(folder / "merged")
    worker.call("model/save", model=own["model"], directory=adapter)
    again = worker.call("model/load", source=adapter, **where)
    results.equal("an adapter that is saved and loaded: one digest", again["digest"] == digest, True)
    worker.call("model/merge", source=adapter, directory=merged)
    whole = worker.call("model/load", source=merged, **where)
    pair = [_score(worker, one["model"], sampled) for one in (again, whole)]
    largest = max(abs(a - b) / abs(b) for a, b in zip(*pair, strict=True))
    # a merged weight is rounded once more in bfloat16
    tolerance = 1e-4 if model["dtype"] == "float32" else 2e-2
    results.at_most("model/merge: scores against base and adapter, relative", largest, tolerance)
    for one in (own, again, whole):
        worker.call("model/unload", model=one["model"])


def _check_training(results: Results, worker: Worker, model: dict[str, Any], folder: Path) -> None:
    """Three steps unbroken against two, a save, a resume and the third, from the same weights."""
    begin = {
        "model": model["model"],
        "optimizer": OPTIMIZER,
        "schedule": SCHEDULE,
        "loss": ALIGNMENT,
        **{"seed": 1, "maxTokensPerBatch": 4096},
    }
    run = worker.call("train/begin", **begin)["run"]
    losses = [_step(worker, run, 1), _step(worker, run, 2)]
    directory = str(folder / "run")
    worker.call("train/save", run=run, directory=directory)
    losses.append(_step(worker, run, 3))
    ended = worker.call("train/end", run=run)
    results.holds("train/step: the loss falls", losses[2] < losses[1] < losses[0])
    resumed = worker.call("train/begin", **begin, resumeFrom=directory)
    results.equal("train/begin resumes after step", resumed["step"], 2)
    third = _step(worker, resumed["run"], 3)
    results.at_most("the third step's loss, resumed against unbroken", abs(third - losses[2]), 0.0)
    again = worker.call("train/end", run=resumed["run"])
    # Not a check: on a GPU the sums of a backward pass may be added up in another order each time.
    results.measure("weights after the resumed step are the same bits", again["digest"] == ended["digest"])


def _check_tracking(results: Results, worker: Worker, folder: Path) -> None:
    """Points go to a tracker of the checks' own, and to event files where their package is installed."""
    begin = {"key": "k", "mode": "new", "name": "round/trip", "config": "{}", "waitSeconds": 60}
    points = [{"step": step, "values": {"loss": 1 / step}} for step in (1, 2, 4)]
    kept = folder / "points.jsonl"
    for kind, settings in (("trackio", {"project": str(kept)}), ("tensorboard", {})):
        where = {"kind": kind, "directory": str(folder / kind), "settings": settings}
        opened = worker.call("track/open", **where, **begin)
        if kind == "tensorboard" and "tracker" not in opened:
            results.measure("track/open: event files", opened["unavailable"])
            continue
        worker.call("track/log", tracker=opened["tracker"], points=points)
        closed = worker.call("track/close", tracker=opened["tracker"])
        results.equal(f"track/*, {kind}: what went wrong", closed.get("failed", "nothing"), "nothing")
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    results.equal(
        "track/log: the points that arrived", lines, [[one["step"], one["values"]] for one in points]
    )


def _check_gguf(results: Results, worker: Worker, device: str, folder: Path) -> set[str]:
    """A GGUF file made a model that the device loads. Gives the methods that could not be tried here."""
    if find_spec("gguf") is None:
        results.measure("model/convert", "not tried: the package gguf is missing")
        return {"model/convert"}
    file, directory = str(folder / "tiny.gguf"), str(folder / "from_gguf")
    subprocess.run([sys.executable, str(ROOT / "tests" / "py" / "tiny_gguf.py"), file], check=True)
    made = worker.call("model/convert", source=file, directory=directory)
    where = {"dtype": "float32", "device": device, "attention": "auto"}
    loaded = worker.call("model/load", source=directory, **where)
    results.equal("model/convert: the digest of what it wrote, loaded", loaded["digest"], made["digest"])
    worker.call("model/unload", model=loaded["model"])
    return set()


def _step(worker: Worker, run: str, number: int) -> float:
    return worker.call("train/step", run=run, step=number, groups=[GROUP])["loss"]["total"]
