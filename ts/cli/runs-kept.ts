/** What lies in a folder of runs: shown, held against its digests, and freed. */
import { createInterface } from "node:readline/promises";
import { fileSize } from "../core/bytes.ts";
import { AftError, type Problem } from "../core/errors.ts";
import { shownPath } from "../core/files.ts";
import {
  findGarbage,
  findRun,
  removeGarbage,
  showRuns,
  showStages,
  verifyRuns,
} from "../experiment/index.ts";
import { define, jsonOption } from "./definition.ts";
import { describeGarbage, describeShown, describeStages, describeVerified } from "./describe-kept.ts";
import { printJson, printLine } from "./exit.ts";
import { untilInterrupted } from "./interrupt.ts";
import { progressOn } from "./progress.ts";

const runs = { type: "string", default: "runs", describe: "the folder of the runs" } as const;
const json = jsonOption("print one JSON object on stdout");
const run = {
  type: "string",
  describe: "a run, by its folder or by its name; all runs when left out",
} as const;

export const show = define({
  positionals: { run },
  options: { runs, json },
  async handler({ run: named, runs: folder, json }) {
    if (named === undefined) {
      const shown = await showRuns(folder);
      return json ? printJson({ runs: shown }) : printLine(describeShown(shown, folder));
    }
    const shown = await showStages(await findRun(named, folder, { begun: true }), folder);
    return json ? printJson(shown) : printLine(describeStages(shown));
  },
});

export const verify = define({
  positionals: { run },
  options: { runs, json },
  async handler({ run: named, runs: folder, json }) {
    const directory = named === undefined ? undefined : await findRun(named, folder, { begun: true });
    const verified = await untilInterrupted((signal) =>
      verifyRuns(folder, { run: directory, progress: progressOn(), signal }),
    );
    const problems: Problem[] = [
      ...verified.damaged.map(({ artefact, file, what, runs }) => ({
        what: `${file} ${what}`,
        where: shownPath(artefact),
        fix: again(runs),
      })),
      ...verified.missing.map(({ artefact, runs }) => ({
        what: "an artefact of a finished run is not there",
        where: shownPath(artefact),
        fix: again(runs),
      })),
    ];
    if (json) printJson({ whole: problems.length === 0, ...verified });
    else printLine(describeVerified(verified));
    if (problems.length > 0)
      throw json
        ? new AftError({ what: `${problems.length} artefacts' files are damaged or missing` })
        : new AftError(problems);
  },
});

/** What to do about a damaged artefact that these runs refer to. */
const again = (runs: readonly string[]): string =>
  runs.length === 0
    ? "no run refers to it: aft runs gc removes it"
    : `run again: ${runs.join(", ")}; what is damaged is made anew, and what was made from it since`;

export const gc = define({
  options: {
    runs,
    yes: { type: "boolean", default: false, describe: "remove it without asking, for scripts" },
    json,
  },
  async handler({ runs: folder, yes, json }) {
    const garbage = await findGarbage(folder);
    if (!json) printLine(describeGarbage(garbage));
    const agreed = garbage.unused.length > 0 && (yes || (!json && (await agrees(garbage.bytes))));
    const removed = agreed ? await removeGarbage(folder, garbage) : undefined;
    if (json) printJson({ ...garbage, removed: removed?.unused.length ?? 0, freed: removed?.bytes ?? 0 });
    else if (removed !== undefined)
      printLine(`${removed.unused.length} removed, ${fileSize(removed.bytes)} free`);
    else if (garbage.unused.length > 0) printLine("nothing was removed (--yes removes without asking)");
  },
});

/** Nobody is asked where nobody can answer. */
async function agrees(bytes: number): Promise<boolean> {
  if (process.stdin.isTTY !== true) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(
      (await terminal.question(`remove all of this (${fileSize(bytes)})? [y/N] `)).trim(),
    );
  } finally {
    terminal.close();
  }
}
