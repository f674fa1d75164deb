import { compareFinishedRuns, findRun, listRuns } from "../experiment/index.ts";
import { define, jsonOption } from "./definition.ts";
import { describeComparison, describeRuns } from "./describe-runs.ts";
import { printJson, printLine } from "./exit.ts";

const options = {
  runs: { type: "string", default: "runs", describe: "the folder of the runs" },
  json: jsonOption("print one JSON object on stdout"),
} as const;

export const list = define({
  options,
  async handler({ runs: folder, json }) {
    const runs = await listRuns(folder);
    if (json) printJson({ runs });
    else printLine(describeRuns(runs, folder));
  },
});

const run = {
  type: "string",
  demandOption: true,
  describe: "a run, by its folder or by the name that aft runs list shows",
} as const;

export const compare = define({
  positionals: { a: run, b: run },
  options,
  async handler({ a, b, runs, json }) {
    const compared = await compareFinishedRuns(await findRun(a, runs), await findRun(b, runs));
    if (json) printJson(compared);
    else printLine(describeComparison(compared));
  },
});
