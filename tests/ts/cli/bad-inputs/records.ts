import type { Case } from "./cases.ts";

const question =
  '{"id": "q1", "task": "arithmetic", "question": "1 + 1?", "answer": "2", "reference": "#### 2"}';
const candidate = '{"questionId": "q1", "index": 0, "text": "#### 2"}';
const group =
  '{"id": "q1", "task": "arithmetic", "prompt": "1 + 1?", "answer": "2", "candidates": [{"text": "#### 2", "extracted": "2", "correct": true, "score": -0.1}]}';

const judged = (
  name: string,
  questions: string | Uint8Array,
  candidates: string | Uint8Array,
  ...more: string[]
): Case => ({
  name,
  files: { "questions.jsonl": questions, "candidates.jsonl": candidates },
  argv: `judge --task arithmetic --questions DIR/questions.jsonl --in DIR/candidates.jsonl --out DIR/out.jsonl`
    .split(" ")
    .concat(more),
});

const assessed = (name: string, text: string | Uint8Array, ...more: string[]): Case => ({
  name,
  files: { "in.jsonl": text },
  argv: ["assess", "--in", "DIR/in.jsonl", ...more],
});

export const records: readonly Case[] = [
  judged("a row that is no JSON", question, `${candidate}\n{oops\n`),
  judged("a row that is a list", question, "[1, 2]\n"),
  judged(
    "lists within lists in a row",
    question,
    candidate.replace('"#### 2"', `${"[".repeat(20_000)}${"]".repeat(20_000)}`),
  ),
  judged("a field that is missing", question, '{"questionId": "q1", "text": "x"}\n'),
  judged("an index below nothing", question, candidate.replace('"index": 0', '"index": -1')),
  judged("an index that is no whole number", question, candidate.replace('"index": 0', '"index": 0.5')),
  judged("a text that is none", question, candidate.replace('"#### 2"', "null")),
  judged("half of a character", question, candidate.replace("#### 2", "\\ud83d")),
  judged("rows that are not UTF-8", question, new Uint8Array([0x7b, 0xff, 0x7d])),
  judged("a candidate of another question", question, candidate.replace("q1", "q2")),
  judged("a candidate twice", question, `${candidate}\n${candidate}\n`),
  judged("a question twice", `${question}\n${question}\n`, candidate),
  judged("a question without an answer", question.replace('"answer": "2", ', ""), candidate),
  judged("candidates in the place of questions", candidate, candidate),
  judged("groups in the place of candidates", question, group),
  judged("no rows of questions", "", candidate),
  {
    name: "an output where there is a folder",
    files: { "q.jsonl": question, "c.jsonl": candidate },
    argv: "judge --task arithmetic --questions DIR/q.jsonl --in DIR/c.jsonl --out DIR".split(" "),
  },
  judged(
    "ranks by a column that is not there",
    question,
    candidate,
    "--feedback",
    "ranked",
    "--ranking",
    "reward",
  ),
  judged("a setting that the task has not", question, candidate, "--set", "wordng=story"),
  {
    name: "an input that is not there",
    argv: "judge --task arithmetic --questions DIR/a --in DIR/b --out DIR/c".split(" "),
  },
  {
    name: "a task that there is none of",
    argv: "judge --task arithmatic --questions DIR/a --in DIR/b --out DIR/c".split(" "),
  },
  assessed(
    "groups without scores in part",
    `${group}\n${group.replace(', "score": -0.1', "").replace('"q1"', '"q2"')}\n`,
  ),
  assessed("a score that is none", group.replace("-0.1", '"low"')),
  assessed("a score without end", group.replace("-0.1", "1e999")),
  assessed("a group without candidates' answers", group.replace(', "extracted": "2"', "")),
  assessed("__proto__ in a record", '{"__proto__": {"id": "q1"}}\n'),
  assessed("a task that the file has none of", `${group}\n`, "--task", "gsm8k"),
  {
    name: "a model that is not there",
    files: { "in.jsonl": group },
    argv: "score --model DIR/model --in DIR/in.jsonl --out DIR/out.jsonl".split(" "),
  },
  {
    name: "rows that do not fit a task",
    files: { "x.jsonl": '{"question": "1?", "answer": 4}\n' },
    argv: "data check DIR/x.jsonl --task gsm8k".split(" "),
  },
  { name: "a file of an unknown kind", files: { "x.bin": "\0\0" }, argv: "data check DIR/x.bin".split(" ") },
];
