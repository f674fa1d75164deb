import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aft, someFile, temporaryFolder } from "../e2e/aft.ts";
import { standing } from "../e2e/deaths.ts";
import { setting } from "../e2e/whole-runs.ts";

/** Two rounds, with a saved state every four steps. */
const command = (runs: string): string[] => [
  ...["run", "tests/e2e/tiny.yaml", "--runs", runs],
  ...setting("rounds=2", "stages.align.steps=16", "stages.align.saveEvery=4", "stages.sample.k=8"),
];

interface Arm {
  checkpoint: string;
  rounds: { align: string; groups: { artefact: string }[] }[];
}

/** What a run came to: its numbers, and weights and samples of every round. */
async function resultOf(runs: string) {
  const json = async (...path: string[]) => JSON.parse(await readFile(join(runs, "tiny", ...path), "utf8"));
  const report = await json("report.json");
  const arms: Arm[] = (await json("run.json")).seeds[0].arms;
  const rounds = arms.flatMap((arm) => arm.rounds ?? []);
  return {
    digests: await Promise.all(
      rounds.map(async ({ align }) => (await json(align, "manifest.json")).facts.digest),
    ),
    groups: await Promise.all(
      rounds.map(({ groups: [groups] }) =>
        readFile(join(runs, "tiny", groups!.artefact, "groups.jsonl"), "utf8"),
      ),
    ),
    metrics: report.methods.map(({ metrics }: { metrics: unknown }) => metrics),
    rounds: report.rounds,
  };
}

const artefacts = async (runs: string, kind: RegExp): Promise<number> =>
  (await readdir(join(runs, "artefacts")).catch(() => [])).filter(
    (name) => kind.test(name) && !name.endsWith(".lock"),
  ).length;

test("kill -9 in the second round's sampling and again in its training: the run goes on to the same result", async () => {
  const [runs, whole] = [await temporaryFolder(), await temporaryFolder()];
  // The third sampling of the run, after those of training and of test questions and two evaluations of two requests each.
  const sampling = await standing(command(runs), "generate 7 tells");
  expect([await artefacts(runs, /^sample-/), await artefacts(runs, /^align-/)]).toEqual([3, 1]);
  await sampling.kill();
  const training = await standing(command(runs), "train/step 9 hangs");
  expect(await artefacts(runs, /^align-/)).toBe(2);
  expect(await someFile(runs, /^align-/, "resume/state.json", 0)).toBe(true);
  await training.kill();
  const done = await aft(command(runs));
  expect(done.stderr).not.toMatch(/error|traceback/i);
  expect(done.exitCode).toBe(0);
  expect(done.stderr).toMatch(/align aft-bc round 1 seed 1: done before, reused/);
  expect((await aft(command(whole))).exitCode).toBe(0);
  expect(await resultOf(runs)).toEqual(await resultOf(whole));
});
