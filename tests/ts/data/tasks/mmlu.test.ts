import { join } from "node:path";
import { expect, it } from "vitest";
import { promptOf, taskOf } from "../../../../ts/data/index.ts";
import { folderOf, refusalOf } from "../files.ts";

/** Three invented questions in the form in which the hub has them, written with pyarrow. */
const testFile = join(import.meta.dirname, "../../../golden/data/sources/mmlu.parquet");
const mmlu = (more: object = {}) => taskOf({ task: "mmlu", testFile, ...more } as { task: string });

it("reads the published Parquet file, and has nothing to train on", async () => {
  const task = mmlu();
  const { train, validation, test } = await task.splits();
  expect([train, validation]).toEqual([[], []]);
  expect(test.map(({ id, subject, answer }) => [id, subject, answer])).toEqual([
    ["mmlu-test-1", "elementary_mathematics", "C"],
    ["mmlu-test-2", "plant_biology", "B"],
    ["mmlu-test-3", "plant_biology", "C"],
  ]);
  expect(promptOf(test[0]!, task)).toBe(
    "Question: Which of these is a prime number?\nA) 9\nB) 15\nC) 17\nD) 21\nAnswer:\n",
  );
});

it("keeps to the subjects asked for, and names the nearest of one that there is not", async () => {
  const ids = (await mmlu({ subjects: ["plant_biology"] }).splits()).test.map(({ id }) => id);
  expect(ids).toEqual(["mmlu-test-2", "mmlu-test-3"]);
  expect(await refusalOf(mmlu({ subjects: ["plant_biologie"] }).splits())).toContain(
    'no question of this subject\n  found: "plant_biologie"\n  expected: one of elementary_mathematics, plant_biology\n  did you mean: plant_biology',
  );
});

it("draws some questions over all subjects by the seed", async () => {
  const rows = Array.from({ length: 40 }, (_, at) => ({
    question: `${at}?`,
    subject: at < 20 ? "first" : "second",
    choices: ["a", "b", "c", "d"],
    answer: at % 4,
  }));
  const folder = folderOf({ "rows.jsonl": rows });
  const task = mmlu({ testFile: join(folder, "rows.jsonl"), test: 12 });
  const { test } = await task.splits();
  expect(test).toHaveLength(12);
  expect(new Set(test.map(({ subject }) => subject))).toEqual(new Set(["first", "second"]));
  expect((await task.splits(9)).test).not.toEqual(test);
});

it("refuses an answer that is no option's number", async () => {
  const folder = folderOf({
    "a.jsonl": [{ question: "q", subject: "s", choices: ["a", "b", "c", "d"], answer: 4 }],
  });
  expect(await refusalOf(mmlu({ testFile: join(folder, "a.jsonl") }).splits(), folder)).toBe(
    "a.jsonl:1: bad value for field answer\n  found: 4\n  expected: a whole number from 0 to 3",
  );
});
