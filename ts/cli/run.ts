import { join } from "node:path";
import { renderEnd } from "../analysis/index.ts";
import { type Experiment, type Loaded, type LoadedSweep, loadFile } from "../config/index.ts";
import { defined } from "../core/defined.ts";
import { wholeDuration } from "../core/duration.ts";
import { AftError, formatProblem, inputError, nearestName } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import { shellWord } from "../core/shell.ts";
import {
  checkCells,
  checkInputs,
  dryRun,
  type Estimate,
  estimate,
  estimateSweep,
  estimateTable,
  expectedSeconds,
  measureOn,
  runExperiment,
  runFiles,
  type SweepEstimate,
  stillMissing,
  sweepEstimateTable,
} from "../experiment/index.ts";
import { define, experimentFile, jsonOption, repeatable, setOption } from "./definition.ts";
import { checkPlanned, type PlanValues, printElsewhere } from "./elsewhere.ts";
import { outputWidth, printJson, printLine, wrapped } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { checkSbatchOptions } from "./jobs/slurm.ts";
import { submitJob } from "./jobs/submit.ts";
import { progressOn } from "./progress.ts";
import { dryRunSweepFile, runSweepFile } from "./sweep.ts";

interface Values extends PlanValues {
  "dry-run": boolean;
  jobs: number;
}

export const run = define({
  positionals: { experiment: experimentFile },
  options: {
    set: setOption,
    runs: { type: "string", default: "runs", describe: "the folder for artefacts and reports" },
    "dry-run": { type: "boolean", default: false, describe: "show what would be done, and do nothing" },
    estimate: {
      type: "boolean",
      default: false,
      describe: "first say what it will take: time, memory, disk (with a model of your own it always does)",
    },
    device: {
      type: "string",
      describe:
        "with --estimate: plan for devices of this kind, which need not be here (h100, a100, l40s, ...)",
    },
    devices: { type: "string", least: 1, default: "1", describe: "with --device: how many a machine" },
    nodes: { type: "string", least: 1, default: "1", describe: "with --device: how many machines" },
    on: {
      type: "string",
      choices: ["slurm"],
      describe: "write a batch job that runs the experiment, or each cell of a sweep, and submit it",
    },
    sbatch: repeatable(
      "with --on slurm: an option for sbatch, as --sbatch=--partition=gpu (may be given again)",
    ),
    cell: { type: "string", describe: "of a sweep: this cell alone, by its name or number" },
    json: jsonOption("print one JSON object on stdout"),
    jobs: { type: "string", least: 1, default: "1", describe: "of a sweep: how many cells at a time" },
  },
  async handler(values) {
    const loaded = await loadFile(values.experiment, { set: values.set });
    for (const warning of loaded.warnings) progressOn().note(`warning: ${warning}`);
    const { jobs } = values;
    if (!("cells" in loaded) && jobs > 1)
      throw inputError({
        what: "--jobs is for sweeps: this file is one experiment",
        found: jobs,
        expected: "a file with `sweep`, or no --jobs",
      });
    checkPlanned(values, "cells" in loaded);
    checkSbatchOptions(values.sbatch, values.on);
    const chosen = values.cell === undefined ? loaded : oneOf(loaded, values.cell);
    if (values.on !== undefined) return submitJob(chosen, values);
    if ("cells" in chosen) await checkCells(chosen);
    const command = `aft ${process.argv.slice(2).map(shellWord).join(" ")}`;
    await untilInterrupted(
      (signal) =>
        "cells" in chosen ? runCells(chosen, values, signal) : runExperimentFile(chosen, values, signal),
      { fix: `what is done is kept; the same command goes on from there: ${command}` },
    );
  },
});

/** Of a sweep the cell that is named, by its name or number. */
function oneOf(loaded: Loaded | LoadedSweep, cell: string): Loaded {
  if (!("cells" in loaded))
    throw inputError({
      what: "--cell is for sweeps: this file is one experiment",
      found: cell,
      expected: "a file with `sweep`, or no --cell",
    });
  const { cells, name, sources, warnings } = loaded;
  const names = cells.map((one) => one.cell);
  const found = cells.find((one, at) => one.cell === cell || String(at + 1) === cell);
  if (found !== undefined) {
    // In the folder, and under the name, that the whole sweep gives it.
    const experiment = { ...found.experiment, name: `${name}/${found.cell}` };
    return { experiment, yaml: found.yaml, sources, warnings };
  }
  throw inputError({
    what: `the sweep ${name} has no such cell`,
    found: cell,
    expected: `a number from 1 to ${names.length}, or one of ${names.join("; ")}`,
    nearest: nearestName(cell, names),
  });
}

