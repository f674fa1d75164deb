/** Batch jobs on a cluster of this one machine, whose commands lie in tests/slow/slurm. */
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { aft, temporaryFolder, until } from "../e2e/aft.ts";
import { deathsEnvironment, deathsFile, goesOn, standsStill, warmFolder } from "../e2e/deaths.ts";
import { setting } from "../e2e/whole-runs.ts";
import { isAlive } from "../ts/bridge/harness.ts";
import { warmEnvironment } from "../warm/warm.ts";

/** The port at which two machines meet goes by the job's number: no two runs of these tests have one. */
const job = String(1_000 + (process.pid % 10_000));
const commands = join(import.meta.dirname, "slurm");

async function cluster() {
  const folder = await temporaryFolder();
  const env = { CLUSTER: folder, JOB: job, PATH: `${commands}${delimiter}${process.env.PATH}` };
  const runs = join(folder, "runs");
  const read = (name: string): Promise<string> => readFile(join(folder, name), "utf8").catch(() => "");
  return { env, runs, read };
}

const isOver = (pid: number): boolean => !isAlive(pid);

test("two machines share a run; stopped before its time ends it is queued again, and goes on", async () => {
  const { env, runs, read } = await cluster();
  const two = setting("worker.nodes=2", "worker.threads=2", "stages.vft.steps=30", "methods.vft-kept=null");
  const file = await deathsFile(["train/step 7 waits"]);
  const submitted = await aft(["run", "tests/e2e/tiny.yaml", "--runs", runs, "--on", "slurm", ...two], {
    env: { ...env, ...deathsEnvironment(file), MODULES: warmFolder },
  });
  expect(submitted.stdout).toMatch(
    new RegExp(`^submitted job ${job}: .*job\\.sbatch\nlog: .*slurm-${job}\\.log; state: squeue -j ${job}; `),
  );
  const [first] = (await read("jobs")).split("\n").map(Number);
  await standsStill(file, () => isOver(first!));
  process.kill(first!, "SIGTERM");
  await goesOn(file);
  await until(() => isOver(first!));
  expect(await read("scontrol")).toBe(`requeue ${job}\n`);
  expect(await read("log-1")).toContain("stopping: saving what is done");

  await execa("bash", [join(runs, "tiny", "job.sbatch")], {
    env: { ...(await warmEnvironment()), ...env, SLURM_JOB_ID: job },
  });
  const report = JSON.parse(await readFile(join(runs, "tiny", "report.json"), "utf8"));
  expect(report.methods.length).toBeGreaterThan(0);
  // Nothing that was done is done again, and nothing is queued again that has come to its end.
  expect(await read("scontrol")).toBe(`requeue ${job}\n`);
}, 300_000);

test("each cell of a sweep is a task of an array, and the sweep then finds all of them done", async () => {
  const { env, runs, read } = await cluster();
  const file = join(runs, "..", "sweep.yaml");
  const base = join(import.meta.dirname, "..", "e2e", "tiny.yaml");
  await writeFile(
    file,
    `extends: ${base}\nname: cells\nmethods: { vft-kept: null }\nsweep: { matrix: { stages.sample.k: [2, 3] } }\n`,
  );
  const submitted = await aft(["run", file, "--runs", runs, "--on", "slurm"], { env });
  expect(submitted.stdout).toMatch(new RegExp(`^submitted job ${job}, 2 cells as an array: `));
  const jobs = (await read("jobs")).trim().split("\n").map(Number);
  expect(jobs).toHaveLength(2);
  await until(() => jobs.every(isOver));
  const table = await aft(["run", file, "--runs", runs]);
  expect(table.stdout).toContain("nothing to do: all 2 cells were done before");
}, 300_000);
