import {
  assess,
  assessPredictions,
  checkPredictions,
  describeAssessment,
  describeByTask,
  describePredictions,
  type Prediction,
  predictionSchema,
} from "../analysis/index.ts";
import { inputError } from "../core/errors.ts";
import { firstRow, readJsonl, readRows } from "../core/jsonl.ts";
import { groupSchema } from "../core/records.ts";
import { type ExtractMode, extractModes, rejudged, taskNames } from "../data/index.ts";
import { namedTask, setOfTask } from "./data/settings.ts";
import { define, jsonOption } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";

export const assessFile = define({
  options: {
    in: {
      type: "string",
      demandOption: true,
      describe: "scored.jsonl (from aft score, or judged samples), or predictions.jsonl (of a run)",
    },
    task: {
      type: "string",
      describe: `predictions: judge the texts anew by this task's rule (${taskNames().join(", ")}); of a file of several tasks only its own`,
    },
    set: {
      ...setOfTask,
      describe: "with --task: a setting of it, as in an experiment: --set name=sums --set answer.kind=choice",
    },
    extract: {
      choices: extractModes,
      describe: "with --task: which of its two rules decides; strict when left out",
    },
    json: jsonOption(),
  },
  async handler(values) {
    const kind = kindOf(await firstRow(values.in));
    if (kind === "candidates") throw notJudged(values.in);
    if (values.task === undefined) {
      refuseWithoutTask("--extract is whose rule?", values.extract);
      refuseWithoutTask("--set is a setting of which task?", values.set[0]);
    }
    if (kind === "predictions") return assessAnswers(values);
    if (values.task !== undefined)
      throw inputError({
        what: "--task judges predictions anew, and this file holds groups",
        where: values.in,
        expected: "predictions.jsonl",
        fix: "aft judge --task T --questions questions.jsonl --in candidates.jsonl --out groups.jsonl",
      });
    await assessGroups(values.in, values.json);
  },
});

function refuseWithoutTask(what: string, found: string | undefined): void {
  if (found === undefined) return;
  const expected = `--task with one of ${taskNames().join(", ")}`;
  throw inputError({ what: `${what} It goes with --task`, found, expected });
}

async function assessGroups(input: string, json: boolean): Promise<void> {
  const groups = await readJsonl(input, groupSchema);
  const assessment = assess(groups);
  if (json) return printJson(assessment);
  printLine(describeAssessment(assessment));
  const byTask = describeByTask(groups);
  if (byTask !== undefined) printLine(`\n${byTask}`);
}

interface Values {
  in: string;
  task: string | undefined;
  set: string[];
  extract: ExtractMode | undefined;
  json: boolean;
}

async function assessAnswers({ in: input, task: taskName, set, extract = "strict", json }: Values) {
  const predictions = checkPredictions(await readRows(input, predictionSchema));
  if (taskName === undefined) {
    const assessment = assessPredictions(predictions);
    return json ? printJson(assessment) : printLine(describePredictions(assessment));
  }
  const { task } = namedTask(taskName, set, "--task");
  const chosen = ofTask(predictions, task.name);
  const anew = rejudged(chosen, task, extract);
  const changed = anew.filter(({ correct }, at) => correct !== chosen[at]!.correct).length;
  const judged = { task: task.name, extract, pattern: task.patterns[extract], changed };
  const assessment = assessPredictions(anew);
  if (json) return printJson({ ...assessment, judged });
  printLine(describePredictions(assessment));
  printLine(
    `${"judged anew".padEnd(20)} by ${task.name}, ${extract}: ${judged.pattern}; ${changed} judged otherwise than in the file`,
  );
}

/** In a file of several tasks that task's own; where none has that name it is the kind of all of them. */
function ofTask(predictions: readonly Prediction[], task: string): Prediction[] {
  const named = predictions.filter((prediction) => prediction.task === task);
  return named.length > 0 ? named : [...predictions];
}

/** By its first row: groups hold candidates, predictions their answer, candidates neither. */
function kindOf(row: unknown): "groups" | "predictions" | "candidates" {
  if (typeof row !== "object" || row === null || !("questionId" in row)) return "groups";
  return "index" in row && !("answer" in row) ? "candidates" : "predictions";
}

const notJudged = (where: string): Error =>
  inputError({
    what: "these are candidates, not judged yet",
    where,
    expected: "groups or predictions",
    fix: `aft judge --task T --questions questions.jsonl --in ${where} --out groups.jsonl`,
  });
