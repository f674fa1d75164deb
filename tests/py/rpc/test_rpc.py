"""The worker's own side of the bridge: framing, the loop's order, bad numbers, bad params, failures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aft_worker import protocol as p
from aft_worker.errors import WorkerError, real
from aft_worker.handlers import handler_of
from aft_worker.rpc.engine import Engine
from aft_worker.rpc.failures import worker_error
from aft_worker.rpc.finite import name_non_finite
from aft_worker.rpc.loop import FrameError, frame, read_frame
from aft_worker.rpc.params import decode_params

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT / "py"), str(ROOT / "tests" / "py")]),
    "AFT_HANDLERS": "fake_handlers",
}
HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocolVersion":1}}'
SHUTDOWN = b'{"jsonrpc":"2.0","id":99,"method":"shutdown","params":{}}'


def converse(data: bytes) -> tuple[list[Any], int, str]:
    """What a worker answers to these bytes and the end of its input."""
    done = subprocess.run(
        [sys.executable, "-m", "aft_worker"], input=data, capture_output=True, env=ENVIRONMENT, timeout=60
    )
    stream = BytesIO(done.stdout)
    answers = []
    while (body := read_frame(stream)) is not None:
        answers.append(json.loads(body))
    return answers, done.returncode, done.stderr.decode()


def engine(arriving: list[list[str]]) -> tuple[Engine, list[Any]]:
    """An engine that finds one list of messages at each poll."""
    sent: list[Any] = []
    engine = Engine(
        lambda body: sent.append(json.loads(body)), lambda: arriving.pop(0) if arriving else (), handler_of
    )
    return engine, sent


def message(identity: int, method: str, **params: Any) -> str:
    return json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params})


def generate(identity: int, seed: int = 0) -> str:
    prompts = [{"id": "q", "prompt": "p", "indices": [0]}]
    return message(
        identity,
        "generate",
        model="m",
        prompts=prompts,
        maxNewTokens=1,
        temperature=1,
        topP=1,
        seed=seed,
    )


def answers(sent: list[Any]) -> list[Any]:
    return [(one["id"], one.get("error", {}).get("message", "done")) for one in sent if "id" in one]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "py"))
    monkeypatch.setenv("AFT_HANDLERS", "fake_handlers")


def test_garbage_is_answered_and_the_next_message_too() -> None:
    found, code, _ = converse(frame(b"\xff not JSON {") + frame(HELLO) + frame(SHUTDOWN))
    assert [(one["id"], one.get("error", {}).get("code")) for one in found] == [
        (None, p.ERRORS["ParseError"]),
        (1, None),
        (99, None),
    ]
    assert found[1]["result"]["protocolVersion"] == p.PROTOCOL_VERSION
    assert code == 0


def test_garbage_in_the_embedded_worker_is_answered_and_the_next_message_too(fake: None) -> None:
    from aft_worker import embedded

    found = json.loads(embedded.dispatch(json.dumps(["not JSON {", HELLO.decode()]), lambda text: "[]"))
    assert [(one["id"], one.get("error", {}).get("code")) for one in found] == [
        (None, p.ERRORS["ParseError"]),
        (1, None),
    ]


def test_every_method_of_the_protocol_has_its_handler() -> None:
    from aft_worker.handlers import catalogue, process

    assert set(process.METHODS).isdisjoint(catalogue.METHODS)
    assert set(process.METHODS) | set(catalogue.METHODS) == set(p.METHODS)
    assert {name for name, method in p.METHODS.items() if method.immediate} <= set(process.METHODS)


def test_a_stream_without_frames_ends_the_worker_with_a_word_about_it() -> None:
    found, code, stderr = converse(b"GET / HTTP/1.1\r\n\r\n")
    assert (found, code) == ([], 1)
    assert "aft_worker: a message without a Content-Length header" in stderr


def test_hello_is_answered_without_torch() -> None:
    program = (
        "import sys; sys.argv = ['aft_worker']; import aft_worker.embedded as e;"
        f"e.dispatch({json.dumps(json.dumps([HELLO.decode()]))}, lambda text: '[]');"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, timeout=60).returncode == 0


def test_the_end_of_the_input_ends_a_computation_that_would_go_on() -> None:
    found, code, _ = converse(frame(HELLO) + frame(generate(2, seed=10**7).encode()))
    assert ([one["id"] for one in found if "id" in one], code) == ([1], 0)


def test_frames_may_come_in_pieces_and_with_other_headers() -> None:
    data = (
        b"Content-Type: application/json\r\ncontent-length: 2\r\n\r\n{}" + frame("é".encode()) + b"Content-Le"
    )
    stream = BytesIO(data)
    assert [read_frame(stream), read_frame(stream), read_frame(stream)] == [b"{}", "é".encode(), None]
    with pytest.raises(FrameError):
        read_frame(BytesIO(b"A: b\r\n\r\n"))


def test_immediate_methods_overtake_and_the_rest_keep_their_order(fake: None) -> None:
    tested, sent = engine(
        [[], [message(3, "model/digest", model="m"), message(4, "hello", protocolVersion=1)]]
    )
    tested.receive(generate(1))
    tested.receive(message(2, "model/digest", model="m"))
    tested.run()
    assert answers(sent) == [(4, "done"), (1, "done"), (2, "done"), (3, "done")]


def test_a_queued_request_that_is_cancelled_never_runs(fake: None) -> None:
    cancel = json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}})
    tested, sent = engine([[], [cancel]])
    tested.receive(generate(1))
    tested.receive(generate(2, seed=60_000))
    tested.run()
    assert answers(sent) == [(2, "generate was cancelled before it began"), (1, "done")]


def test_a_running_request_is_cancelled_when_it_looks(fake: None) -> None:
    cancel = json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1}})
    tested, sent = engine([[], [cancel]])
    tested.receive(generate(1, seed=60_000))
    tested.receive(generate(2))
    tested.run()
    assert answers(sent) == [(1, "generate was cancelled"), (2, "done")]


def test_a_cancellation_that_comes_too_late_or_is_malformed_changes_nothing(fake: None) -> None:
    tested, sent = engine([])
    tested.receive(generate(1))
    tested.run()
    tested.receive(json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1}}))
    tested.receive(json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {}}))
    tested.receive(generate(2))
    tested.run()
    assert answers(sent) == [(1, "done"), (2, "done")]


def handled(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    import fake_handlers

    monkeypatch.setitem(fake_handlers.METHODS, "generate", handler)


def result(candidates: int) -> p.GenerateResult:
    sampler = p.SamplerInfo(name="transformers", version="0", slots=1, step="plain")
    return p.GenerateResult(candidates=candidates, tokens=0, seconds=0.0, digest="d", sampler=sampler)


def test_a_handler_takes_the_requests_behind_it_along(fake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, up to one that it does not accept or that is of another method; each is answered
    once."""
    served = []

    def serve(params: p.GenerateParams, context: Any) -> None:
        taken = [(params, context)]
        while (more := context.next_alike(lambda other: other.seed < 10)) is not None:
            taken.append(more)
        served.append([one.seed for one, _ in taken])
        for one, own in reversed(taken):
            own.progress(p.GenerateProgress(candidates=[], done=0, total=1, tokens=one.seed))
            own.answer(result(one.seed))

    handled(monkeypatch, serve)
    tested, sent = engine([])
    for body in (generate(1, seed=1), generate(2, seed=2), generate(3, seed=3), generate(4, seed=20)):
        tested.receive(body)
    tested.receive(message(5, "model/digest", model="m"))
    tested.receive(generate(6, seed=4))
    tested.run()
    assert served == [[1, 2, 3], [20], [4]]
    assert answers(sent) == [(number, "done") for number in (3, 2, 1, 4, 5, 6)]
    told = [(one["params"]["token"], one["params"]["value"]["tokens"]) for one in sent if "params" in one]
    assert told == [(3, 3), (2, 2), (1, 1), (4, 20), (6, 4)]


