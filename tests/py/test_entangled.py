"""experiments/questions/entangled.py: masks, shares and intervals by hand, gradients by full logits."""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import adapted
import pytest
import torch

SCRIPT = Path(__file__).parents[2] / "experiments" / "questions" / "entangled.py"


@pytest.fixture(scope="module")
def entangled() -> Any:
    spec = importlib.util.spec_from_file_location("entangled", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_two_solutions_share(entangled) -> None:
    own, other = [1, 2, 3, 4, 5], [1, 2, 9, 4, 5, 6]
    assert entangled.common_prefix(own, other) == [True, True, False, False, False]
    assert entangled.common_prefix(own, own[:3]) == [True, True, True, False, False]
    assert entangled.aligned(own, other) == [True, True, False, True, True]
    assert entangled.aligned(other, own) == [True, True, False, True, True, False]
    assert entangled.shared_shares(own, [other, [1, 7]], "common prefix") == [1.0, 0.5, 0, 0, 0]


def test_the_shares_of_pairs_and_how_even_they_are(entangled) -> None:
    # x = 0 and log 2: 1, 1 and 2 over 4
    assert entangled.pair_shares([0.0], [0.0, math.log(2)]) == pytest.approx([0.25, 0.5])
    assert entangled.pair_shares([0.0], [2000.0]) == [1.0]
    assert entangled.evenness([0.2, 0.2, 0.2]) == pytest.approx(1)
    assert entangled.evenness([0.5, 0.0]) == pytest.approx(0.5)
    # shares 1/4 and 3/4
    entropy = 0.25 * math.log(4) + 0.75 * math.log(4 / 3)
    assert entangled.evenness([0.1, 0.3]) == pytest.approx(math.exp(entropy) / 2)


def test_an_interval_holds_its_value_and_knows_no_spread_where_there_is_none(entangled) -> None:
    alike = entangled.interval([[2.0, 4.0]] * 5, entangled.ratio)
    assert alike == {"value": 0.5, "low": 0.5, "high": 0.5, "questions": 5}
    rows = [[float(n)] for n in range(100)]
    found = entangled.interval(rows, entangled.mean)
    # 49.5, with a standard error of 28.87 / 10
    assert found["value"] == 49.5
    assert found["low"] == pytest.approx(49.5 - 1.96 * 2.887, abs=0.5)
    assert found["high"] == pytest.approx(49.5 + 1.96 * 2.887, abs=0.5)


def test_a_run_over_a_groups_file(entangled, tmp_path: Path) -> None:
    texts = [("2 + 3", ["5 it is", "so 5", "5"], ["5 it was", "6"]), ("1 + 1", ["2"], ["3", "so 3"])]
    lines = [
        {
            "id": f"q{place}",
            "prompt": prompt,
            "candidates": [
                {"text": text, "correct": text in right, "extracted": None} for text in [*right, *wrong]
            ],
        }
        for place, (prompt, right, wrong) in enumerate([*texts, ("only right", ["1"], [])])
    ]
    groups = tmp_path / "groups.jsonl"
    groups.write_text("".join(json.dumps(line) + "\n" for line in lines))
    folder = adapted.base_folder(tmp_path / "base")
    result = entangled.run(
        argparse.Namespace(model=folder, groups=groups, questions=5, scored=5, seed=0, device="cpu")
    )
    assert sorted(one["id"] for one in result["questions"]) == ["q0", "q1"]
    model = adapted.load(folder)

    def gradient(prompt: str, responses: list[str], skipped=()) -> torch.Tensor:
        """By the model's own logits; skipped: numbers of tokens, of each response."""
        model.module.zero_grad()
        before, total = model.tokenizer.encode_prompt(prompt), 0.0
        for number, text in enumerate(responses):
            ids = model.tokenizer.encode_response(text)
            logits = model.module(input_ids=torch.tensor([before + ids])).logits[0, len(before) - 1 : -1]
            own = logits.log_softmax(-1)[range(len(ids)), ids]
            left = [n for n in range(len(ids)) if n not in (skipped[number] if skipped else ())]
            total = total + own[left].sum() / len(ids) / len(responses)
        total.backward()
        return torch.cat([w.grad.flatten().double() for w in model.module.parameters()])

    def cosine(a: torch.Tensor, b: torch.Tensor) -> float:
        return float(a @ b / a.norm() / b.norm())

    found = {one["id"]: one for one in result["questions"]}
    (prompt, right, wrong) = texts[0]
    g_p, g_n = gradient(prompt, right), gradient(prompt, wrong)
    assert found["q0"]["cosine"] == pytest.approx(cosine(g_p, g_n), rel=1e-4)
    assert found["q0"]["lift"] == pytest.approx(float(g_p @ g_n / (g_p @ g_p)), rel=1e-4)
    left = float((g_p - g_n).square().sum() / (g_p.square().sum() + g_n.square().sum()))
    assert found["q0"]["left"] == pytest.approx(left, rel=1e-4)
    halves = gradient(prompt, right[::2]), gradient(prompt, right[1::2])
    assert found["q0"]["right and right"] == pytest.approx(cosine(*halves), rel=1e-4)
    # "2" against "3" and "so 3": an alignment matches the end of each; a prefix is shared with none
    prompt, right, wrong = texts[1]
    rest = gradient(prompt, right, [[1]]), gradient(prompt, wrong, [[1], [4]])
    assert found["q1"]["aligned tokens"]["cosine"] == pytest.approx(cosine(*rest), rel=1e-4)
    g_p, g_n = gradient(prompt, right), gradient(prompt, wrong)
    shared = float((g_p @ g_n - rest[0] @ rest[1]) / g_p.norm() / g_n.norm())
    assert found["q1"]["aligned tokens"]["of the cosine"] == pytest.approx(shared, rel=1e-4)
    assert found["q1"]["common prefix"]["of the cosine"] == pytest.approx(0, abs=1e-6)
    assert found["q1"]["aligned tokens"]["tokens"] == pytest.approx(3 / 9)
    assert found["q1"]["common prefix"]["tokens"] == 0
    assert found["q1"]["common prefix"]["cosine"] == pytest.approx(found["q1"]["cosine"], rel=1e-6)
    assert result["exponentials"]["mean"]["pairs"] == 3 * 2 + 2
    told = entangled.table(result)
    assert "| cos(g_p, g_n), right and wrong | " in told
    assert "nan" not in told


def test_a_file_without_a_right_and_a_wrong_solution_is_told(entangled, tmp_path: Path) -> None:
    groups = tmp_path / "groups.jsonl"
    groups.write_text(json.dumps({"id": "q", "prompt": "A", "candidates": [{"text": "1", "correct": True}]}))
    with pytest.raises(SystemExit, match="no question has both a right and a wrong solution"):
        entangled.read_groups(groups, 5, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file or directory"),
        ("{}\n", r":1: not a judged group \(KeyError: 'candidates'\)"),
        ('{"id": "a", "prompt": "b", "candidates": []}\nmine\n', ":2: not a judged group"),
        ("[]\n", ":1: not a judged group"),
        ('{"id": "a", "prompt": "b", "candidates": [{"text": "c"}]}\n', "KeyError: 'correct'"),
    ],
)
def test_says_what_is_wrong_with_the_groups(entangled, tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "groups.jsonl"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SystemExit, match=said) as caught:
        entangled.read_groups(file, 5, 0)
    assert str(caught.value).startswith(str(file))


