"""The methods as the engine calls them: handles, progress, digests, a run from tokenizer to trained model."""

from __future__ import annotations

import gc
import json
import weakref

import msgspec
import pytest
import tiny
from aft_worker import protocol as p
from aft_worker.errors import Cancelled, WorkerError
from aft_worker.handlers import catalogue, handler_of, registries
from aft_worker.rpc import CandidateReporter, CountReporter, Engine, Registry
from aft_worker.train import batches, trainer

TEXTS = ["Ann has 3 pens and 4 figs . How many ?", "3 + 4 = 7 ; #### 7"]
GREEDY = {"max_new_tokens": 4, "temperature": 0.0, "top_p": 1.0, "seed": 0}


class FakeContext:
    """Keeps what is reported and answered; `cancel_after` looks at the cancellation it is cancelled; `queued`
    are the requests behind it, params and context each."""

    def __init__(self, cancel_after: int | None = None, queued: tuple = ()) -> None:
        self.told: list = []
        self.looks = 0
        self.answered = None
        self._cancel_after = cancel_after
        self._queued = list(queued)

    def progress(self, value) -> None:
        self.told.append(value)

    def check_cancelled(self) -> None:
        self.looks += 1
        if self._cancel_after is not None and self.looks > self._cancel_after:
            raise Cancelled

    def apart(self):
        return self

    def upcoming(self):
        return self._queued[0][0] if self._queued else None

    def next_alike(self, accepts):
        return self._queued.pop(0) if self._queued and accepts(self._queued[0][0]) else None

    def answer(self, result) -> None:
        self.answered = result

    def fail(self, error) -> None:
        self.answered = error


def call(method: str, context: FakeContext | None = None, **params):
    """Calls a method with params in the protocol's spelling; what it answers must be of the protocol too."""
    context = context or FakeContext()
    decoded = msgspec.convert(params, p.METHODS[method].params)
    result = catalogue.METHODS[method](decoded, context)
    result = context.answered if result is None else result
    if isinstance(result, Exception):
        raise result
    assert isinstance(result, p.METHODS[method].result)
    return result


@pytest.fixture
def tokenizer(tmp_path):
    call("tokenizer/train", kind="words", texts=TEXTS, directory=str(tmp_path / "tokenizer"))
    return str(tmp_path / "tokenizer")


@pytest.fixture
def model(tokenizer):
    info = call(
        "model/create",
        **{"architecture": "llama", "hiddenSize": 16, "intermediateSize": 32, "layers": 2, "heads": 2},
        **{"maxPositions": 64, "tieEmbeddings": True, "initStd": 0.3, "tokenizer": tokenizer, "seed": 1},
        **{"dtype": "auto", "device": "cpu", "attention": "auto"},
    )
    yield info
    if info.model in dict(registries.models.items()):
        call("model/unload", model=info.model)


def begin(model: p.ModelInfo, **params) -> p.TrainBeginResult:
    return call(
        "train/begin",
        model=model.model,
        optimizer=msgspec.to_builtins(tiny.optimizer()),
        schedule=msgspec.to_builtins(tiny.schedule()),
        seed=0,
        maxTokensPerBatch=512,
        **{"loss": {"kind": "vft"}, **params},
    )


def step(run: str, number: int) -> p.StepMetrics:
    response = {"text": TEXTS[1], "target": True}
    return call(
        "train/step",
        run=run,
        step=number,
        groups=[{"id": "q", "prompt": TEXTS[0], "responses": [response]}],
    )


def test_every_method_of_the_protocol_has_its_handler():
    assert set(catalogue.METHODS) == set(p.METHODS) - {"hello", "device/memory", "folder/check", "shutdown"}


def test_from_tokenizer_to_trained_model(model, tmp_path):
    run = begin(model)
    assert run.step == 0
    losses = [step(run.run, number).loss.total for number in range(1, 16)]
    assert losses[-1] < losses[0] / 2
    assert call("train/save", run=run.run, directory=str(tmp_path / "state")).step == 15
    ended = call("train/end", run=run.run)
    assert ended.step == 15
    assert ended.digest == call("model/digest", model=model.model).digest != model.digest
    saved = call("model/save", model=model.model, directory=str(tmp_path / "trained"))
    assert saved.digest == ended.digest
    again = call("model/load", source=str(tmp_path / "trained"), dtype="auto", device="cpu", attention="auto")
    assert again.digest == ended.digest
    assert again.tokenizer_digest == model.tokenizer_digest
    call("model/unload", model=again.model)


def test_how_rows_lay_is_told_at_the_end_where_that_was_a_question(model, monkeypatch):
    run = begin(model)
    step(run.run, 1)
    assert call("train/end", run=run.run).rows is None
    monkeypatch.setattr(trainer, "choose_layout", lambda *settings: "packed rows (twice as fast)")
    run = begin(model)
    step(run.run, 1)
    assert call("train/end", run=run.run).rows == "packed rows (twice as fast)"


