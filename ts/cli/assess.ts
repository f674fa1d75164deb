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
import type { Definition } from "./definition.ts";
import { printJson, printLine } from "./exit.ts";

interface Values {
  in: string;
  task: string | undefined;
  set?: string[];
  extract: ExtractMode | undefined;
  json: boolean;
}

export const assessFile: Definition<Values> = {
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
    json: { type: "boolean", default: false, describe: "print one JSON object" },
  },
  async handler(values) {
    const kind = kindOf(await firstRow(values.in));
    if (kind === "candidates") throw notJudged(values.in);
    if (values.extract !== undefined && values.task === undefined)
      throw inputError({
        what: "--extract is whose rule? It goes with --task",
        found: values.extract,
        expected: `--task with one of ${taskNames().join(", ")}`,
      });
    if (values.set?.length && values.task === undefined)
      throw inputError({
        what: "--set is a setting of which task? It goes with --task",
        found: values.set[0],
        expected: `--task with one of ${taskNames().join(", ")}`,
      });
    if (kind === "predictions") return assessAnswers(values);
    if (values.task !== undefined)
      throw inputError({
        what: "--task judges predictions anew, and this file holds groups",
        where: values.in,
        expected: "predictions.jsonl",
        fix: "aft judge --task T --questions questions.jsonl --in candidates.jsonl --out groups.jsonl",
      });
    await assessGroups(values);
  },
};

async function assessGroups({ in: input, json }: Values): Promise<void> {
  const groups = await readJsonl(input, groupSchema);
  const assessment = assess(groups);
  if (json) return printJson(assessment);
  printLine(describeAssessment(assessment));
  const byTask = describeByTask(groups);
  if (byTask !== undefined) printLine(`\n${byTask}`);
}

async function assessAnswers(values: Values): Promise<void> {
  const { in: input, set = [], extract = "strict", json } = values;
  const read = checkPredictions(await readRows(input, predictionSchema));
  if (values.task === undefined) {
    const assessment = assessPredictions(read);
    return json ? printJson(assessment) : printLine(describePredictions(assessment));
  }
  const { task: rule } = namedTask(values.task, set, "--task");
  const task = rule.name;
  const chosen = ofTask(read, task);
  const anew = rejudged(chosen, rule, extract);
  const changed = anew.filter(({ correct }, at) => correct !== chosen[at]!.correct).length;
  const judged = { task, extract, pattern: rule.patterns[extract], changed };
  const assessment = assessPredictions(anew);
  if (json) return printJson({ ...assessment, judged });
  printLine(describePredictions(assessment));
  printLine(
    `${"judged anew".padEnd(20)} by ${task}, ${extract}: ${judged.pattern}; ${changed} judged otherwise than in the file`,
  );
}

/** In a file of several tasks one of them; where none has that name it is the kind of all. */
function ofTask(predictions: readonly Prediction[], task: string): Prediction[] {
  const own = predictions.filter((prediction) => prediction.task === task);
  return own.length > 0 ? own : [...predictions];
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
