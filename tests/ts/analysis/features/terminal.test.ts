import { expect, it } from "vitest";
import {
  assess,
  describeAssessment,
  renderEnd,
  renderTable,
  summarise,
} from "../../../../ts/analysis/index.ts";
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

it("a run ends with the verdict, one table and the warnings that matter", async () => {
  const end = renderEnd(summarise(syntheticRun()));
  const [verdict, empty, head] = end.split("\n");
  expect(verdict).toMatch(/^(No method|AFT-).*60 test questions.*\.$/);
  expect(empty).toBe("");
  expect(head!.split(/ {2,}/).filter(Boolean)).toEqual([
    "greedy, % right",
    "vs continued VFT",
    "one sample",
    "maj@6",
    "assessing, %",
  ]);
  expect(end.split("\n").filter((line) => line.startsWith("─"))).toHaveLength(1);
  await expect(`${end}\n`).toMatchFileSnapshot("../../../golden/analysis/end.txt");
});

it("a narrow terminal has fewer columns, and nothing is told of those that are not there", () => {
  const summary = summarise(syntheticRun(), 100);
  const headsIn = (width: number): string[] => {
    const lines = renderEnd(summary, width).split("\n");
    const table = lines.slice(2, 10);
    expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(width);
    for (const column of ["assessing", "maj@6"])
      expect(lines[11]!.includes(`${column}:`)).toBe(table[0]!.includes(column));
    return table[0]!.split(/ {2,}/).filter(Boolean);
  };
  const all = ["greedy, % right", "vs continued VFT", "one sample", "maj@6", "assessing, %"];
  expect(headsIn(100)).toEqual(all);
  expect(headsIn(80)).toEqual(all.slice(0, 3));
  expect(headsIn(70)).toEqual(all.slice(0, 2));
  expect(headsIn(40)).toEqual(all.slice(0, 1));
});

it("a run of one method is no comparison, and one without samples has no column of them", () => {
  const [kept] = allMethods;
  const run = syntheticRun({ methods: [kept!] });
  const end = renderEnd(summarise({ ...run, arms: run.arms.map((arm) => ({ ...arm, samples: [] })) }));
  expect(end).toContain("there is nothing to hold it against.");
  for (const absent of ["vs continued", "maj@", "one sample", "*:"]) expect(end).not.toContain(absent);
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
      "maj@3                0.0 % of 1 question",
      "pass@k, %            1: 16.7 of 2  2: 66.7 of 1  3: 100.0 of 1",
      "fewer samples        1 question with fewer than 3, left out of maj@3 and of pass@k beyond what they have",
      "perplexity           1.105 of right COTs, 1.664 of wrong COTs",
    ].join("\n"),
  );
});
