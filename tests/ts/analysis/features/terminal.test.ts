import { expect, it } from "vitest";
import { assess, describeAssessment, renderTable, summarise } from "../../../../ts/analysis/index.ts";
import { answers, group, right, wrong } from "../groups.ts";
import { allMethods, syntheticRun } from "../synthetic.ts";

it("one seed: the table as it stands on a terminal", async () => {
  const table = renderTable(summarise(syntheticRun()));
  await expect(`${table}\n`).toMatchFileSnapshot("../../../golden/analysis/table.txt");
});

it("three seeds: the table names means, and the spread over seeds", async () => {
  const table = renderTable(summarise(syntheticRun({ questions: 40, seeds: [1, 2, 3] }), 500));
  await expect(`${table}\n`).toMatchFileSnapshot("../../../golden/analysis/table-seeds.txt");
});

it("every loss with every constraint over three seeds: still one screen wide, with the ablation", async () => {
  const table = renderTable(
    summarise(syntheticRun({ questions: 200, seeds: [1, 2, 3], methods: allMethods }), 200),
  );
  expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
  await expect(`${table}\n`).toMatchFileSnapshot("../../../golden/analysis/table-methods.txt");
});

it("no line is wider than 110 columns, and all columns line up", () => {
  const lines = renderTable(summarise(syntheticRun())).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  const rows = lines.slice(2, 8);
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
});

it("an assessment in words", () => {
  const text = describeAssessment(
    assess([group("a", [...right(-0.1), ...wrong(-0.2, -0.05)]), group("b", answers(null))]),
  );
  expect(text).toBe(
    [
      "questions            2 questions, 4 samples",
      "sampled accuracy     25.0 %",
      "assessment accuracy  50.0 % of 2 pairs (micro), 50.0 % over 1 question (macro)",
      "without a pair       1 question, left out of assessment accuracy",
      "maj@3                0.0 %",
      "pass@k, %            1: 16.7  2: 66.7  3: 100.0",
      "perplexity           1.105 of right COTs, 1.664 of wrong COTs",
    ].join("\n"),
  );
});
