/** What a batch job is made of, from an experiment's or a sweep's file. */
import { resolve } from "node:path";
import { ensurePython } from "../../bridge/index.ts";
import type { Experiment, Loaded, LoadedSweep } from "../../config/index.ts";
import { checkCells, checkInputs } from "../../experiment/index.ts";
import { printJson, printLine } from "../exit.ts";
import { progressOn } from "../progress.ts";
import { submit, submittedLines } from "./slurm.ts";

interface JobValues {
  experiment: string;
  set: string[];
  runs: string;
  cell: string | undefined;
  sbatch: string[];
  json: boolean;
}

/** What can be known to be wrong is told here, and not after hours in a queue. */
export async function submitJob(chosen: Loaded | LoadedSweep, values: JobValues): Promise<void> {
  const isSweep = "cells" in chosen;
  const experiments = isSweep ? chosen.cells.map(({ experiment }) => experiment) : [chosen.experiment];
  await (isSweep ? checkCells(chosen) : checkInputs(chosen.experiment));
  const workers = experiments.map(({ worker }) => worker);
  const startsHere = workers.every(({ launch }) => launch === undefined);
  const python = startsHere
    ? await ensurePython({ python: workers[0]!.python, progress: progressOn() })
    : undefined;
  const most = (numberOf: (worker: Experiment["worker"]) => number): number =>
    Math.max(...workers.map(numberOf));
  const threads = most((worker) => worker.threads ?? 0);
  const sets = values.set.flatMap((set) => ["--set", set]);
  const cell = values.cell === undefined ? [] : ["--cell", values.cell];
  const job = {
    name: isSweep ? chosen.name : experiments[0]!.name,
    runs: values.runs,
    command: [
      process.execPath,
      process.argv[1]!,
      "run",
      resolve(values.experiment),
      ...sets,
      ...cell,
      "--runs",
      resolve(values.runs),
    ],
    cells: isSweep ? chosen.cells.length : undefined,
    machines: most(({ nodes }) => nodes),
    devices: workers.every(({ device }) => device === "cpu") ? 0 : most(({ devices }) => devices),
    threads: threads === 0 ? undefined : threads,
    python,
    options: values.sbatch,
  };
  const submitted = await submit(job);
  if (values.json) return printJson(submitted);
  for (const line of submittedLines(job, submitted)) printLine(line);
}
