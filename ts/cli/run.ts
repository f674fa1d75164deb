import { join } from "node:path";
import { type Experiment, loadExperiment } from "../config/index.ts";
import { AftError, formatProblem, Interrupted } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import {
  checkOwnGroups,
  dryRun,
  type Estimate,
  estimate,
  estimateTable,
  runExperiment,
} from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";
import { experimentFile, setOption } from "./experiment-file.ts";
import { untilInterrupted } from "./interrupt.ts";
import { duration, progressOn } from "./progress.ts";

interface Values {
  experiment: string;
  set: string[];
  runs: string;
  "dry-run": boolean;
  estimate: boolean;
  json: boolean;
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
  },
  async handler(argv) {
    const { experiment, yaml, warnings } = await loadExperiment(argv.experiment, { set: argv.set });
    const progress = progressOn();
    for (const warning of warnings) progress.note(`warning: ${warning}`);
    await checkOwnGroups(experiment);
    const interrupt = untilInterrupted();
    const started = performance.now();
    const estimating = { runsDirectory: argv.runs, progress, signal: interrupt.signal };
    try {
      if (argv["dry-run"]) {
        const wanted = argv.estimate ? await estimate(experiment, estimating) : undefined;
        return printPlan(await dryRun(experiment, argv.runs), wanted, argv.json);
      }
      await tellEstimate(experiment, argv.estimate, estimating);
      const result = await runExperiment(experiment, yaml, {
        runsDirectory: argv.runs,
        progress,
        signal: interrupt.signal,
      });
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
    } catch (error) {
      throw error instanceof Interrupted ? resumable(error, process.argv.slice(2)) : error;
    } finally {
      interrupt.release();
    }
  },
};

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
  experiment: Experiment,
  asked: boolean,
  options: Parameters<typeof estimate>[1],
): Promise<void> {
  if (!asked && experiment.model.create !== undefined) return;
  try {
    const found = await estimate(experiment, options);
    if (found !== undefined) options.progress.note(`${estimateTable(found)}\n`);
  } catch (error) {
    if (asked || options.signal.aborted || !(error instanceof AftError)) throw error;
    options.progress.note(`no estimate: ${formatProblem(error.problems[0]!)}`);
  }
}
