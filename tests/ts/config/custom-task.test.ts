import { expect, it } from "vitest";
import { errorOf, load, withChange } from "./helpers.ts";

const withTask = (task: string, more: Record<string, string> = {}) => ({
  ...withChange("task: arithmetic", task),
  "rows.csv": "q,a,r\n",
  ...more,
});

const right = "{task: custom, file: rows.csv, columns: {question: q, answer: a, reference: r}}";

it("a custom task is read with its paths made absolute and its defaults filled in", async () => {
  const { experiment } = await load(withTask(right));
  expect(experiment.tasks[0]).toMatchObject({
    task: "custom",
    columns: { question: "q", answer: "a", reference: "r" },
    answer: { kind: "number" },
    shares: { validation: 0.1, test: 0.1 },
    closing: "keep",
  });
  expect((experiment.tasks[0] as { file: string }).file).toMatch(/^\/.*\/rows\.csv$/);
});

it.each([
  ["{task: custom, columns: {reference: r}}", "tasks.0: a custom task without a file"],
  [
    right.replace("file: rows.csv", "file: rows.csv, testFile: rows.csv"),
    "tasks.0.testFile: file holds all rows",
  ],
  [
    right.replace("}}", "}, shares: {validation: 0.5, test: 0.5}}"),
    "tasks.0.shares: nothing is left to train on",
  ],
  [right.replace("}}", "}, answer: {kind: choice}}"), "tasks.0.answer.kind: columns.choices does not say"],
  ["{task: custom, file: rows.csv}", "tasks.0.columns: trained on, and columns.reference does not say"],
  [
    right.replace("}}", "}, closing: append, answer: {kind: regex, pattern: (a)}}"),
    "tasks.0.closing: `#### ANSWER`",
  ],
  [right.replace("}}", "}, answer: {kind: nmber}}"), "bad value for tasks.0.answer.kind"],
  [right.replace("question: q", "qestion: q"), 'unknown key "qestion" in tasks.0.columns'],
  [right.replace("rows.csv", "row.csv"), "tasks.0.file: no such file"],
  ["{task: mmlu, use: train}", "bad value for tasks.0.use"],
  ["{task: mmlu}", "no task to train on: all have use: evaluate"],
  ["{task: ecqa, folder: rows.csv}", "tasks.0.folder: is a file, not a folder"],
  ["{task: aqua, validaton: 3}", 'unknown key "validaton" in tasks.0'],
])("%s", async (task, message) => {
  expect(await errorOf(withTask(task))).toContain(message);
});

it.each(["gsm8k", "aqua", "ecqa", "gsm8k-rank"])("`task: %s` alone is enough", async (task) => {
  const { experiment } = await load({
    "main.yaml": `name: x\nmodel: {create: {}}\ntask: ${task}\nstages: {sample: {maxNewTokens: 64}, evaluate: {maxNewTokens: 64}}\nmethods: {kept: {method: keep}}\n`,
  });
  expect(experiment.tasks).toMatchObject([{ task, use: "train", prompt: "plain" }]);
});
