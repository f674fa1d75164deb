import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSbatchOptions, type Job, slurmScript, submit } from "../../../ts/cli/jobs/slurm.ts";
import { rejection } from "../bridge/harness.ts";

let folder: string;
const path = process.env.PATH;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-slurm-"));
});
afterAll(async () => {
  process.env.PATH = path;
  await rm(folder, { recursive: true, force: true });
});

const job = (settings: Partial<Job> = {}): Job => ({
  name: "gsm8k",
  runs: folder,
  command: ["node", "/it's/bin.mjs", "run", "/a/b.yaml", "--set", "stages.sample.k=3"],
  cells: undefined,
  machines: 1,
  devices: 1,
  threads: undefined,
  python: "/venv/bin/python",
  options: ["--partition=gpu"],
  ...settings,
});
const lines = (settings?: Partial<Job>): string[] => slurmScript(job(settings)).split("\n");
const directives = (settings?: Partial<Job>): string[] =>
  lines(settings).flatMap((line) => /^#SBATCH (.*)$/.exec(line)?.[1] ?? []);

test("one machine: its devices, time to save, and what the cluster wants", () => {
  expect(directives()).toEqual([
    "--job-name=aft-gsm8k",
    `--output=${folder}/gsm8k/slurm-%j.log`,
    "--open-mode=append",
    "--requeue",
    "--signal=B:TERM@120",
    "--nodes=1",
    "--ntasks-per-node=1",
    "--gpus-per-node=1",
    "--partition=gpu",
  ]);
  expect(lines()).toContain(`node '/it'\\''s/bin.mjs' run /a/b.yaml --set stages.sample.k=3 &`);
  expect(slurmScript(job())).not.toContain("MASTER_ADDR");
});

test("a CPU asks for threads and no GPU; a sweep for a task each cell", () => {
  const asked = directives({ devices: 0, threads: 8, cells: 12 });
  expect(asked).toContain("--cpus-per-task=8");
  expect(asked).toContain("--array=1-12");
  expect(asked).toContain(`--output=${folder}/gsm8k/slurm-%A_%a.log`);
  expect(asked.join()).not.toContain("gpus");
  expect(lines({ cells: 12 }).some((line) => line.endsWith('--cell "$SLURM_ARRAY_TASK_ID" &'))).toBe(true);
});

test("several machines start the worker by srun, with the Python that they share", () => {
  const script = slurmScript(job({ machines: 2, devices: 8 }));
  expect(script).toContain("MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))");
  expect(script).toContain(
    `--set 'worker.launch=["srun","--ntasks-per-node=1","--input=0","--kill-on-bad-exit=1","{worker}"]' --set worker.python=/venv/bin/python &`,
  );
  // Where the file says how a worker is started, that holds.
  expect(slurmScript(job({ machines: 2, python: undefined }))).not.toContain("srun");
});

test.each([{}, { machines: 2 }, { cells: 3, devices: 0 }])(
  "%j is a script that bash reads",
  async (settings) => {
    const { exitCode } = await execa("bash", ["-n"], { input: slurmScript(job(settings)) });
    expect(exitCode).toBe(0);
  },
);

/** The script with a command of its own, which prints and ends as it is told. */
const ran = async (command: string[], during?: (pid: number) => void) => {
  const file = join(folder, "run.sbatch");
  await writeFile(join(folder, "scontrol"), `#!/bin/sh\necho "$@" >> ${folder}/requeued\n`);
  await chmod(join(folder, "scontrol"), 0o755);
  await writeFile(file, slurmScript(job({ command })));
  const process_ = execa("bash", [file], {
    env: { SLURM_JOB_ID: "7", PATH: `${folder}:${path}` },
    reject: false,
  });
  if (during !== undefined) process_.stdout.once("data", () => during(process_.pid!));
  const { exitCode } = await process_;
  const requeued = await readFile(join(folder, "requeued"), "utf8").catch(() => "");
  await rm(join(folder, "requeued"), { force: true });
  return { exitCode, requeued };
};
const stop = (pid: number): void => void process.kill(pid, "SIGTERM");

test("what ends by itself ends the job, with its exit code", async () => {
  expect(await ran(["sh", "-c", "exit 2"])).toEqual({ exitCode: 2, requeued: "" });
});

test("what was stopped and has saved is queued again", async () => {
  const saves = "trap 'sleep 0.3; exit 130' TERM; echo up; while :; do sleep 0.05; done";
  expect(await ran(["sh", "-c", saves], stop)).toEqual({ exitCode: 130, requeued: "requeue 7\n" });
});

test("what failed while it was stopped, or was done by then, is not", async () => {
  const ends = (code: number): string => `trap 'exit ${code}' TERM; echo up; while :; do sleep 0.05; done`;
  expect(await ran(["sh", "-c", ends(1)], stop)).toEqual({ exitCode: 1, requeued: "" });
  expect(await ran(["sh", "-c", ends(0)], stop)).toEqual({ exitCode: 0, requeued: "" });
});

test("a machine without sbatch, and a cluster that wants more", async () => {
  process.env.PATH = folder;
  const none = await rejection(submit(job()));
  expect((none as Error).message).toContain("--on slurm: there is no sbatch on this machine");
  await writeFile(join(folder, "sbatch"), "#!/bin/sh\necho 'sbatch: error: Invalid account' >&2\nexit 1\n");
  await chmod(join(folder, "sbatch"), 0o755);
  const refused = await rejection(submit(job()));
  expect((refused as Error).message).toBe(
    `${folder}/gsm8k/job.sbatch: sbatch refused the job (exit code 1): sbatch: error: Invalid account\n` +
      "  fix: say what this cluster wants by --sbatch, as --sbatch=--partition=NAME --sbatch=--account=NAME",
  );
});

test("--sbatch takes an option, and only for a job", () => {
  expect(() => checkSbatchOptions(["--time=04:00:00", "-p gpu"], "slurm")).not.toThrow();
  expect(() => checkSbatchOptions(["gpu"], "slurm")).toThrow(
    '--sbatch takes one option of sbatch\n  found: "gpu"\n  expected: as it is written for sbatch, with its value: --sbatch=--partition=gpu',
  );
  expect(() => checkSbatchOptions(["--time=1\nrm -rf /"], "slurm")).toThrow(
    "--sbatch takes one option of sbatch",
  );
  expect(() => checkSbatchOptions(["--time=1"], undefined)).toThrow("--sbatch is for --on slurm");
});

test.each([
  ["--nodes=4", "worker.nodes, by --set worker.nodes=2 for one"],
  ["-N4", "worker.nodes, by --set worker.nodes=2 for one"],
  ["--ntasks-per-node=8", "one task a machine: it starts worker.devices processes by itself"],
  ["--array=1-99", "no such option: each cell of a sweep is a task, and --cell NAME submits one of them"],
  ["--signal=TERM@10", "no such option: the job is told to save before its time ends"],
])("%s would start other processes than the run counts on", (option, expected) => {
  expect(() => checkSbatchOptions(["--account=me", "--nodelist=a,b", "-A me", option], "slurm")).toThrow(
    `--sbatch: this option of sbatch follows from the experiment\n  found: "${option}"\n  expected: ${expected}`,
  );
});
