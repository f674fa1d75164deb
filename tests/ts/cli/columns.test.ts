import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aft } from "../../e2e/aft.ts";
import { folderOf } from "../data/files.ts";

const experiment = (more = "") => `name: x
model: {create: {}}
tasks:
  - {task: custom, file: rows.csv, columns: {question: prompt, answer: reslt, reference: working}, closing: append}
stages: {sample: {maxNewTokens: 64}, evaluate: {maxNewTokens: 64}}
methods: {kept: {method: keep}, more: {method: vft}}
${more}`;
const said = `rows.csv: no column reslt, which columns.answer names
  found: "reslt"
  expected: one of prompt, result, working
  did you mean: result`;

test("a wrong column of one's own file is told by validate, a dry run and a run, before anything is made", async () => {
  const folder = folderOf({
    "rows.csv": "prompt,result,working\n1 + 1?,2,1 + 1 = 2\n",
    "main.yaml": experiment(),
  });
  for (const command of [["validate"], ["run", "--dry-run"], ["run"]]) {
    const [name, ...options] = command;
    const found = await aft([name!, "main.yaml", ...options], { cwd: folder });
    expect(found.stderr).toContain(said.replace("rows.csv", join(folder, "rows.csv")));
    expect(found.exitCode).toBe(2);
  }
  expect(existsSync(join(folder, "runs"))).toBe(false);
});

test("and of a sweep once for all its cells", async () => {
  const yaml = experiment("sweep: {matrix: {stages.sample.k: [2, 3]}}\n");
  const folder = folderOf({ "rows.csv": "prompt,result,working\n1 + 1?,2,1 + 1 = 2\n", "main.yaml": yaml });
  const found = await aft(["validate", "main.yaml"], { cwd: folder });
  expect(found.stderr.match(/no column reslt/g)).toHaveLength(1);
  expect(found.exitCode).toBe(2);
});
