import { expect, test } from "vitest";
import { randomFrom } from "../../../ts/core/random.ts";
import { mutatedText, mutatedValue } from "../../faults/mutate.ts";
import { toldOf } from "./bad-inputs/told.ts";

const count = Number(process.env.AFT_MUTATED_ROWS ?? "60");

const question = {
  id: "q1",
  task: "arithmetic",
  question: "1 + 1?",
  answer: "2",
  reference: "1 + 1 = 2\n#### 2",
};
const candidate = {
  questionId: "q1",
  index: 0,
  text: "1 + 1 = 2\n#### 2",
  tokenIds: [1, 2],
  finish: "stop",
  logprob: -1,
  tokens: 2,
};
const judged = {
  text: "#### 2",
  extracted: "2",
  correct: true,
  rank: 1,
  score: -0.5,
  logprob: -1,
  tokens: 2,
};
const group = {
  ...{ id: "q1", task: "arithmetic", prompt: "1 + 1?", reference: "#### 2", answer: "2" },
  candidates: [judged, { ...judged, text: "#### 3", extracted: "3", correct: false, score: -0.7 }],
};
const prediction = {
  ...{ questionId: "q1", task: "arithmetic", question: "1 + 1?", prompt: "1 + 1?", text: "#### 2" },
  ...{ extracted: "2", answer: "2", correct: true, finish: "stop", logprob: -1, tokens: 2 },
};

/** Files with one of them not right, and what reads them. */
const kinds: { row: object; read: (rows: string) => { files: Record<string, string>; argv: string } }[] = [
  {
    row: { question: "1 + 1?", answer: "1 + 1 = <<1+1=2>>2\n#### 2" },
    read: (rows) => ({ files: { "x.jsonl": rows }, argv: "data check DIR/x.jsonl --task gsm8k" }),
  },
  {
    row: candidate,
    read: (rows) => ({
      files: { "q.jsonl": `${JSON.stringify(question)}\n`, "c.jsonl": rows },
      argv: "judge --task arithmetic --questions DIR/q.jsonl --in DIR/c.jsonl --out DIR/g.jsonl",
    }),
  },
  {
    row: question,
    read: (rows) => ({
      files: { "q.jsonl": rows, "c.jsonl": `${JSON.stringify(candidate)}\n` },
      argv: "judge --task arithmetic --questions DIR/q.jsonl --in DIR/c.jsonl --out DIR/g.jsonl --feedback ranked",
    }),
  },
  { row: group, read: (rows) => ({ files: { "g.jsonl": rows }, argv: "assess --in DIR/g.jsonl --json" }) },
  {
    row: prediction,
    read: (rows) => ({ files: { "p.jsonl": rows }, argv: "assess --in DIR/p.jsonl --json" }),
  },
  { row: group, read: (rows) => ({ files: { "g.jsonl": rows }, argv: "data check DIR/g.jsonl" }) },
];

test(`of ${count} files of rows that are nearly right each is read, or refused in words`, {
  timeout: 900_000,
}, async () => {
  const random = randomFrom("mutated rows", 15);
  let read = 0;
  for (let trial = 0; trial < count; trial++) {
    const { row, read: reading } = random.pick(kinds);
    const sound = JSON.stringify(row);
    const other =
      random.next() < 0.4 ? mutatedText(sound, random) : JSON.stringify(mutatedValue(row, random));
    const rows = random.next() < 0.5 ? `${sound}\n${other}\n` : `${other}\n`;
    const { files, argv } = reading(rows);
    const { exitCode, stderr } = await toldOf({ name: "", files, argv: argv.split(" ") });
    if (exitCode === 0) read++;
    const isBug = ![0, 1, 2].includes(exitCode) || /this is a bug|\n +at .*:\d+:\d+/.test(stderr);
    if (isBug || (exitCode !== 0 && stderr === ""))
      throw new Error(`trial ${trial}: ${argv}\n${rows}\n${stderr}`);
  }
  expect(read).toBeGreaterThan(count / 20);
  expect(read).toBeLessThan(count * 0.8);
});
