import {
  Assessing,
  AssessingByTask,
  AssessingPredictions,
  describeAssessment,
  describePredictions,
  PredictionChecks,
} from "../analysis/index.ts";
import { inputError } from "../core/errors.ts";
import { firstRow, noRows } from "../core/jsonl.ts";
import { groupSchema, predictionSchema } from "../core/records.ts";
import { type ExtractMode, extractModes, Rejudging, taskNames } from "../data/index.ts";
import { namedTask, setOfTask } from "./data/settings.ts";
import { define, jsonOption } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";
import { ReadAgain } from "./read-again.ts";

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
    const file = await ReadAgain.open(values.in, "assess");
    try {
      await assessKind(file, values);
    } finally {
      await file.close();
    }
  },
});

async function assessKind(file: ReadAgain, values: Values): Promise<void> {
  if (await file.isEmpty()) throw noRows(values.in, "group or prediction");
  const kind = kindOf(await firstRow(file.path));
  if (kind === "candidates") throw notJudged(values.in);
  if (values.task === undefined) {
    refuseWithoutTask("--extract is whose rule?", values.extract);
    refuseWithoutTask("--set is a setting of which task?", values.set[0]);
  }
  if (kind === "predictions") return assessAnswers(file, values);
  if (values.task !== undefined)
    throw inputError({
      what: "--task judges predictions anew, and this file holds groups",
      where: values.in,
      expected: "predictions.jsonl",
      fix: "aft judge --task T --questions questions.jsonl --in candidates.jsonl --out groups.jsonl",
    });
  await assessGroups(file, values.json);
}

function refuseWithoutTask(what: string, found: string | undefined): void {
  if (found === undefined) return;
  const expected = `--task with one of ${taskNames().join(", ")}`;
  throw inputError({ what: `${what} It goes with --task`, found, expected });
}

async function assessGroups(file: ReadAgain, json: boolean): Promise<void> {
  const [assessing, byTask] = [new Assessing(), new AssessingByTask()];
  await file.forEach(groupSchema, (group) => {
    assessing.add(group);
    if (!json) byTask.add(group);
  });
  const assessment = assessing.result();
  if (json) return printJson(assessment);
  printLine(describeAssessment(assessment));
  const table = byTask.describe();
  if (table !== undefined) printLine(`\n${table}`);
}

interface Values {
  in: string;
  task: string | undefined;
  set: string[];
  extract: ExtractMode | undefined;
  json: boolean;
}

async function assessAnswers(
  file: ReadAgain,
  { in: input, task: taskName, set, extract = "strict", json }: Values,
) {
  const [checks, assessing] = [new PredictionChecks(), new AssessingPredictions()];
  const named = taskName === undefined ? undefined : namedTask(taskName, set, "--task");
  let isNamed = false;
  await file.forEach(predictionSchema, (prediction, { row }) => {
    checks.add(prediction, () => `${input}:${row}`);
    if (named === undefined) assessing.add(prediction);
    else if (prediction.task === named.task.name) isNamed = true;
  });
  checks.check();
  if (named === undefined) {
    const assessment = assessing.result();
    return json ? printJson(assessment) : printLine(describePredictions(assessment));
  }
  const { task } = named;
  const rejudging = new Rejudging(task, extract);
  let changed = 0;
  await file.forEach(predictionSchema, (prediction) => {
    // In a file of several tasks that task's own; where none has that name it is the kind of all of them.
    if (isNamed && prediction.task !== task.name) return;
    const anew = rejudging.judge(prediction);
    if (anew.correct !== prediction.correct) changed++;
    assessing.add(anew);
  });
  rejudging.check();
  const judged = { task: task.name, extract, pattern: task.patterns[extract], changed };
  const assessment = assessing.result();
  if (json) return printJson({ ...assessment, judged });
  printLine(describePredictions(assessment));
  printLine(
    `${"judged anew".padEnd(20)} by ${task.name}, ${extract}: ${judged.pattern}; ${changed} judged otherwise than in the file`,
  );
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