def test_a_run_that_goes_on_from_its_state_ends_with_the_same_weights(model, tokenizer, tmp_path):
    call("model/save", model=model.model, directory=str(tmp_path / "start"))
    whole = begin(model)
    for number in (1, 2, 3, 4):
        step(whole.run, number)
        if number == 2:
            call("train/save", run=whole.run, directory=str(tmp_path / "state"))
    expected = call("train/end", run=whole.run).digest
    fresh = call("model/load", source=str(tmp_path / "start"), dtype="auto", device="cpu", attention="auto")
    resumed = begin(fresh, resumeFrom=str(tmp_path / "state"))
    assert resumed.step == 2
    assert call("model/digest", model=fresh.model).digest not in (fresh.digest, expected)
    for number in (3, 4):
        step(resumed.run, number)
    assert call("train/end", run=resumed.run).digest == expected
    call("model/unload", model=fresh.model)


RANKED = [
    {"text": TEXTS[1], "target": True, "reference": True},
    {"text": "7", "target": False, "label": "positive", "rank": 1, "reward": 1.5, "referenceLogprob": -4.0},
    {"text": "3 + 4", "target": False, "label": "negative", "rank": 2, "reward": 0, "referenceLogprob": -7.5},
    {"text": "4", "target": False, "label": "negative", "rank": 3, "reward": -1, "referenceLogprob": -3.0},
]
GROUP_LOSSES = [
    {"kind": "alignment", "constraint": "detached", "weight": 1, "detachBoundary": True},
    {"kind": "alignment", "constraint": "boundary", "weight": 1, "detachBoundary": True, "beta": 0.1},
    {"kind": "rrhf", "constraint": "boundary", "weight": 1, "vftWeight": 1, "beta": 0.1},
    {"kind": "pro", "constraint": "none", "weight": 1, "vftWeight": 0.05},
    {"kind": "dpo", "constraint": "detached", "weight": 1, "vftWeight": 0, "dpoBeta": 0.1},
]


@pytest.mark.parametrize("loss", GROUP_LOSSES, ids=lambda loss: f"{loss['kind']} {loss['constraint']}")
def test_a_step_of_every_group_loss_in_the_protocols_own_words(model, loss):
    run = begin(model, loss=loss)
    groups = [{"id": "q", "prompt": TEXTS[0], "responses": RANKED}]
    found = call("train/step", run=run.run, step=1, groups=groups)
    assert found.paired_groups == 1
    expected = loss.get("vftWeight", 1) * found.loss.vft + found.loss.alignment
    assert found.loss.total == pytest.approx(expected)
    assert found.loss.alignment > 0
    assert found.mean_reference == found.mean_target
    assert found.margin == pytest.approx(found.mean_positive - found.mean_negative)
    assert found.assessment_accuracy in (0, 1 / 3, 2 / 3, 1)
    assert (found.mean_boundary is None) == ("beta" not in loss)


def test_a_step_names_the_field_that_its_loss_lacks(model):
    run = begin(model, loss=GROUP_LOSSES[-1])
    lacking = [{k: v for k, v in one.items() if k != "referenceLogprob"} for one in RANKED]
    with pytest.raises(WorkerError, match=r"^q: DPO needs every ranked response's log-probability") as raised:
        call(
            "train/step", run=run.run, step=1, groups=[{"id": "q", "prompt": TEXTS[0], "responses": lacking}]
        )
    assert raised.value.data.pointer == "/groups/0/responses/1/referenceLogprob"
    without = {key: value for key, value in GROUP_LOSSES[2].items() if key != "beta"}
    with pytest.raises(WorkerError, match=r"^the boundary constraint needs beta") as raised:
        begin(model, loss=without)
    assert raised.value.data.pointer == "/loss/beta"


def test_generate_hands_every_candidate_over_once_and_names_the_weights(model):
    context = FakeContext()
    asked = [{"id": f"q{n}", "prompt": TEXTS[0], "indices": [0, 3]} for n in range(5)]
    settings = {**GREEDY, "temperature": 1.0, "slots": 3}
    params = {camel(key): value for key, value in settings.items()}
    result = call("generate", context, model=model.model, prompts=asked, **params)
    found = [one for told in context.told for one in told.candidates]
    assert sorted((one.question_id, one.index) for one in found) == [
        (f"q{n}", i) for n in range(5) for i in (0, 3)
    ]
    assert result.candidates == 10
    assert result.tokens == sum(one.tokens for one in found)
    assert result.digest == model.digest
    last = context.told[-1]
    assert (last.done, last.total, last.tokens) == (10, 10, result.tokens)


