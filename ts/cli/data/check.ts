import { existsSync } from "node:fs";
import { Alike } from "../../core/alike.ts";
import { AftError, inputError, type Problem } from "../../core/errors.ts";
import { noRows } from "../../core/jsonl.ts";
import {
  checkDataset,
  checkRecords,
  type Findings,
  findingsOf,
  kindOfRecords,
  noRecords,
  type SplitName,
  splitNames,
  taskKinds,
  taskNames,
} from "../../data/index.ts";
import { define, jsonOption } from "../definition.ts";
import { printJson, printLine } from "../exit.ts";
import { namedTask, notATask, setOfTask } from "./settings.ts";

const readable = taskKinds.filter(({ read }) => read !== undefined).map(({ name }) => name);

export const check = define({
  positionals: {
    what: { type: "string", demandOption: true, describe: "a file, or a task whose files are to be checked" },
  },
  options: {
    task: {
      choices: readable,
      describe:
        "whose published rows the file has; when left out it holds questions, candidates, groups or predictions",
    },
    split: {
      choices: splitNames,
      describe: "of which split, where the rows' form depends on it",
    },
    set: setOfTask,
    json: jsonOption("print what was found as JSON"),
  },
  async handler({ what, task, split, set, json }) {
    const findings = await findingsOn(what, task, split, set);
    const problems = findings.flatMap((part) => part.problems);
    if (json) printJson({ right: problems.length === 0, findings });
    else for (const part of findings) print(part);
    if (problems.length > 0)
      throw json ? new AftError({ what: `${problems.length} mistakes` }, 2) : inputError(shown(problems));
    if (!json) printLine("nothing is wrong");
  },
});

/** Each kind once, and of many kinds the first. */
function shown(problems: readonly Problem[]): Problem[] {
  const alike = new Alike();
  for (const problem of problems) alike.add(problem);
  const told = alike.problems();
  const more = alike.left === 0 ? "" : `and ${alike.left.toLocaleString("en-US")} more; `;
  return told.length === problems.length ? told : [...told, { what: `${more}--json lists each` }];
}

async function findingsOn(
  what: string,
  task: string | undefined,
  split: SplitName | undefined,
  set: readonly string[],
) {
  if (existsSync(what)) {
    if (task !== undefined) {
      const named = namedTask(task, set);
      const reading = await named.kind.read!(named.settings, what, split);
      if (reading.questions.length === 0 && reading.problems.length === 0) throw noRows(what, "question");
      return [findingsOf(what, reading, named.task)];
    }
    const kind = await kindOfRecords(what);
    if (kind === undefined) throw noRecords(what, readable);
    return checkRecords(what, kind);
  }
  if (!taskNames().includes(what)) throw notATask(what, "neither a file nor a task", "a file");
  const named = namedTask(what, set);
  return checkDataset(named.kind, named.settings, named.task);
}

function print({ what, counts, notes }: Findings): void {
  printLine(what);
  for (const [name, count] of Object.entries(counts))
    printLine(`  ${name}: ${count.toLocaleString("en-US")}`);
  for (const note of notes) printLine(`  ${note}`);
}
