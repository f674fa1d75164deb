import type { Options, PositionalOptions } from "yargs";
import { compareFinishedRuns, findRun, listRuns } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { describeComparison, describeRuns } from "./describe-runs.ts";
import { printJson, printLine } from "./exit.ts";

const options = {
  runs: { type: "string", default: "runs", describe: "the folder of the runs" },
  json: { type: "boolean", default: false, describe: "print one JSON object on stdout" },
} satisfies Record<string, Options>;

interface Values {
  runs: string;
  json: boolean;
}

export const list: Definition<Values> = {
  options,
  async handler({ runs, json }) {
    const found = await listRuns(runs);
    if (json) printJson({ runs: found });
    else printLine(describeRuns(found, runs));
  },
};

const run: PositionalOptions = {
  type: "string",
  demandOption: true,
  describe: "a run, by its folder or by the name that aft runs list shows",
};

export const compare: Definition<Values & { a: string; b: string }> = {
  positionals: { a: run, b: run },
  options,
  async handler({ a, b, runs, json }) {
    const compared = await compareFinishedRuns(await findRun(a, runs), await findRun(b, runs));
    if (json) printJson(compared);
    else printLine(describeComparison(compared));
  },
};