def test_candidates_finished_before_a_cancellation_are_handed_over(model):
    context = FakeContext(cancel_after=2)
    asked = [{"id": f"q{n}", "prompt": TEXTS[0], "indices": [0]} for n in range(9)]
    params = {camel(key): value for key, value in {**GREEDY, "slots": 2}.items()}
    with pytest.raises(Cancelled):
        call("generate", context, model=model.model, prompts=asked, **params)
    # a look every eight steps, and at most four tokens a sample
    found = [one for told in context.told for one in told.candidates]
    assert 2 <= len(found) < 9


def test_generate_serves_what_is_queued_behind_it_and_differs_in_prompts_and_seed_alone(model):
    def params(name, **settings):
        asked = [{"id": f"{name}{n}", "prompt": TEXTS[0], "indices": [0, 1]} for n in range(3)]
        usual = {**GREEDY, "temperature": 1.0, "slots": 2, **settings}
        return {"model": model.model, "prompts": asked} | {camel(key): usual[key] for key in usual}

    def decoded(name, **settings):
        return msgspec.convert(params(name, **settings), p.METHODS["generate"].params)

    def found(context):
        return {
            (one.question_id, one.index): one.token_ids for told in context.told for one in told.candidates
        }

    alone = FakeContext()
    call("generate", alone, **params("b", seed=7))
    beside, other = FakeContext(), FakeContext()
    first = FakeContext(queued=((decoded("b", seed=7), beside), (decoded("c", top_p=0.5), other)))
    result = call("generate", first, **params("a"))
    assert (result.candidates, beside.answered.candidates) == (6, 6)
    assert {key[0] for key in found(first)} == {"a0", "a1", "a2"}
    assert found(beside) == found(alone)
    # another top-p is another sampling: it stays in the queue
    assert other.answered is None and other.told == []
    assert first.upcoming() is not None


def test_score_gives_tokens_only_when_asked(model):
    group = {
        "id": "q",
        "prompt": TEXTS[0],
        "responses": [{"text": TEXTS[1]}, {"text": "7", "finish": "length"}],
    }
    context = FakeContext()
    plain = call("score", context, model=model.model, groups=[group], maxTokensPerBatch=512)
    told = call("score", model=model.model, groups=[group], maxTokensPerBatch=512, perToken=True)
    assert [(told.done, told.total) for told in context.told] == [(2, 2)]
    assert context.looks > 0
    # 3, +, 4, =, 7, ;, ####, 7 and </s>; 7 alone
    assert [one.tokens for one in plain.groups[0].scores] == [9, 1]
    for one, other in zip(plain.groups[0].scores, told.groups[0].scores, strict=True):
        assert one.token_ids is None and one.token_logprobs is None
        assert other.logprob == one.logprob
        assert len(other.token_ids) == len(other.token_logprobs) == other.tokens
        assert sum(other.token_logprobs) == pytest.approx(other.logprob, abs=1e-5)
    assert [one.token_texts for one in plain.groups[0].scores] == [None, None]
    assert told.groups[0].scores[0].token_texts == ["3", " +", " 4", " =", " 7", " ;", " ####", " 7", "</s>"]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("model/digest", {"model": "model-0"}),
        ("model/unload", {"model": "model-0"}),
        ("train/end", {"run": "run-0"}),
        ("train/save", {"run": "run-0", "directory": "/nowhere"}),
    ],
)
def test_an_unknown_handle_is_named_with_its_pointer(method, params):
    kind, handle = next(iter(params.items()))
    with pytest.raises(WorkerError) as raised:
        call(method, **params)
    assert raised.value.name == "UnknownHandle"
    assert raised.value.data.handle == handle
    assert raised.value.data.pointer == f"/{kind}"


def test_a_registry_says_what_it_holds():
    registry: Registry[str] = Registry("model")
    with pytest.raises(WorkerError, match=r"^there is no model 'model-1' \(no model is held\)$"):
        registry.get("model-1")
    assert [registry.add("a"), registry.add("b")] == ["model-1", "model-2"]
    assert registry.remove("model-1") == "a"
    assert registry.add("c") == "model-3"
    with pytest.raises(WorkerError) as raised:
        registry.get("modell-3")
    assert str(raised.value) == (
        "there is no model 'modell-3' (held: model-2, model-3; did you mean 'model-3'?)"
    )


def test_a_resume_that_is_refused_holds_no_run_and_leaves_the_model(model, tmp_path):
    before = registries.runs.items()
    with pytest.raises(WorkerError, match="it is not the training state that was written"):
        begin(model, resumeFrom=str(tmp_path / "absent"))
    assert registries.runs.items() == before
    assert call("model/digest", model=model.model).digest == model.digest


