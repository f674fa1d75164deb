import { beforeAll, expect, test } from "vitest";
import { setting, wholeRun } from "../e2e/whole-runs.ts";
import { contentOf, runWithDeaths } from "./deaths.ts";

/** Every stage that needs a worker; with a saved state every four steps, and a look at the held-out questions. */
const args = [
  "tests/e2e/tiny.yaml",
  ...setting("stages.align.steps=6", "stages.align.saveEvery=2", "report.examples=0"),
  ...setting("methods.dpo=null", "stages.align.watch={every: 3, accuracy: true}"),
];

let whole: Record<string, string>;
beforeAll(async () => {
  const { runs, done } = await wholeRun(args[0]!, ...args.slice(1));
  expect(done.stderr).not.toMatch(/error|traceback/i);
  whole = await contentOf(runs);
});

test.each([
  [["tokenizer/train 1 done", "model/create 1 done", "model/save 1 writing"]],
  [["train/begin 1 begun", "train/step 1 within", "train/step 7 begun"]],
  [["train/save 1 writing", "train/save 2 done", "train/end 1 done"]],
  [["model/save 2 writing", "model/load 2 done", "generate 1 within"]],
  [["generate 2 done", "score 1 within", "generate 4 begun"]],
  [["score 2 done", "train/begin 2 done", "train/step 15 within"]],
  [["train/save 4 writing", "train/step 18 done", "model/unload 3 begun"]],
  [["device/info 1 done", "device/memory 2 begun", "generate 6 within"]],
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
