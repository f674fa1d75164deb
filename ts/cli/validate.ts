import { type Loaded, type LoadedSweep, loadFile } from "../config/index.ts";
import { checkCells, checkInputs, checkSampler } from "../experiment/index.ts";
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
  },
});

function describeExperiment({ experiment: { name, methods, seeds } }: Loaded): string {
  const names = Object.keys(methods);
  return `experiment "${name}", ${names.length} methods (${names.join(", ")}), seeds ${seeds.join(", ")}`;
}

/** Asked before, in the check: nothing is started again. */
async function samplersOf(loaded: Loaded | LoadedSweep): Promise<Set<string>> {
  const experiments =
    "cells" in loaded ? loaded.cells.map(({ experiment }) => experiment) : [loaded.experiment];
  return new Set(await Promise.all(experiments.map(({ worker }) => checkSampler(worker))));
}

const mostShown = 12;

function describeSweep({ name, cells, keys }: LoadedSweep): string {
  const names = cells.map(({ cell }) => cell);
  const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : "";
  return `sweep "${name}" over ${keys.join(", ")}, ${names.length} cells (${names.slice(0, mostShown).join("; ")}${more})`;
}
