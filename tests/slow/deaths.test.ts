import { beforeAll, expect, test } from "vitest";
import { setting, wholeRun } from "../e2e/whole-runs.ts";
import { contentOf, runWithDeaths } from "./deaths.ts";

/** Every stage that needs a worker; with a saved state every four steps, and a look at the held-out questions. */
const args = [
  "tests/e2e/tiny.yaml",
  ...setting("stages.align.steps=6", "stages.align.saveEvery=2", "report.examples=0"),
  ...setting("methods.dpo={method: dpo, constraint: none}", "stages.watch={every: 3, accuracy: true}"),
];

let whole: Record<string, string>;
beforeAll(async () => {
  const { runs, done } = await wholeRun(args[0]!, ...args.slice(1));
  expect(done.stderr).not.toMatch(/error|traceback/i);
  whole = await contentOf(runs);
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

test("a worker that hangs is ended and started again, and the run comes to the same files", async () => {
  const { runs, done } = await runWithDeaths(args, ["train/step 6 hangs"]);
  expect(done.exitCode).toBe(0);
  expect(done.stderr).toContain(
    "vft seed 1: the worker gave no sign of life for 120 s and was ended; it is started again",
  );
  expect(await contentOf(runs)).toEqual(whole);
});
