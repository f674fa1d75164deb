import { inputError } from "../core/errors.ts";
import { compareFinishedRuns, findRun, listRuns } from "../experiment/index.ts";
import type { Definition } from "./definition.ts";
import { describeComparison, describeRuns } from "./describe-runs.ts";
import { printJson, printLine } from "./exit.ts";

interface Values {
  action: "list" | "compare";
  names: string[];
  runs: string;
  json: boolean;
}

export const runsCommand: Definition<Values> = {
  positionals: {
    action: {
      choices: ["list", "compare"],
      demandOption: true,
      describe: "list: the finished runs; compare: two of them",
    },
    names: {
      type: "string",
      array: true,
      default: [],
      describe: "of compare: two runs, each by its folder or its name",
    },
  },
  options: {
    runs: { type: "string", default: "runs", describe: "the folder of the runs" },
    json: { type: "boolean", default: false, describe: "print one JSON object on stdout" },
  },
  async handler({ action, names, runs, json }) {
    const wanted = action === "compare" ? 2 : 0;
    if (names.length !== wanted)
      throw inputError({
        what: action === "compare" ? "aft runs compare takes two runs" : "aft runs list takes no run",
        found: names,
        expected: action === "compare" ? "aft runs compare RUN RUN" : "aft runs list [--runs DIR]",
      });
    if (action === "list") {
      const found = await listRuns(runs);
      if (json) printJson({ runs: found });
      else printLine(describeRuns(found, runs));
      return;
    }
    const [a, b] = [await findRun(names[0]!, runs), await findRun(names[1]!, runs)];
    const compared = await compareFinishedRuns(a, b);
    if (json) printJson(compared);
    else printLine(describeComparison(compared));
  },
};
