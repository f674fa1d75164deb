import { type Experiment, type Loaded, type LoadedSweep, loadFile } from "../config/index.ts";
import { formatProblem } from "../core/errors.ts";
import { checkCells, checkInputs, checkSampler, stillMissing } from "../experiment/index.ts";
import { define, experimentFile, setOption } from "./definition.ts";
import { printLine } from "./exit.ts";

export const validate = define({
  positionals: { experiment: experimentFile },
  options: { set: setOption },
  async handler({ experiment, set }) {
    const loaded = await loadFile(experiment, { set });
    if ("cells" in loaded) await checkCells(loaded);
    else await checkInputs(loaded.experiment);
    for (const warning of loaded.warnings) printLine(`warning: ${warning}`);
    const what = "cells" in loaded ? describeSweep(loaded) : describeExperiment(loaded);
    printLine(`${experiment} is valid: ${what}, read from ${loaded.sources.length} files`);
    for (const sampler of await samplersOf(loaded)) printLine(`samples are drawn by ${sampler}`);
    // The file is right all the same: it may be checked on one machine and run on another.
    for (const problem of await stillMissing(experimentsOf(loaded)))
      printLine(`before it can run: ${formatProblem(problem)}`);
  },
});

function describeExperiment({ experiment: { name, methods, seeds } }: Loaded): string {
  const names = Object.keys(methods);
  return `experiment "${name}", ${names.length} methods (${names.join(", ")}), seeds ${seeds.join(", ")}`;
}

/** Asked before, in the check: nothing is started again. */
async function samplersOf(loaded: Loaded | LoadedSweep): Promise<Set<string>> {
  return new Set(await Promise.all(experimentsOf(loaded).map(({ worker }) => checkSampler(worker))));
}

const experimentsOf = (loaded: Loaded | LoadedSweep): Experiment[] =>
  "cells" in loaded ? loaded.cells.map(({ experiment }) => experiment) : [loaded.experiment];

const mostShown = 12;

function describeSweep({ name, cells, keys }: LoadedSweep): string {
  const names = cells.map(({ cell }) => cell);
  const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : "";
  return `sweep "${name}" over ${keys.join(", ")}, ${names.length} cells (${names.slice(0, mostShown).join("; ")}${more})`;
}
