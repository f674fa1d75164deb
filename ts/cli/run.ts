import { join } from "node:path";
import { type Loaded, type LoadedSweep, loadFile } from "../config/index.ts";
import { AftError, formatProblem, Interrupted, inputError } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import {
  checkCells,
  checkInputs,
  dryRun,
  type Estimate,
  estimate,
  estimateSweep,
  estimateTable,
  runExperiment,
  sweepEstimateTable,
} from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";
import { experimentFile, setOption } from "./experiment-file.ts";
import { untilInterrupted } from "./interrupt.ts";
import { duration, progressOn } from "./progress.ts";
import { dryRunSweepFile, runSweepFile } from "./sweep.ts";
import { wholeNumber } from "./usage.ts";

interface Values {
  experiment: string;
  set: string[];
  runs: string;
  "dry-run": boolean;
  estimate: boolean;
  json: boolean;
  jobs: string;
}

export const run: Definition<Values> = {
  positionals: { experiment: experimentFile },
  options: {
    set: setOption,
    runs: { type: "string", default: "runs", describe: "the folder for artefacts and reports" },
    "dry-run": {
      type: "boolean",
      default: false,
      describe: "show what would be done, and do nothing",
    },
    estimate: {
      type: "boolean",
      default: false,
      describe: "first say what it will take: time, memory, disk (with a model of your own it always does)",
    },
    json: { type: "boolean", default: false, describe: "print one JSON object on stdout" },
    jobs: { type: "string", default: "1", describe: "of a sweep: how many cells at a time" },
  },
  async handler(argv) {
    const loaded = await loadFile(argv.experiment, { set: argv.set });
    for (const warning of loaded.warnings) progressOn().note(`warning: ${warning}`);
    const jobs = wholeNumber("jobs", 1, argv.jobs);
    if ("cells" in loaded) return runCells(loaded, { ...argv, jobs });
    if (jobs > 1)
      throw inputError({
        what: "--jobs is for sweeps: this file is one experiment",
        found: jobs,
        expected: "a file with `sweep`, or no --jobs",
      });
    return resumably((signal) => runOne(loaded, argv, signal));
  },
};

async function runOne({ experiment, yaml }: Loaded, argv: Values, signal: AbortSignal): Promise<void> {
  await checkInputs(experiment);
  const progress = progressOn();
  const started = performance.now();
  const options = { runsDirectory: argv.runs, progress, signal };
  if (argv["dry-run"]) {
    const wanted = argv.estimate ? await estimate(experiment, options) : undefined;
    return printPlan(await dryRun(experiment, argv.runs), wanted, argv.json);
  }
  await tellEstimate(argv.estimate, experiment.model.create !== undefined, options, async () => {
    const found = await estimate(experiment, options);
    return found === undefined ? undefined : estimateTable(found);
  });
  const result = await runExperiment(experiment, yaml, options);
  if (argv.json)
    return printJson({
      run: result.directory,
      made: result.made,
      reused: result.reused,
      report: result.summary,
    });
  printLine(`\n${result.table}\n`);
  printLine(
    result.made === 0
      ? `nothing to do: all ${result.reused} stages were done before`
      : `${result.made} stages done in ${duration((performance.now() - started) / 1000)}, ${result.reused} reused`,
  );
  printLine(`report: ${shownPath(join(result.directory, "report.html"))}`);
}

async function runCells(sweep: LoadedSweep, argv: Omit<Values, "jobs"> & { jobs: number }): Promise<void> {
  await checkCells(sweep);
  await resumably(async (signal) => {
    const { runs: runsDirectory, jobs } = argv;
    const options = { runsDirectory, jobs, progress: progressOn(), signal };
    if (argv["dry-run"])
      return dryRunSweepFile(sweep, argv, argv.estimate ? await estimateSweep(sweep, options) : undefined);
    const made = sweep.cells.every(({ experiment }) => experiment.model.create !== undefined);
    await tellEstimate(argv.estimate, made, options, async () => {
      const found = await estimateSweep(sweep, options);
      return found === undefined ? undefined : sweepEstimateTable(found);
    });
    await runSweepFile(sweep, argv, signal);
  });
}

/** Ctrl-C ends the work with an error that says how to go on. */
async function resumably<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const interrupt = untilInterrupted();
  try {
    return await work(interrupt.signal);
  } catch (error) {
    throw error instanceof Interrupted ? resumable(error, process.argv.slice(2)) : error;
  } finally {
    interrupt.release();
  }
}

const resumable = (error: Interrupted, argv: readonly string[]): AftError =>
  new AftError(
    {
      what: formatProblem(error.problems[0]!),
      fix: `what is done is kept; the same command goes on from there: aft ${argv.map(quoted).join(" ")}`,
    },
    130,
    { cause: error },
  );

const quoted = (text: string): string =>
  /^[\w./=:@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function printPlan(
  stages: Awaited<ReturnType<typeof dryRun>>,
  wanted: Estimate | undefined,
  json: boolean,
): void {
  if (json) {
    printJson({ stages, ...(wanted === undefined ? {} : { estimate: wanted }) });
    return;
  }
  for (const { label, done, artefact } of stages)
    printLine(`${done ? "done " : "to do"}  ${label}  ${artefact}`);
  if (wanted !== undefined) printLine(`\n${estimateTable(wanted)}`);
}

/** A model that was made elsewhere may be large, so its estimate comes unasked; then it is no reason to stop. */
async function tellEstimate(
  asked: boolean,
  modelIsMade: boolean,
  { progress, signal }: Parameters<typeof estimate>[1],
  find: () => Promise<string | undefined>,
): Promise<void> {
  if (!asked && modelIsMade) return;
  try {
    const table = await find();
    if (table !== undefined) progress.note(`${table}\n`);
  } catch (error) {
    if (asked || signal.aborted || !(error instanceof AftError)) throw error;
    progress.note(`no estimate: ${formatProblem(error.problems[0]!)}`);
  }
}
