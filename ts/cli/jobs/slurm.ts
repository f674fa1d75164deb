/** `aft run --on slurm`: the same command as a batch job, which is queued again where its time ends before its work does. */
import { join, resolve } from "node:path";
import { execa } from "execa";
import { failure, inputError, systemCode } from "../../core/errors.ts";
import { makeFolder, shownPath, writeFileAtomic } from "../../core/files.ts";
import { shellWord } from "../../core/shell.ts";

export interface Job {
  /** The job's name, and of the folder in `runs` that its script and logs go to. */
  name: string;
  runs: string;
  /** What is run, word by word; of a sweep's cells each takes `--cell NUMBER` more. */
  command: readonly string[];
  /** Of a sweep: a task of a job array each. */
  cells: number | undefined;
  machines: number;
  /** GPUs of each; 0 on a CPU. */
  devices: number;
  threads: number | undefined;
  /** The Python of this machine's workers, which the others share; none where the file says how a worker is started. */
  python: string | undefined;
  /** What sbatch is told beside: `--partition=gpu`. */
  options: readonly string[];
}

/** Before the end of its time a job is told to stop so early: a state is saved, and a large one takes a while. */
const secondsToSave = 120;

/** The script of a job, for sbatch. */
export function slurmScript(job: Job): string {
  const { name, runs, command, cells, machines, devices, threads, python, options } = job;
  const log = join(resolve(runs), name, `slurm-${cells === undefined ? "%j" : "%A_%a"}.log`);
  const directives = [
    `--job-name=aft-${name}`,
    `--output=${log}`,
    "--open-mode=append",
    "--requeue",
    `--signal=B:TERM@${secondsToSave}`,
    `--nodes=${machines}`,
    "--ntasks-per-node=1",
    ...(devices > 0 ? [`--gpus-per-node=${devices}`] : []),
    ...(threads === undefined ? [] : [`--cpus-per-task=${threads}`]),
    ...(cells === undefined ? [] : [`--array=1-${cells}`]),
    ...options,
  ];
  const words = [
    ...command.map(shellWord),
    ...(cells === undefined ? [] : ['--cell "$SLURM_ARRAY_TASK_ID"']),
  ];
  if (machines > 1 && python !== undefined)
    for (const set of [`worker.launch=${JSON.stringify(srun)}`, `worker.python=${python}`])
      words.push("--set", shellWord(set));
  return [
    "#!/bin/bash",
    ...directives.map((directive) => `#SBATCH ${directive}`),
    "# Written by `aft run --on slurm`. Whatever ends it, `sbatch` of this file goes on where it was.",
    `cd ${shellWord(process.cwd())} || exit 1`,
    ...(machines > 1
      ? [
          "# The first machine runs the command and rank 0; all of them meet there, at a port of this job's own.",
          'export MASTER_ADDR="$(hostname)" MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))',
        ]
      : []),
    `job="${"$"}{SLURM_ARRAY_JOB_ID:+${"$"}{SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID}"`,
    `job="${"$"}{job:-$SLURM_JOB_ID}"`,
    "stopped= run=",
    `trap 'stopped=1; [ -z "$run" ] || kill -TERM "$run" 2>/dev/null' TERM`,
    `${words.join(" ")} &`,
    "run=$!",
    '[ -z "$stopped" ] || kill -TERM "$run" 2>/dev/null',
    'wait "$run"; code=$?',
    "# A signal ends the wait, not the run.",
    'while [ -n "$stopped" ] && kill -0 "$run" 2>/dev/null; do wait "$run"; code=$?; done',
    'if [ -n "$stopped" ]; then wait "$run" 2>/dev/null; last=$?; [ "$last" = 127 ] || code=$last; fi',
    "# 130: it was stopped, and has saved what is done.",
    'if [ -n "$stopped" ] && [ "$code" = 130 ]; then scontrol requeue "$job"; fi',
    'exit "$code"',
    "",
  ].join("\n");
}

/** One launcher a machine, and the conversation with the first of them. */
const srun = ["srun", "--ntasks-per-node=1", "--input=0", "--kill-on-bad-exit=1", "{worker}"];

export interface Submitted {
  job: string;
  script: string;
}

/** Writes the script beside the run's own files and hands it to sbatch. @throws AftError where there is none, or what it says */
export async function submit(job: Job): Promise<Submitted> {
  const script = join(resolve(job.runs), job.name, "job.sbatch");
  await makeFolder(join(resolve(job.runs), job.name));
  await writeFileAtomic(script, slurmScript(job));
  try {
    const { stdout } = await execa("sbatch", ["--parsable", script]);
    return { job: stdout.trim().split(";")[0]!, script };
  } catch (error) {
    if (systemCode(error) === "ENOENT")
      throw inputError({
        what: "--on slurm: there is no sbatch on this machine",
        found: process.env.PATH,
        expected: "a machine from which SLURM jobs are submitted (a login node)",
        fix: `on such a machine: sbatch ${shownPath(script)}`,
      });
    const { stderr, exitCode } = error as { stderr?: string; exitCode?: number };
    throw failure({
      what: `sbatch refused the job (exit code ${exitCode}): ${(stderr ?? "").trim() || "it printed nothing"}`,
      where: shownPath(script),
      fix: "say what this cluster wants by --sbatch, as --sbatch=--partition=NAME --sbatch=--account=NAME",
    });
  }
}

/** What the user is told of a job. */
export function submittedLines({ name, runs, cells, command }: Job, { job, script }: Submitted): string[] {
  const logs = join(
    shownPath(join(resolve(runs), name)),
    `slurm-${job}${cells === undefined ? "" : "_CELL"}.log`,
  );
  return [
    `submitted job ${job}${cells === undefined ? "" : `, ${cells} cells as an array`}: ${shownPath(script)}`,
    `log: ${logs}; state: squeue -j ${job}; stop: scancel ${job}`,
    ...(cells === undefined
      ? []
      : [
          `once all cells are done, the sweep's table: ${["aft", ...command.slice(2)].map(shellWord).join(" ")}`,
        ]),
  ];
}

/** sbatch's own options are taken as they are, but must be options. */
export function checkSbatchOptions(options: readonly string[], on: string | undefined): void {
  if (options.length > 0 && on === undefined)
    throw inputError({
      what: "--sbatch is for --on slurm",
      found: options.join(" "),
      expected: "--on slurm beside it, or no --sbatch",
    });
  const wrong = options.find((option) => !/^-{1,2}[a-zA-Z][\w-]*([= ][^\n]*)?$/.test(option));
  if (wrong !== undefined)
    throw inputError({
      what: "--sbatch takes one option of sbatch",
      found: wrong,
      expected: "as it is written for sbatch, with its value: --sbatch=--partition=gpu",
    });
  for (const option of options) {
    const own = ownOptions.find(([names]) => names.test(option));
    if (own !== undefined)
      throw inputError({
        what: "--sbatch: this option of sbatch follows from the experiment",
        found: option,
        expected: own[1],
      });
  }
}

/** What another value of would start other processes than the run counts on, or end it without a state. */
const ownOptions = [
  [/^(?:--nodes\b|-N)/, "worker.nodes, by --set worker.nodes=2 for one"],
  [/^(?:--ntasks|-n)/, "one task a machine: it starts worker.devices processes by itself"],
  [
    /^(?:--array\b|-a)/,
    "no such option: each cell of a sweep is a task, and --cell NAME submits one of them",
  ],
  [/^--signal\b/, "no such option: the job is told to save before its time ends"],
] as const;
