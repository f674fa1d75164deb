import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { aft, artefactOf, temporaryFolder } from "../e2e/aft.ts";
import { aftWithDeaths, runWithDeaths } from "../e2e/deaths.ts";
import { setting, wholeRun } from "../e2e/whole-runs.ts";
import { contentOf } from "../faults/content.ts";

/** Every stage that needs a worker; with a saved state every four steps, and a look at the held-out questions. */
const args = [
  "tests/e2e/tiny.yaml",
  ...setting("stages.align.steps=6", "stages.align.saveEvery=2", "report.examples=0"),
  ...setting("methods.dpo={method: dpo, constraint: none}", "stages.watch={every: 3, accuracy: true}"),
];

let whole: Record<string, string>;
let wholeRuns: string;
beforeAll(async () => {
  const { runs, done } = await wholeRun(args[0]!, ...args.slice(1));
  expect(done.stderr).not.toMatch(/error|traceback/i);
  whole = await contentOf(runs);
  wholeRuns = runs;
});

// Three at most in a run, each with more done than at the one before.
test.each([
  [["tokenizer/train 1 done", "train/begin 1 begun", "generate 1 within"]],
  [["model/create 1 done", "train/step 1 within", "generate 2 begun"]],
  [["model/save 1 writing", "train/step 7 begun", "score 1 within"]],
  [["device/info 1 done", "train/save 1 writing", "generate 3 done"]],
  [["train/save 2 done", "model/load 4 begun", "train/begin 3 done"]],
  [["train/end 1 done", "score 2 done", "train/step 19 within"]],
  [["model/save 2 writing", "train/save 4 writing", "model/unload 8 begun"]],
  [["train/step 6 begun", "train/step 14 begun", "train/save 5 done"]],
])("killed at %j, the run goes on, tells so, and comes to the same files", async (deaths) => {
  const { runs, done } = await runWithDeaths(args, deaths);
  expect(done.stderr).not.toMatch(/error|traceback/i);
  expect(done.exitCode).toBe(0);
  expect(done.stderr.match(/was killed by SIGKILL; it is started again/g)).toHaveLength(deaths.length);
  expect(done.stderr).toContain(`the worker was started again ${deaths.length} times in this run: `);
  expect(await contentOf(runs)).toEqual(whole);
});

test("killed at the same step again and again: it is tried once more, and then one error says so", async () => {
  const again = Array.from({ length: 30 }, (_, at) => `train/step ${at + 6} begun`);
  const { done } = await runWithDeaths(args, again);
  expect(done.exitCode).toBe(1);
  expect(done.stderr.match(/it is started again/g)).toHaveLength(1);
  expect(done.stderr).toMatch(
    /\nvft seed 1: the worker was killed by SIGKILL[\s\S]*goes on from what was saved$/,
  );
});

// Left out of the usual suite: silence is waited for, two minutes of it.
test.runIf(process.env.AFT_FAULTS === "all")(
  "a worker that hangs is ended and started again, and the run comes to the same files",
  async () => {
    const { runs, done } = await runWithDeaths(args, ["train/step 6 hangs"]);
    expect(done.exitCode).toBe(0);
    expect(done.stderr).toContain(
      "vft seed 1: the worker gave no sign of life for 2 min and was ended; it is started again",
    );
    expect(await contentOf(runs)).toEqual(whole);
  },
);

test("aft score goes on, too, with the groups that are not scored yet", async () => {
  const folder = await temporaryFolder();
  const candidates = ["2", "3"].map((text) => ({
    text: `#### ${text}`,
    extracted: text,
    correct: text === "2",
  }));
  const group = (at: number) => ({
    id: `q${at}`,
    task: "arithmetic",
    prompt: `${at}?`,
    answer: "2",
    candidates,
  });
  const groups = Array.from({ length: 500 }, (_, at) => `${JSON.stringify(group(at))}\n`);
  await writeFile(join(folder, "groups.jsonl"), groups.join(""));
  const model = join(await artefactOf(wholeRuns, "vft", () => true), "checkpoint");
  const score = (out: string) => [
    "score",
    "--model",
    model,
    "--in",
    join(folder, "groups.jsonl"),
    "--out",
    join(folder, out),
  ];
  const { exitCode, stderr } = await aftWithDeaths(score("broken.jsonl"), ["score 2 within", "score 5 done"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    "the worker was started again 2 times in this run: score (was killed by SIGKILL), score",
  );
  expect((await aft(score("whole.jsonl"))).exitCode).toBe(0);
  const rows = (out: string) => readFile(join(folder, out), "utf8");
  expect(await rows("broken.jsonl")).toBe(await rows("whole.jsonl"));
});
