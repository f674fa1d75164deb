"""vLLM as a sampler: its process, what it is asked and gives, and what goes wrong. A stand-in takes its place
(tests/py/fake_vllm); the real one is tried where AFT_VLLM_PYTHON names a Python that has it."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import queue
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import adapted
import pytest
import tiny
import torch
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.handlers.samplers import sampler_for, stored_weights
from aft_worker.model import LoadedModel, load_model
from aft_worker.protocol import GenerateParams, GeneratePrompt
from aft_worker.protocol import VllmSettings as VllmParams
from aft_worker.sample import (
    CollectedJob,
    KeptEngine,
    SampleRequest,
    StoredWeights,
    VllmSampler,
    VllmSettings,
    collect,
)
from aft_worker.sample import vllm_engine as engines
from aft_worker.sample.vllm_machine import parts_of
from msgspec.structs import replace

FAKE = Path(__file__).parents[1] / "fake_vllm"
PYTHON = str(FAKE / "python.sh")
TEXTS = ["a", "how many apples?", "12+34=", "a b c d e f g h i j k l m"]


@pytest.fixture(autouse=True)
def stand_in(monkeypatch):
    monkeypatch.setenv("FAKE_VLLM_PYTHON", sys.executable)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> str:
    return adapted.base_folder(tmp_path_factory.mktemp("base") / "model", max_position_embeddings=64)


@pytest.fixture(scope="module")
def model(folder) -> LoadedModel:
    return adapted.load(folder)


@pytest.fixture(scope="module")
def shared():
    """One engine for all tests that ask nothing special of it."""
    kept = KeptEngine()
    yield kept
    kept.close()


@pytest.fixture
def kept():
    kept = KeptEngine()
    yield kept
    kept.close()


def prompts(indices=(0, 1, 2), texts=TEXTS) -> list[GeneratePrompt]:
    return [GeneratePrompt(id=f"q{at}", prompt=text, indices=list(indices)) for at, text in enumerate(texts)]


def request(asked=None, **settings) -> SampleRequest:
    usual = {"max_new_tokens": 12, "temperature": 1.0, "top_p": 1.0, "seed": 5}
    return SampleRequest(prompts=prompts() if asked is None else asked, **{**usual, **settings})


def sampler(model: LoadedModel, kept: KeptEngine, python: str = PYTHON, **settings) -> VllmSampler:
    return VllmSampler(model, VllmSettings(python, **settings), stored_weights(model), kept)


def draw(model: LoadedModel, kept: KeptEngine, asked=None, **settings) -> dict:
    """Candidates by (question, index); each came exactly once."""
    found = collect(sampler(model, kept), CollectedJob(request(asked, **settings)))
    by_key = {(one.question_id, one.index): one for one in found}
    assert len(by_key) == len(found)
    return by_key


def ids(candidates) -> dict:
    return {key: one.token_ids for key, one in candidates.items()}


def refusal(model: LoadedModel, kept: KeptEngine, job: CollectedJob | None = None, **settings) -> str:
    with pytest.raises(WorkerError) as raised:
        sampler(model, kept, **settings).sample(job or CollectedJob(request()), lambda: None)
    assert raised.value.name == "SamplerFailed"
    return str(raised.value)


def vllm_program(monkeypatch):
    """The program as a module, with the stand-in to import."""
    monkeypatch.syspath_prepend(FAKE)
    for name in ("", ".llama", ".platforms", ".sampling_params", ".usage", ".usage.usage_lib"):
        # gone again after the test
        monkeypatch.setitem(sys.modules, f"vllm{name}", None)
        del sys.modules[f"vllm{name}"]
    return importlib.import_module("aft_worker.sample.vllm_program")


def running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(so: Callable[[], bool]) -> None:
    for _ in range(3000):
        if so():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to be so")


def test_candidates_are_as_those_of_the_project(model, shared) -> None:
    found = draw(model, shared)
    assert set(found) == {(f"q{at}", index) for at in range(len(TEXTS)) for index in range(3)}
    eos = model.tokenizer.eos_ids
    for one in found.values():
        assert one.tokens == len(one.token_ids) <= 12
        assert one.text == model.tokenizer.decode(one.token_ids)
        assert one.finish == ("stop" if one.token_ids[-1] in eos else "length")
        assert not set(one.token_ids[:-1]) & eos
    assert {one.finish for one in found.values()} == {"stop", "length"}


def test_a_sample_is_a_function_of_seed_question_and_index(model, shared) -> None:
    whole = ids(draw(model, shared))
    part = [GeneratePrompt(id="q2", prompt=TEXTS[2], indices=[2, 0])]
    assert ids(draw(model, shared, part)) == {key: whole[key] for key in (("q2", 2), ("q2", 0))}
    same_text = prompts(range(4), ["a", "a"])
    first = {tuple(one) for one in ids(draw(model, shared, same_text)).values()}
    assert len(first) == 8
    assert not first & {tuple(one) for one in ids(draw(model, shared, same_text, seed=6)).values()}


def test_greedy_answers_are_those_of_the_other_sampler(model, shared) -> None:
    greedy = draw(model, shared, prompts([0]), temperature=0.0)
    own = tiny.sample(model, prompts([0]), temperature=0.0, max_new_tokens=12)
    assert ids(greedy) == {(one.question_id, one.index): one.token_ids for one in own}
    for one in own:
        assert greedy[one.question_id, one.index].logprob == pytest.approx(one.logprob, abs=1e-4)


def test_a_response_ends_at_the_model_s_last_position(model, shared) -> None:
    asked = prompts([0, 1], ["a " * 27])  # 55 tokens with <s>, of 64 positions
    for one in draw(model, shared, asked, max_new_tokens=50).values():
        assert one.tokens <= 9 and (one.finish == "stop" or one.tokens == 9)


def test_stop_texts_cut_where_the_project_cuts(model, shared) -> None:
    free = draw(model, shared, prompts(range(8)))
    cut = draw(model, shared, prompts(range(8)), stop=["e", "1"])
    ended = 0
    for key, one in cut.items():
        at = min((at for at in map(free[key].text.find, "e1") if at >= 0), default=None)
        if at is None:
            assert (one.text, one.token_ids, one.finish) == (
                free[key].text,
                free[key].token_ids,
                free[key].finish,
            )
        else:
            ended += 1
            assert (one.text, one.token_ids, one.logprob) == (free[key].text[:at], None, None)
            assert one.finish == "stop" and one.tokens <= free[key].tokens
    assert 0 < ended < len(cut)


def test_jobs_are_served_beside_each_other_and_each_gets_the_sampler_s_name(model, shared) -> None:
    jobs = [CollectedJob(request(seed=seed)) for seed in (1, 2)]
    too_long = CollectedJob(request([GeneratePrompt(id="long", prompt="a " * 40, indices=[0])]))
    empty = CollectedJob(request([]))
    waiting = [too_long, jobs[1], empty]
    sampler(model, shared).sample(jobs[0], lambda: waiting.pop(0) if waiting else None)
    for seed, job in zip((1, 2), jobs, strict=True):
        alone = ids(draw(model, shared, seed=seed))
        assert {(one.question_id, one.index): one.token_ids for one in job.candidates} == alone
        assert (job.sampler.name, job.sampler.version, job.sampler.slots) == ("vllm", "99.1", 4)
    assert isinstance(too_long.error, WorkerError) and too_long.error.name == "SequenceTooLong"
    assert empty.sampler is not None


def test_the_other_jobs_go_on_when_one_is_cancelled(model, shared) -> None:
    def cancelled() -> None:
        if first.candidates:
            raise Cancelled

    first, other = CollectedJob(request(prompts(range(40))), cancelled), CollectedJob(request(seed=2))
    waiting = [other]
    sampler(model, shared).sample(first, lambda: waiting.pop(0) if waiting else None)
    assert isinstance(first.error, Cancelled) and first.sampler is None
    whole = ids(draw(model, shared, prompts(range(40))))
    assert 0 < len(first.candidates) < len(whole)
    assert all(whole[one.question_id, one.index] == one.token_ids for one in first.candidates)
    assert len(other.candidates) == 12 and other.sampler is not None


def test_an_engine_stays_for_the_same_weights_and_goes_for_others(model, kept, tmp_path, monkeypatch) -> None:
    log = tmp_path / "engines"
    monkeypatch.setenv("FAKE_VLLM_LOG", str(log))
    first, second = (CollectedJob(request(prompts([0]))) for _ in range(2))
    for job in (first, second):
        collect(sampler(model, kept), job)
    (note,) = first.notes
    assert note.startswith("vLLM is starting (float32, cpu, prompt and response of up to 64 tokens)")
    assert second.notes == []
    kept.keep_for(model.digest())
    (line,) = log.read_text().splitlines()
    process, _, dtype, positions = line.split()
    assert (dtype, positions) == ("float32", "64")
    kept.keep_for("others")
    assert not running(int(process))
    draw(model, kept, prompts([0]))
    _, second = log.read_text().splitlines()
    # one that has died meanwhile is not counted on
    died = int(second.split()[0])
    os.kill(died, signal.SIGKILL)
    os.waitid(os.P_PID, died, os.WEXITED | os.WNOWAIT)
    draw(model, kept, prompts([0]))
    assert len(log.read_text().splitlines()) == 3


def test_longer_prompts_than_the_engine_has_room_for_start_another(model, kept, monkeypatch) -> None:
    monkeypatch.setattr(engines, "_usual_positions", lambda max_positions, needed: needed)
    jobs = [
        CollectedJob(request([GeneratePrompt(id="q", prompt=text, indices=[0])], max_new_tokens=4))
        for text in ("a", "a b c d")
    ]
    waiting = jobs[1:]
    sampler(model, kept).sample(jobs[0], lambda: waiting.pop(0) if waiting else None)
    assert [len(job.candidates) for job in jobs] == [1, 1]
    assert all(job.sampler is not None for job in jobs)


def test_copies_share_the_rows_and_change_no_sample(model, shared, kept, tmp_path, monkeypatch) -> None:
    log = tmp_path / "engines"
    monkeypatch.setenv("FAKE_VLLM_LOG", str(log))
    job = CollectedJob(request())
    two = collect(sampler(model, kept, data_parallel=2), job)
    assert {(one.question_id, one.index): one.token_ids for one in two} == ids(draw(model, shared))
    assert len({line.split()[0] for line in log.read_text().splitlines()}) == 2
    assert job.sampler.slots == 8


def test_an_adapter_is_merged_into_a_folder_that_is_gone_once_it_has_been_read(
    folder, kept, tmp_path, monkeypatch
) -> None:
    trained = adapted.trained(adapted.load(folder, adapted.LORA))
    at = adapted.saved(trained, tmp_path / "adapter")
    log = tmp_path / "engines"
    monkeypatch.setenv("FAKE_VLLM_LOG", str(log))
    model = adapted.load(at)
    greedy = draw(model, kept, prompts([0]), temperature=0.0)
    own = tiny.sample(model, prompts([0]), temperature=0.0, max_new_tokens=12)
    assert ids(greedy) == {(one.question_id, one.index): one.token_ids for one in own}
    read = Path(log.read_text().split()[1])
    assert read.name == "merged" and not read.parent.exists()


def test_log_probabilities_of_another_model_are_refused_before_anything_is_handed_over(
    model, kept, monkeypatch
) -> None:
    monkeypatch.setenv("FAKE_VLLM", "other")
    job, behind = CollectedJob(request()), CollectedJob(request(seed=2))
    waiting = [behind]
    with pytest.raises(WorkerError, match=r"its log-probabilities are not those of the model") as raised:
        sampler(model, kept).sample(job, lambda: waiting.pop(0) if waiting else None)
    assert "they differ by 1 nats a token" in str(raised.value)
    assert "expected at most 0.003 in float32" in str(raised.value)
    assert job.candidates == []


def test_logits_that_are_not_finite_are_an_error_and_not_a_text(model, kept, monkeypatch) -> None:
    monkeypatch.setenv("FAKE_VLLM", "broken")
    with pytest.raises(WorkerError, match=r"vLLM's logits for prompt 'q\d' are not finite"):
        draw(model, kept)


def test_a_process_that_dies_in_the_middle_is_told_with_its_last_lines_and_what_came_is_kept(
    model, kept, monkeypatch
) -> None:
    monkeypatch.setenv("FAKE_VLLM", "die")
    job = CollectedJob(request(prompts(range(3)), max_new_tokens=5))
    with pytest.raises(WorkerError) as raised:
        sampler(model, kept).sample(job, lambda: None)
    assert "vLLM: its process was killed by SIGKILL; its last lines:\n  | " in str(raised.value)
    assert str(raised.value).endswith("  | the last line before the end")
    assert 0 < len(job.candidates) < 12


@pytest.mark.parametrize("at", ["start", "step"])
def test_one_that_hangs_is_ended_and_told_with_its_last_lines(model, kept, monkeypatch, at) -> None:
    monkeypatch.setenv("FAKE_VLLM", f"hang-{at}")

    def lose_patience() -> None:
        monkeypatch.setattr(engines, "MOST_SILENCE", 0.1)

    def look() -> None:
        engine = kept._engine
        if engine is not None and b"20 %" in engine._processes[0]._unfinished:
            lose_patience()

    job = CollectedJob(request(), look)
    if at == "start":
        lose_patience()
    else:
        engine = kept.get(model, VllmSettings(PYTHON), stored_weights(model), model.max_positions, job)
        assert engine.alive
    told = refusal(model, kept, job)
    assert told.startswith("vLLM: it hangs: its process has given no sign of life for 10 minutes; ")
    assert told.endswith("  | a line that vLLM prints\n  | 20 %" if at == "step" else "it printed nothing")


def test_the_program_says_that_it_lives_while_rows_are_silent(folder, monkeypatch) -> None:
    program = vllm_program(monkeypatch)
    monkeypatch.setattr(program, "SECONDS_BETWEEN_SIGNS", 0)
    inbox, said = queue.SimpleQueue(), []
    inbox.put(
        {"model": folder, "dtype": "float32", "positions": 64, "tensorParallel": 1, "memoryShare": None}
        | {"slots": None, "eager": True}
    )
    common = {"temperature": 1.0, "topP": 1.0, "stopIds": [], "stream": False}
    inbox.put({"type": "add", "prompts": [[0, 9]], "rows": [[0, 0, 1, 5]], **common})

    def send(message: dict) -> None:
        said.append(message["type"])
        if message["type"] == "done":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        program.serve(inbox, send, [])
    assert said == ["hello", "ready", *["alive"] * 5, "done"]


def test_a_model_that_it_does_not_take_is_told_in_its_own_words_once(model, kept, monkeypatch) -> None:
    monkeypatch.setenv("FAKE_VLLM", "refuse")
    behind = CollectedJob(request(seed=2))
    waiting = [behind]
    with pytest.raises(WorkerError) as raised:
        sampler(model, kept).sample(CollectedJob(request()), lambda: waiting.pop(0) if waiting else None)
    told = "vLLM: cannot load the model: ValueError: Model architectures ['Odd'] are not supported."
    assert str(raised.value) == told
    assert str(behind.error) == told


def test_the_reason_that_a_process_of_vllm_s_own_printed_is_told(model, kept, monkeypatch) -> None:
    monkeypatch.setenv("FAKE_VLLM", "engine-core")
    assert refusal(model, kept) == "vLLM: cannot load the model: ValueError: No available memory."


def test_a_python_without_it_or_none_at_all(model, kept, tmp_path, monkeypatch) -> None:
    missing = str(tmp_path / "python")
    told = f"vLLM: its Python cannot be started: {missing}: No such file or directory"
    assert refusal(model, kept, python=missing) == told
    monkeypatch.setenv("FAKE_VLLM_IN", str(tmp_path))
    told = "vLLM: vLLM cannot be imported: ModuleNotFoundError: No module named 'vllm'"
    assert refusal(model, kept) == told
    monkeypatch.setenv("FAKE_VLLM_IN", str(FAKE / "broken"))
    assert "ImportError: libcudart.so.12: cannot open shared object file" in refusal(model, kept)


@pytest.mark.parametrize(("platform", "does"), [("cuda", "runs on cuda"), ("", "finds no device")])
def test_one_for_another_device_is_refused(model, kept, monkeypatch, platform, does) -> None:
    monkeypatch.setenv("FAKE_VLLM_PLATFORM", platform)
    told = refusal(model, kept)
    assert does in told and told.endswith("the worker's model is on cpu (worker.device)")


def test_weights_that_lie_nowhere_are_refused(folder) -> None:
    changed = adapted.load(folder)
    changed.weights_changed()
    with pytest.raises(WorkerError, match="these were made or trained here and lie in none"):
        stored_weights(changed)
    changed = adapted.load(folder)
    changed.source = "organisation/name"
    with pytest.raises(WorkerError, match="'organisation/name' is none"):
        stored_weights(changed)


def test_a_temperature_that_it_would_change_in_silence_is_refused(model) -> None:
    settings = {"model": "m", "prompts": [], "max_new_tokens": 1, "top_p": 1.0, "seed": 0}
    asked = GenerateParams(**settings, temperature=0.005, vllm=VllmParams(python=PYTHON))
    with pytest.raises(WorkerError, match=r"no temperature below 0\.01 but 0, and would raise 0\.005"):
        sampler_for(asked, model)
    assert isinstance(sampler_for(replace(asked, temperature=0.0), model), VllmSampler)


def test_a_cancellation_while_it_starts_ends_it(model, kept, monkeypatch, tmp_path) -> None:
    log = tmp_path / "engines"
    monkeypatch.setenv("FAKE_VLLM_LOG", str(log))

    def cancelled() -> None:
        raise Cancelled

    job = CollectedJob(request(), cancelled)
    sampler(model, kept).sample(job, lambda: None)
    assert isinstance(job.error, Cancelled)
    for line in log.read_text().splitlines() if log.exists() else ():
        wait_until(lambda line=line: not running(int(line.split()[0])))


def test_it_ends_with_a_worker_that_is_killed(model, tmp_path, monkeypatch) -> None:
    log = tmp_path / "engines"
    monkeypatch.setenv("FAKE_VLLM_LOG", str(log))

    def hold_an_engine() -> None:
        engine = KeptEngine().get(
            model, VllmSettings(PYTHON), stored_weights(model), model.max_positions, CollectedJob(request())
        )
        while engine.alive:
            time.sleep(60)

    worker = multiprocessing.get_context("fork").Process(target=hold_an_engine)
    worker.start()
    wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
    process = int(log.read_text().split()[0])
    assert running(process)
    worker.kill()
    worker.join()
    wait_until(lambda: not running(process))


class FakeCuda:
    """Two GPUs of 80 GiB, of which the first has 60 free."""

    free = (60 * 2**30, 70 * 2**30)

    def __init__(self, monkeypatch) -> None:
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
        monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda at: (self.free[at], 80 * 2**30))


def test_each_copy_has_gpus_of_its_own_and_the_share_of_memory_that_is_free(monkeypatch) -> None:
    FakeCuda(monkeypatch)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,GPU-5f")
    first = torch.device("cuda", 0)
    parts, share = parts_of(first, VllmSettings("python", data_parallel=2))
    assert parts == [{"CUDA_VISIBLE_DEVICES": "3"}, {"CUDA_VISIBLE_DEVICES": "GPU-5f"}]
    assert share == 0.65  # (60 - 8) / 80
    parts, share = parts_of(first, VllmSettings("python", tensor_parallel=2, memory_share=0.4))
    assert (parts, share) == ([{"CUDA_VISIBLE_DEVICES": "3,GPU-5f"}], 0.4)
    parts, share = parts_of(torch.device("cuda", 1), VllmSettings("python"))
    assert (parts, share) == ([{"CUDA_VISIBLE_DEVICES": "GPU-5f"}], 0.77)  # (70 - 8) / 80, rounded down


def test_too_few_gpus_and_too_little_memory_are_told_in_numbers(monkeypatch) -> None:
    FakeCuda(monkeypatch)
    with pytest.raises(WorkerError) as raised:
        parts_of(torch.device("cuda", 1), VllmSettings("python", tensor_parallel=2))
    told = "tensorParallel 2 x dataParallel 1 takes 2 GPUs from cuda:1 on; there are 2"
    assert str(raised.value) == f"vLLM: {told}"
    monkeypatch.setattr(FakeCuda, "free", (9 * 2**30, 70 * 2**30))
    with pytest.raises(WorkerError, match=r"9\.0 of 80\.0 GiB of the GPU are free"):
        parts_of(torch.device("cuda", 0), VllmSettings("python"))


REAL = os.environ.get("AFT_VLLM_PYTHON", "")
needs_vllm = pytest.mark.skipif(not REAL, reason="AFT_VLLM_PYTHON names no Python that has vLLM")


@needs_vllm
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_real_one_samples_what_the_model_scores(kept, tmp_path, dtype) -> None:
    # a head of 32: the narrowest that vLLM takes on a CPU
    sizes = {"hidden_size": 64, "num_attention_heads": 2, "num_key_value_heads": 1, "initializer_range": 0.2}
    folder = adapted.base_folder(tmp_path / "model", getattr(torch, dtype), **sizes)
    model = load_model(folder, dtype=dtype, device="cpu")
    real = VllmSampler(
        model, VllmSettings(REAL), StoredWeights(model.digest(), lambda scratch: Path(folder)), kept
    )
    first, again = (collect(real, CollectedJob(request(prompts(range(6))))) for _ in range(2))
    by_key = {(one.question_id, one.index): one for one in first}
    assert ids(by_key) == {(one.question_id, one.index): one.token_ids for one in again}
    assert len({tuple(one.token_ids) for one in first}) > len(TEXTS)
    eos = model.tokenizer.eos_ids
    for one in first:
        assert one.finish == ("stop" if one.token_ids[-1] in eos else "length")
        assert not set(one.token_ids[:-1]) & eos
    cut = collect(real, CollectedJob(request(prompts(range(6)), stop=["e", "1"])))
    for one in cut:
        free = by_key[one.question_id, one.index].text
        at = min((at for at in map(free.find, "e1") if at >= 0), default=None)
        assert one.text == (free if at is None else free[:at])