async function runExperimentFile({ experiment, yaml }: Loaded, argv: Values, signal: AbortSignal) {
  await checkInputs(experiment);
  if (argv.device !== undefined) return printElsewhere(experiment, argv, signal);
  const started = performance.now();
  const options = { runsDirectory: argv.runs, progress: progressOn(), signal };
  if (argv["dry-run"]) {
    const cost = argv.estimate ? await estimate(experiment, options) : undefined;
    printPlan(await dryRun(experiment, argv.runs), cost, argv.json);
    return noteMissing([experiment]);
  }
  const expected = await printEstimate(argv.estimate, isMadeHere(experiment), options, {
    find: () => estimate(experiment, options),
    table: estimateTable,
  });
  const result = await runExperiment(experiment, yaml, { ...options, expected, measure: measureOn(options) });
  if (argv.json)
    return printJson({
      run: result.directory,
      made: result.made,
      reused: result.reused,
      report: result.summary,
    });
  printLine(`\n${wrapped(renderEnd(result.summary, outputWidth()))}\n`);
  printLine(
    result.made === 0
      ? `nothing to do: all ${result.reused} stages were done before`
      : `${result.made} stages done in ${wholeDuration((performance.now() - started) / 1000)}, ${result.reused} reused`,
  );
  const { page, table } = runFiles;
  printLine(
    wrapped(`report: ${shownPath(join(result.directory, page))} (all tables as text: ${table} beside it)`),
  );
}

async function runCells(sweep: LoadedSweep, argv: Values, signal: AbortSignal): Promise<void> {
  const options = { runsDirectory: argv.runs, jobs: argv.jobs, progress: progressOn(), signal };
  if (argv["dry-run"]) {
    await dryRunSweepFile(sweep, argv, argv.estimate ? await estimateSweep(sweep, options) : undefined);
    return noteMissing(sweep.cells.map(({ experiment }) => experiment));
  }
  const isMade = sweep.cells.every(({ experiment }) => isMadeHere(experiment));
  const expected = await printEstimate(argv.estimate, isMade, options, {
    find: () => estimateSweep(sweep, options),
    table: sweepEstimateTable,
  });
  await runSweepFile(sweep, argv, { signal, expected });
}

function printPlan(
  stages: Awaited<ReturnType<typeof dryRun>>,
  cost: Estimate | undefined,
  json: boolean,
): void {
  if (json) {
    printJson({ stages, ...defined({ estimate: cost }) });
    return;
  }
  for (const { label, done, artefact } of stages)
    printLine(`${done ? "done " : "to do"}  ${label}  ${artefact}`);
  if (cost !== undefined) printLine(`\n${estimateTable(cost)}`);
}

/** What `aft validate` says of this machine, too. */
async function noteMissing(experiments: readonly Experiment[]): Promise<void> {
  for (const problem of await stillMissing(experiments))
    progressOn().note(`before it can run: ${formatProblem(problem)}`);
}

/** A GGUF file's too: to estimate before it is converted would take a conversion of its own. */
const isMadeHere = ({ model }: Experiment): boolean => model.create !== undefined || model.gguf !== undefined;

/**
 * A model that was made elsewhere may be large, so its estimate comes unasked; then it is no reason to stop, but for a mistake in
 * what was given. Gives what each stage is expected to take.
 */
async function printEstimate<E extends Estimate | SweepEstimate>(
  requested: boolean,
  modelIsMade: boolean,
  { progress, signal }: Parameters<typeof estimate>[1],
  { find, table }: { find: () => Promise<E | undefined>; table: (cost: E) => string },
): Promise<ReturnType<typeof expectedSeconds> | undefined> {
  if (!requested && modelIsMade) return undefined;
  try {
    const cost = await find();
    if (cost === undefined) return undefined;
    progress.note(`${table(cost)}\n`);
    return expectedSeconds(cost);
  } catch (error) {
    const mistaken = error instanceof AftError && error.exitCode === 2;
    if (requested || mistaken || signal.aborted || !(error instanceof AftError)) throw error;
    progress.note(`no estimate: ${formatProblem(error.problems[0]!)}`);
    return undefined;
  }
}
