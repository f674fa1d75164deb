"""The program that runs vLLM: in a process of its own, under a Python that has vLLM and nothing of ours.

It is spoken to in lines of JSON, each an object with a `type`:

in   open    a model's folder and how to hold it; once, first
     add     rows to sample: prompts as token ids, a seed a row, what they share
     abort   rows that nobody waits for any more
out  hello   which vLLM this is
     ready   the model is there; how many rows are decoded at once
     tokens  a step's new tokens, of rows that were added with `stream`: [row, token ids, log-probabilities]
     alive   steps go on; now and then
     done    finished rows: [row, token ids, log-probabilities, whether it was ended by a stop token]
     failed  what went wrong, after which the process ends

It ends, with all that it started, as soon as its standard input does: when whoever started it is gone,
however that came about. Nothing but these lines is on its standard output; what vLLM prints goes to standard
error.
"""

import contextlib
import importlib
import json
import os
import queue
import shutil
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS_BETWEEN_SIGNS = 20  # of life: a long row may say nothing until its end


class Failure(Exception):
    """Told in a line, without a trace."""


class Engine:
    """vLLM with a model in it. Rows go by numbers; what a row has is kept until it is done."""

    def __init__(self, vllm, settings):
        arguments = {
            "model": settings["model"],
            "dtype": settings["dtype"],
            "max_model_len": settings["positions"],
            "tensor_parallel_size": settings["tensorParallel"],
            "enforce_eager": settings["eager"],
            "skip_tokenizer_init": True,  # token ids in, token ids out
            "generation_config": "vllm",  # what is asked for, and nothing that the folder adds to it
            "logprobs_mode": "raw_logprobs",  # of the model itself, before temperature and top-p
            "enable_prefix_caching": True,  # a prompt is computed once for its samples
            "disable_log_stats": True,
            "seed": 0,
        }
        if settings["eager"]:
            # a CPU's generator cannot be set back, as vLLM does with a seeded row whose prompt comes in parts
            arguments["enable_chunked_prefill"] = False
        optional = {"gpu_memory_utilization": settings["memoryShare"], "max_num_seqs": settings["slots"]}
        arguments.update({name: value for name, value in optional.items() if value is not None})
        usage = importlib.import_module("vllm.usage.usage_lib").UsageContext.LLM_CLASS
        self._vllm = vllm
        self._engine = vllm.LLMEngine.from_engine_args(vllm.EngineArgs(**arguments), usage)
        self._kinds = importlib.import_module("vllm.sampling_params").RequestOutputKind
        self._rows = {}

    @property
    def slots(self):
        return int(self._engine.vllm_config.scheduler_config.max_num_seqs)

    @property
    def busy(self):
        return self._engine.has_unfinished_requests()

    def add(self, message):
        """`rows`: [row, place of its prompt, seed, most tokens]."""
        for row, prompt, seed, limit in message["rows"]:
            parameters = {
                "temperature": message["temperature"],
                "top_p": message["topP"],
                "seed": seed,
                "max_tokens": limit,
                "stop_token_ids": message["stopIds"],
                "ignore_eos": True,  # the stop tokens are all that end a row
                "logprobs": 0,  # the chosen token's
                "flat_logprobs": True,  # in one list for all places: cheaper
                "detokenize": False,
                "output_kind": self._kinds.DELTA if message["stream"] else self._kinds.FINAL_ONLY,
            }
            self._rows[row] = {"stream": message["stream"], "ids": [], "logprobs": []}
            tokens = {"prompt_token_ids": message["prompts"][prompt]}
            self._engine.add_request(str(row), tokens, self._vllm.SamplingParams(**parameters))

    def abort(self, rows):
        known = [str(row) for row in rows if self._rows.pop(row, None) is not None]
        if known:
            self._engine.abort_request(known)

    def step(self):
        """-> (`tokens`, `done`)."""
        tokens, done = [], []
        for output in self._engine.step():
            row = int(output.request_id)
            state = self._rows.get(row)
            if state is None:
                continue  # aborted
            completion = output.outputs[0]
            new = list(completion.token_ids)
            told = completion.logprobs
            logprobs = [told.logprobs[start] for start in told.start_indices]
            state["ids"] += new
            state["logprobs"] += logprobs
            if output.finished:
                del self._rows[row]
                stopped = completion.finish_reason == "stop"
                done.append([row, state["ids"], state["logprobs"], stopped])
            elif state["stream"] and new:
                tokens.append([row, new, logprobs])
        return tokens, done


def first_line(error):
    """The kind and the first telling line of an error's text."""
    with contextlib.suppress(Exception):  # pydantic: the first line of its text counts the errors
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0] if lines else 'no reason given'}"


def end(scratch):
    """This process and all that it started, at once."""
    for folder in scratch:
        shutil.rmtree(folder, ignore_errors=True)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def read(incoming, inbox, scratch):
    with os.fdopen(incoming, "r", encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            if message["type"] == "open":
                scratch += message["scratch"]
            inbox.put(message)
    end(scratch)


def take(inbox, engine):
    """Does what has been asked for; waits for it where there is nothing else to do."""
    while True:
        try:
            message = inbox.get(block=not engine.busy)
        except queue.Empty:
            return
        if message["type"] == "add":
            engine.add(message)
        else:
            engine.abort(message["rows"])


def serve(inbox, send, scratch):
    try:
        vllm = importlib.import_module("vllm")
        platform = importlib.import_module("vllm.platforms").current_platform
    except Exception as error:
        raise Failure(f"vLLM cannot be imported: {first_line(error)}") from error
    send({"type": "hello", "version": vllm.__version__, "platform": str(platform.device_type)})
    try:
        engine = Engine(vllm, inbox.get())
    except Exception as error:
        raise Failure(f"cannot load the model: {first_line(error)}") from error
    for folder in scratch:  # the weights are in memory
        shutil.rmtree(folder, ignore_errors=True)
    send({"type": "ready", "slots": engine.slots})
    due = time.monotonic()
    while True:
        take(inbox, engine)
        tokens, done = engine.step()
        if time.monotonic() >= due:
            send({"type": "alive"})
            due = time.monotonic() + SECONDS_BETWEEN_SIGNS
        if tokens:
            send({"type": "tokens", "rows": tokens})
        if done:
            send({"type": "done", "rows": done})


def main():
    incoming, outgoing = os.dup(0), os.dup(1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    # a program's own folder stands first on the path, and holds names that are not meant here
    sys.path[:] = [folder for folder in sys.path if os.path.abspath(folder or os.curdir) != HERE]
    inbox, scratch = queue.SimpleQueue(), []
    threading.Thread(target=read, args=(incoming, inbox, scratch), daemon=True).start()

    def send(message):
        data = memoryview((json.dumps(message, separators=(",", ":")) + "\n").encode())
        while data:
            data = data[os.write(outgoing, data) :]

    try:
        serve(inbox, send, scratch)
    except BaseException as error:
        if not isinstance(error, Failure):
            importlib.import_module("traceback").print_exc()
        send({"type": "failed", "message": str(error) if isinstance(error, Failure) else first_line(error)})
        end(scratch)


if __name__ == "__main__":
    main()