def test_requests_that_fail_leave_no_handles(model, tmp_path):
    before = registries.models.items()
    with pytest.raises(WorkerError):
        call("model/load", source=str(tmp_path), dtype="auto", device="cpu", attention="auto")
    assert registries.models.items() == before
    group = {"id": "q", "prompt": TEXTS[0], "responses": [{"text": "7", "tokenIds": [10**6]}]}
    with pytest.raises(WorkerError, match="do not spell its text") as raised:
        call("score", model=model.model, groups=[group], maxTokensPerBatch=512)
    assert raised.value.data.pointer == "/groups/0/responses/0/tokenIds"


def test_unloading_frees_the_model_and_the_runs_that_train_it(model):
    run = begin(model)
    step(run.run, 1)
    weights = weakref.ref(registries.models.get(model.model).module)
    call("model/unload", model=model.model)
    gc.collect()
    assert weights() is None
    with pytest.raises(WorkerError, match=f"there is no run '{run.run}'"):
        step(run.run, 2)


def test_an_error_of_a_handler_travels_with_its_code_and_data(monkeypatch, tmp_path):
    monkeypatch.setenv("AFT_HANDLERS", "aft_worker.handlers.catalogue")
    sent: list[bytes] = []
    engine = Engine(sent.append, lambda: [], handler_of)
    source = str(tmp_path / "absent")
    params = {"source": source, "dtype": "auto", "device": "cpu", "attention": "auto"}
    engine.receive(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "model/load", "params": params}))
    engine.run()
    error = json.loads(sent[0])["error"]
    assert error["code"] == -32002
    assert error["message"] == f"cannot load {source!r}: there is no such folder"
    assert error["data"] == {"pointer": "/source", "source": source}


def test_counts_are_told_five_times_a_second_and_at_the_end():
    now = 0.0
    context = FakeContext()
    report = CountReporter(context, clock=lambda: now)
    for done in range(1, 1001):
        now = done / 64
        report(done, 1000, 2 * done)
    # 0.2 s are 12.8 of these steps: steps 1, 14, 27, ... 989, and the last
    assert [told.done for told in context.told] == [*range(1, 1001, 13), 1000]
    assert context.told[-1].tokens == 2000


def test_a_note_is_told_at_once_with_the_latest_counts():
    context = FakeContext()
    report = CountReporter(context, clock=lambda: 0.0)
    report(1, 9, 2)
    report(3, 9, 6)
    report.note("memory ran out")
    assert context.told[-1] == p.ProgressCount(done=3, total=9, tokens=6, note="memory ran out")
    assert len(context.told) == 2


def test_candidates_are_held_back_but_never_dropped():
    now = 0.0
    context = FakeContext()
    reporter = CandidateReporter(context, 1000, clock=lambda: now)
    one = p.SampledCandidate(
        question_id="q", index=0, text="", token_ids=[1], finish="stop", logprob=-1, tokens=1
    )
    for number in range(1, 1001):
        now = number / 64
        reporter.add([one])
    assert [told.done for told in context.told] == list(range(1, 1001, 13))
    assert sum(len(told.candidates) for told in context.told) == 989
    # the next look at a cancellation comes much later: it hands over what waits
    now += 1
    reporter.check_cancelled()
    assert sum(len(told.candidates) for told in context.told) == 1000
    assert context.looks == 1
    reporter.add([one])
    reporter.note("a start")
    assert context.told[-1].note == "a start" and len(context.told[-1].candidates) == 1
    assert context.told[-2].note is None
    told = len(context.told)
    reporter.flush()
    assert len(context.told) == told


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def test_a_step_prepares_the_next_of_its_own_run_alone(model, monkeypatch):
    prepared = []
    prepare = batches.prepare

    def noting(model, groups, *rest):
        prepared.append([group.id for group in groups])
        return prepare(model, groups, *rest)

    monkeypatch.setattr(batches, "prepare", noting)

    def params(run, step, name):
        responses = [{"text": TEXTS[1], "target": True}]
        group = {"id": name, "prompt": TEXTS[0], "responses": responses}
        return {"run": run, "step": step, "groups": [group]}

    def ahead(run, step, name):
        decoded = msgspec.convert(params(run, step, name), p.METHODS["train/step"].params)
        return FakeContext(queued=((decoded, FakeContext()),))

    runs = [begin(model).run for _ in range(2)]
    call("train/step", ahead(runs[0], 2, "b"), **params(runs[0], 1, "a"))
    assert prepared == [["a"], ["b"]]
    call("train/step", ahead(runs[1], 1, "d"), **params(runs[0], 2, "b"))
    assert prepared == [["a"], ["b"]]
    call("train/step", **params(runs[1], 1, "d"))
    assert prepared == [["a"], ["b"], ["d"]]