def test_a_request_that_was_taken_along_is_cancelled_alone(
    fake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel = json.dumps({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 2}})

    def serve(params: p.GenerateParams, context: Any) -> p.GenerateResult:
        _, other = context.next_alike(lambda params: True)
        for one in (context, other):
            try:
                one.check_cancelled()
            except Exception as error:
                one.fail(error)
        return result(1)

    handled(monkeypatch, serve)
    tested, sent = engine([[], [], [cancel]])
    tested.receive(generate(1))
    tested.receive(generate(2))
    tested.run()
    assert answers(sent) == [(2, "generate was cancelled"), (1, "done")]


def test_what_was_taken_along_ends_with_the_handler_that_took_it(
    fake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(params: p.GenerateParams, context: Any) -> p.GenerateResult:
        context.next_alike(lambda params: True)
        if params.seed:
            raise MemoryError
        return result(1)

    handled(monkeypatch, serve)
    tested, sent = engine([])
    for number, seed in enumerate((1, 0, 0, 0), 1):
        tested.receive(generate(number, seed=seed))
    tested.run()
    left = "RuntimeError: generate ended and left this one unanswered"
    assert answers(sent) == [(1, "out of memory"), (2, "out of memory"), (3, "done"), (4, left)]


def test_the_request_behind_is_seen_and_stays_in_the_queue(
    fake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def serve(params: p.GenerateParams, context: Any) -> p.GenerateResult:
        upcoming = context.upcoming()
        seen.append((params.seed, upcoming and upcoming.seed))
        return result(1)

    handled(monkeypatch, serve)
    tested, sent = engine([])
    bad = message(3, "generate", model=7)
    for body in (generate(1, seed=1), generate(2, seed=2), bad, generate(4, seed=4)):
        tested.receive(body)
    tested.receive(message(5, "model/digest", model="m"))
    tested.run()
    # params that are no good are told when their turn comes
    assert seen == [(1, 2), (2, None), (4, None)]
    assert [number for number, _ in answers(sent)] == [1, 2, 3, 4, 5]


def test_progress_of_another_type_is_refused(fake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    import fake_handlers

    monkeypatch.setitem(
        fake_handlers.METHODS, "generate", lambda params, context: context.progress(p.Nothing())
    )
    tested, sent = engine([])
    tested.receive(generate(1))
    tested.run()
    assert answers(sent) == [(1, "TypeError: progress must be GenerateProgress, not Nothing")]


def test_real_names_what_is_not_finite() -> None:
    assert real(1.5) == 1.5
    assert [real(float(x)) for x in ("nan", "inf", "-inf")] == [
        p.NonFinite(finite=False, value=x) for x in ("nan", "inf", "-inf")
    ]


def test_name_non_finite_leaves_finite_messages_alone_and_names_fields_deep_inside() -> None:
    result = p.ScoreResult(
        groups=[
            p.ScoredGroup(
                id="q", scores=[p.Score(logprob=-1.0, tokens=1, token_logprobs=[-1.0, float("nan")])]
            )
        ],
        tokens=1,
        seconds=1.0,
    )
    name_non_finite(result)
    nan = p.NonFinite(finite=False, value="nan")
    assert result.groups[0].scores == [p.Score(logprob=-1.0, tokens=1, token_logprobs=[-1.0, nan])]
    assert b"null" not in msgspec.json.encode(result)
    result.seconds = float("inf")
    with pytest.raises(WorkerError, match="inf for /seconds") as caught:
        name_non_finite(result)
    assert caught.value.data == p.InternalErrorData(pointer="/seconds")


def test_every_type_of_the_protocol_can_be_decoded() -> None:
    for name, method in p.METHODS.items():
        for part in (method.params, method.result, method.progress):
            msgspec.json.Decoder(part)
            assert issubclass(part, msgspec.Struct), name
    assert set(p.ERRORS) == set(p.ERROR_DATA)


def test_a_union_is_told_by_its_tag() -> None:
    with pytest.raises(WorkerError) as caught:
        decode_params(
            "train/begin",
            b'{"model":"m","optimizer":{"learningRate":1,"betas":[0.9,0.9],"epsilon":1,"weightDecay":0,"clipNorm":0},'
            b'"schedule":{"shape":"cosine","totalSteps":1,"warmupSteps":0,"minimumRatio":0},'
            b'"loss":{"kind":"aligment"},"seed":1,"maxTokensPerBatch":1}',
        )
    assert caught.value.data == p.InvalidParamsData(pointer="/loss/kind", found='"aligment"')


@pytest.mark.parametrize(
    ("error", "name", "errno"),
    [
        (OSError(28, "No space left on device"), "WriteFailed", "ENOSPC"),
        (PermissionError(13, "Permission denied", "/models/x"), "WriteFailed", "EACCES"),
        (Exception("No space left on device (os error 28)"), "WriteFailed", "ENOSPC"),
        (RuntimeError("[enforce fail] PytorchStreamWriter failed writing file data/1"), "WriteFailed", "EIO"),
        (FileNotFoundError(2, "No such file"), "InternalError", None),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"), "OutOfMemory", None),
    ],
)
def test_foreseeable_failures_have_their_own_names(
    error: Exception, name: str, errno: str | None, tmp_path: Path
) -> None:
    found = worker_error(error, p.ModelSaveParams(model="m", directory=str(tmp_path)))
    assert found.name == name
    if errno:
        assert found.data.errno == errno  # type: ignore[attr-defined]
        assert found.data.path == (getattr(error, "filename", None) or str(tmp_path))  # type: ignore[attr-defined]
