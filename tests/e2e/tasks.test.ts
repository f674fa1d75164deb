import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { aft, temporaryFolder } from "./aft.ts";

let runs: string;
let record: {
  tasks: { name: string; use: string; questions: string }[];
  seeds: { trainGroups: { task: string; artefact: string }[]; arms: Arm[] }[];
};
interface Arm {
  method: string;
  evaluate: { task: string; artefact: string }[];
}
const folder = (): string => join(runs, "tasks");
const rowsIn = async (artefact: string, file: string) =>
  (await readFile(join(folder(), artefact, file), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

beforeAll(async () => {
  runs = await temporaryFolder();
  const { exitCode, stderr } = await aft(["run", "tests/e2e/tasks.yaml", "--runs", runs]);
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  record = JSON.parse(await readFile(join(folder(), "run.json"), "utf8"));
}, 240_000);

test("each task's questions are put in its own form, in training and evaluation alike", async () => {
  const [{ trainGroups, arms }] = record.seeds as [(typeof record.seeds)[number]];
  const prompts = Object.fromEntries(
    await Promise.all(
      trainGroups.map(async ({ task, artefact }) => [
        task,
        (await rowsIn(artefact, "groups.jsonl"))[0].prompt,
      ]),
    ),
  );
  expect(prompts.sums).toMatch(
    /^<\|system\|>Think\.\n<\|user\|>.+\n<\|assistant\|>[^<]+<\|user\|>.+\n<\|assistant\|>$/s,
  );
  expect(prompts.longer).toMatch(/^Below is .+### Instruction:\n.+\n\n### Response:\n$/s);
  const { evaluate } = arms.find(({ method }) => method === "aft-bc")!;
  expect(evaluate.map(({ task }) => task)).toEqual(["sums", "longer", "far"]);
  for (const { task, artefact } of evaluate) {
    const predictions = await rowsIn(artefact, "predictions.jsonl");
    expect(new Set(predictions.map((row) => row.task))).toEqual(new Set([task]));
    if (task === "far") {
      expect(predictions[0].prompt).toMatch(/^Q: .+\nA:$/);
      for (const { text } of predictions) expect(text).not.toContain("####");
    }
  }
});

test("the run's folder has each method's answers to all tasks in one file, which aft assess takes", async () => {
  const file = join(folder(), "predictions", "aft-bc-seed-1.jsonl");
  const { exitCode, stdout } = await aft(["assess", "--in", file, "--json"]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).tasks.map(({ task }: { task: string }) => task)).toEqual([
    "sums",
    "longer",
    "far",
  ]);
});

test("a second run does nothing again", async () => {
  const again = await aft(["run", "tests/e2e/tasks.yaml", "--runs", runs, "--json"]);
  expect(again.exitCode).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ made: 0 });
});

test("an evaluated task that is left out leaves all other work as it is", async () => {
  const less = await aft([
    ...["run", "tests/e2e/tasks.yaml", "--runs", runs, "--json"],
    ...["--set", "tasks.2.use=evaluate", "--set", "tasks.2.seed=2", "--set", "name=other"],
  ]);
  expect(less.exitCode).toBe(0);
  const { made, report } = JSON.parse(less.stdout);
  // Questions, samples and judging of the one task, and its evaluation for each of the two methods.
  expect(made).toBe(5);
  expect(report.name).toBe("other");
});
