"""lm-evaluation-harness' side: the same rows through a task of its own, with the published filters of GSM8K.

    python harness.py FOLDER                                     responses from the rows' `response`
    python harness.py FOLDER MODEL MAX_NEW_TOKENS DTYPE DEVICE   responses from a model in Hugging Face format

Reads FOLDER/rows.jsonl; writes FOLDER/gsm8k_as_aft.yaml (the task, which `lm_eval --include_path FOLDER`
finds too) and FOLDER/harness.jsonl. With a model, AFT's FOLDER/candidates.jsonl must lie there already: where
a response differs, it is measured how near the two tokens were at which they part.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import lm_eval
import torch
from aft_worker.model.source import load_tokenizer
from aft_worker.tokens.codec import TokenCodec
from lm_eval.api.model import LM
from lm_eval.models.huggingface import HFLM
from lm_eval.models.utils import postprocess_generated_text
from lm_eval.tasks import TaskManager

TASK = "gsm8k_as_aft"

# As the harness' own gsm8k.yaml (version 3.0) but for three things: the rows come from a file, no examples
# stand before the question, and the prompt ends in a newline, as AFT's does.
TASK_YAML = r"""
task: gsm8k_as_aft
dataset_path: json
dataset_kwargs: {data_files: {test: "@rows@"}}
output_type: generate_until
test_split: test
num_fewshot: 0
doc_to_text: "Question: {{question}}\nAnswer:\n"
doc_to_target: "{{answer}}"
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    ignore_case: true
    ignore_punctuation: false
    regexes_to_ignore: [",", "\\$", "(?s).*#### ", "\\.$"]
generation_kwargs:
  until: ["Question:", "</s>", "<|im_end|>"]
  do_sample: false
  temperature: 0.0
  max_gen_toks: @tokens@
repeats: 1
filter_list:
  - name: strict-match
    filter:
      - {function: regex, regex_pattern: "#### (\\-?[0-9\\.\\,]+)"}
      - {function: take_first}
  - name: flexible-extract
    filter:
      - {function: regex, group_select: -1, regex_pattern: "(-?[$0-9.,]{2,})|(-?[0-9]+)"}
      - {function: take_first}
metadata: {version: 3.0}
"""


class Written(LM):
    """Answers each row with its `response`, cut at the stop texts as the harness cuts a real model's."""

    def generate_until(self, requests: list[Any], disable_tqdm: bool = False) -> list[str]:
        return [
            postprocess_generated_text(r.doc["response"], stop=r.args[1]["until"], think_end_token=None)
            for r in requests
        ]

    def loglikelihood(self, requests: Any, disable_tqdm: bool = False) -> Any:
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood


class Watched(HFLM):
    """The harness' model; notes for each prompt the token ids that went in and those that came out."""

    seen: dict[tuple[int, ...], list[int]]

    def _model_generate(self, context: torch.Tensor, *args: Any, **settings: Any) -> torch.Tensor:
        result = super()._model_generate(context, *args, **settings)
        for row, mask in zip(result.tolist(), settings["attention_mask"].tolist(), strict=True):
            width = len(mask)
            prompt = tuple(id for id, real in zip(row[:width], mask, strict=True) if real)
            self.seen[prompt] = row[width:]
        return result

    def gap(self, prompt: list[int], ours: list[int], theirs: list[int]) -> float | None:
        """The difference (nats) between the two tokens at which two responses part; None: they do not."""
        at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
        if at is None:
            return None
        ids = torch.tensor([[*prompt, *ours[:at]]], device=self.device)
        with torch.inference_mode():
            logits = self.model(input_ids=ids).logits[0, -1].float()
        return abs(float(logits[ours[at]] - logits[theirs[at]]))


def evaluate(model: LM, folder: Path) -> list[dict[str, Any]]:
    """One record a row: prompt, text, gold answer, and for each filter what was extracted and the verdict."""
    results = lm_eval.simple_evaluate(
        model=model, tasks=[TASK], task_manager=TaskManager(include_path=str(folder)), log_samples=True
    )
    records: dict[int, dict[str, Any]] = {}
    for sample in results["samples"][TASK]:
        (prompt, _settings), (text,) = sample["arguments"][0], sample["resps"][0]
        record = records.setdefault(
            sample["doc_id"], {"prompt": prompt, "text": text, "gold": sample["target"]}
        )
        right = bool(sample["exact_match"])
        record[sample["filter"]] = {"extracted": sample["filtered_resps"][0], "correct": right}
    return [records[row] for row in range(len(records))]


def add_ids(records: list[dict[str, Any]], model: Watched, source: str, folder: Path) -> None:
    """Adds what each side gave the model as ids, and the gap where the responses part."""
    codec = TokenCodec(load_tokenizer(source))
    by_id = {row["questionId"]: row for row in read(folder / "candidates.jsonl")}
    candidates = [by_id[question["id"]] for question in read(folder / "questions.jsonl")]
    for record, candidate in zip(records, candidates, strict=True):
        ids = model.tok_encode(record["prompt"])
        record["ids"], record["aftIds"] = ids, codec.encode_prompt(record["prompt"])
        answered = model.seen.get(tuple(ids))
        record["fed"] = answered is not None
        if answered is not None and record["text"] != candidate["text"]:
            record["gap"] = model.gap(ids, candidate["tokenIds"], answered)


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def main(
    place: str, source: str | None = None, tokens: str = "256", dtype: str = "float32", device: str = "cpu"
) -> None:
    folder = Path(place).resolve()
    task = TASK_YAML.replace("@rows@", str(folder / "rows.jsonl")).replace("@tokens@", tokens)
    (folder / f"{TASK}.yaml").write_text(task.lstrip(), encoding="utf-8")
    if source is None:
        records = evaluate(Written(), folder)
    else:
        model = Watched(pretrained=source, dtype=dtype, device=device, batch_size=16)
        model.seen = {}
        records = evaluate(model, folder)
        add_ids(records, model, source, folder)
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "harness.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
