import { join } from "node:path";
import { type Experiment, type Loaded, type LoadedSweep, loadFile } from "../config/index.ts";
import { defined } from "../core/defined.ts";
import { AftError, formatProblem, inputError } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import {
  checkCells,
  checkInputs,
  clusterTable,
  deviceKind,
  dryRun,
  type Estimate,
  estimate,
  estimateSweep,
  estimateTable,
  expectedSeconds,
  measureOn,
  modelLine,
  planElsewhere,
  runExperiment,
  runFiles,
  type SweepEstimate,
  sweepEstimateTable,
} from "../experiment/index.ts";
import { define, experimentFile, jsonOption, setOption } from "./definition.ts";
import { printJson, printLine, wrapped } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { duration, progressOn } from "./progress.ts";
import { dryRunSweepFile, runSweepFile } from "./sweep.ts";

interface Values {
  runs: string;
  "dry-run": boolean;
  estimate: boolean;
  device: string | undefined;
  devices: number;
  nodes: number;
  json: boolean;
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
    if ("cells" in loaded) await checkCells(loaded);
    const command = `aft ${process.argv.slice(2).map(quoted).join(" ")}`;
    await untilInterrupted(
      (signal) =>
        "cells" in loaded ? runCells(loaded, values, signal) : runExperimentFile(loaded, values, signal),
      { fix: `what is done is kept; the same command goes on from there: ${command}` },
    );
  },
});

/** What is only planned is not run: the devices are elsewhere. */
function checkPlanned({ device, devices, nodes, estimate }: Values, isSweep: boolean): void {
  if (device === undefined) {
    const [name, found] = devices > 1 ? ["--devices", devices] : ["--nodes", nodes];
    if (found > 1)
      throw inputError({
        what: `${name} is for a plan of devices that are elsewhere, and --device names no kind`,
        found,
        expected: `--estimate --device KIND beside ${name}, h100 for one; worker.devices is how many compute`,
      });
    return;
  }
  deviceKind(device, "--device");
  if (!estimate)
    throw inputError({
      what: "--device is for a plan: it names a kind of device that need not be here",
      found: device,
      expected: "--estimate beside it; worker.device is what computes",
    });
  if (isSweep)
    throw inputError({
      what: "--device plans one experiment: this file is a sweep",
      found: device,
      expected: "an experiment's file, with one cell's settings by --set",
    });
}

async function printElsewhere(experiment: Experiment, argv: Values, signal: AbortSignal): Promise<void> {
  const cluster = {
    kind: deviceKind(argv.device!, "--device"),
    devices: argv.devices,
    nodes: argv.nodes,
  };
  const options = { runsDirectory: argv.runs, progress: progressOn(), signal };
  const { plan, model, warnings } = await planElsewhere(experiment, options, cluster);
  if (argv.json) return printJson({ ...plan, model, warnings });
  printLine(clusterTable(plan, modelLine(model)));
  for (const warning of warnings) printLine(`warning: ${warning}`);
}

async function runExperimentFile({ experiment, yaml }: Loaded, argv: Values, signal: AbortSignal) {
  await checkInputs(experiment);
  if (argv.device !== undefined) return printElsewhere(experiment, argv, signal);
  const started = performance.now();
  const options = { runsDirectory: argv.runs, progress: progressOn(), signal };
  if (argv["dry-run"]) {
    const cost = argv.estimate ? await estimate(experiment, options) : undefined;
    return printPlan(await dryRun(experiment, argv.runs), cost, argv.json);
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
  printLine(`\n${wrapped(result.end)}\n`);
  printLine(
    result.made === 0
      ? `nothing to do: all ${result.reused} stages were done before`
      : `${result.made} stages done in ${duration((performance.now() - started) / 1000)}, ${result.reused} reused`,
  );
  const { page, table } = runFiles;
  printLine(`report: ${shownPath(join(result.directory, page))} (all tables as text: ${table} beside it)`);
}

async function runCells(sweep: LoadedSweep, argv: Values, signal: AbortSignal): Promise<void> {
  const options = { runsDirectory: argv.runs, jobs: argv.jobs, progress: progressOn(), signal };
  if (argv["dry-run"])
    return dryRunSweepFile(sweep, argv, argv.estimate ? await estimateSweep(sweep, options) : undefined);
  const isMade = sweep.cells.every(({ experiment }) => isMadeHere(experiment));
  const expected = await printEstimate(argv.estimate, isMade, options, {
    find: () => estimateSweep(sweep, options),
    table: sweepEstimateTable,
  });
  await runSweepFile(sweep, argv, { signal, expected });
}

const quoted = (text: string): string =>
  /^[\w./=:@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

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