def told(entangled, monkeypatch, capsys, *words: object) -> str:
    monkeypatch.setattr("sys.argv", ["entangled.py", *map(str, words)])
    with pytest.raises(SystemExit) as caught:
        entangled.main()
    return f"{caught.value}{capsys.readouterr().err}"


def test_says_what_is_wrong_with_the_rest_before_any_work(
    entangled, monkeypatch, capsys, tmp_path: Path
) -> None:
    groups = tmp_path / "groups.jsonl"
    row = {"id": "a", "prompt": "b", "candidates": [{"text": "c", "correct": n == 0} for n in range(2)]}
    groups.write_text(json.dumps(row) + "\n")
    usual = ("--model", tmp_path / "none", "--groups", groups)
    for words, said in [
        (("--out", tmp_path / "no" / "a.json"), f"--out: no such folder: {tmp_path / 'no'}"),
        (("--out", tmp_path), "--out: is a folder"),
        (("--out", tmp_path / "a.json", "--questions", "0"), "'0'; expected a whole number of at least 1"),
        (("--out", tmp_path / "a.json"), f"cannot load '{tmp_path / 'none'}': there is no such folder"),
    ]:
        assert said in told(entangled, monkeypatch, capsys, *usual, *words)
    assert [file.name for file in tmp_path.iterdir()] == ["groups.jsonl"]
