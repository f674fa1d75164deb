import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { arithmeticTaskSchema, customTaskSchema, loadExperiment } from "../../../../ts/config/index.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { questions } from "../../../../ts/experiment/stages/questions.ts";
import { folderOf, refusalOf } from "../../data/files.ts";

/** Makes the questions of a CSV file with so many rows; a tenth of them is for validation and a tenth for testing. */
async function made(rows: number, ...more: string[]): Promise<void> {
  const csv = Array.from({ length: rows }, (_, at) => `What is ${at} + 1?,${at + 1},#### ${at + 1}\n`);
  const folder = folderOf({ "rows.csv": `q,a,r\n${csv.join("")}` });
  const columns = "columns: {question: q, answer: a, reference: r}";
  const task = `{task: custom, name: sums, file: ${join(folder, "rows.csv")}, ${columns}}`;
  const { experiment } = await loadExperiment("experiments/miniature.yaml", {
    set: [`tasks=[${task}]`, ...more],
  });
  const node = (await planOf(experiment)).nodes.find(({ stage }) => stage === "questions")!;
  const directory = join(folder, "made");
  mkdirSync(directory);
  const worker = () => Promise.reject(new Error("questions are read without a model"));
  const { signal } = new AbortController();
  const context = { experiment, directory, label: "questions", progress: silent, signal, worker };
  await node.run(context, {});
}

test("a file without rows, or with too few for the split that is evaluated, is told before a model is made", async () => {
  expect(await refusalOf(made(0))).toContain(
    'sums: its files give no train questions\n  found: "0 train, 0 validation, 0 test"\n  expected: at least one question to train on',
  );
  expect(await refusalOf(made(4))).toContain(
    'sums: its files give no test questions\n  found: "4 train, 0 validation, 0 test"\n  expected: at least one question to evaluate on',
  );
  await made(10);
});

test("it is the split of the evaluation that counts", async () => {
  expect(await refusalOf(made(4, "stages.evaluate.split=validation"))).toContain("no validation questions");
  await made(4, "stages.evaluate.split=validation", "tasks.0.shares.validation=0.5");
});

test("the key of numbers read from an answer column holds the rule that read them, no other key does", () => {
  const keyed = (answer: { kind: string }) => {
    const settings = customTaskSchema.parse({ task: "custom", file: "rows.csv", answer });
    return questions.node({ settings, identity: {} }).settings;
  };
  expect(keyed({ kind: "number" })).toHaveProperty(
    "answers",
    "#### NUMBER, the first; the whole line is read",
  );
  for (const kind of ["gsm8k-number", "choice"]) expect(keyed({ kind })).not.toHaveProperty("answers");
});

test("the key of questions in few words says nothing of their wording, as before there was another", () => {
  const keyed = (more: object) => {
    const settings = arithmeticTaskSchema.parse({ task: "arithmetic", ...more });
    return questions.node({ settings, identity: {} }).settings;
  };
  expect(keyed({})).not.toHaveProperty("wording");
  expect(keyed({ wording: "terse" })).toEqual(keyed({}));
  expect(keyed({ wording: "story" })).toHaveProperty("wording", "story");
});
