/** Files of the public records: questions, candidates, groups and predictions. */
import type { z } from "zod";
import { AftError, inputError, type Problem } from "../../core/errors.ts";
import { noRows, type Row, scanRows } from "../../core/jsonl.ts";
import {
  candidateSchema,
  type Group,
  groupSchema,
  type Prediction,
  predictionSchema,
  questionSchema,
} from "../../core/records.ts";
import { checkOwnGroups } from "../groups/check-groups.ts";
import { grouped, repeats } from "../problems.ts";
import { readSource } from "../sources/read.ts";
import { taskNamed, taskNames } from "../tasks/registry.ts";
import { type Findings, findingsOf } from "./findings.ts";

type Kind = "questions" | "candidates" | "groups" | "predictions";

/** Fields by which rows of a kind are recognised, in the order in which kinds are tried. */
const marks: Record<Kind, readonly string[]> = {
  groups: ["prompt", "candidates"],
  candidates: ["questionId", "index"],
  predictions: ["questionId", "text"],
  questions: ["id", "task", "question"],
};

/** Which records a file holds; undefined: none of them. */
export async function kindOfRecords(file: string): Promise<Kind | undefined> {
  const { rows, problems } = await readSource(file);
  if (rows.length === 0 && problems.length > 0) throw inputError(problems);
  if (rows.length === 0) throw noRows(file, "question, candidate, group or prediction");
  const first = rows[0]!.value;
  return (Object.keys(marks) as Kind[]).find((kind) => marks[kind].every((field) => field in first));
}

const checks: Record<Kind, (file: string) => Promise<Findings[]>> = {
  async questions(file) {
    const { rows, findings } = await scanned(file, questionSchema);
    findings.problems.push(...repeats(rows, ({ id }) => id, "field id: this id comes twice"));
    const parts = [...grouped(rows, ({ value }) => value.task)].map(([name, questions]): Findings => {
      const what = `questions of ${name}`;
      if (taskNames().includes(name)) return findingsOf(what, { questions, problems: [] }, taskNamed(name));
      const note = `${name} is no task's own name: references were not compared with answers`;
      return { what, counts: { questions: questions.length }, problems: [], notes: [note] };
    });
    return [findings, ...parts];
  },

  async candidates(file) {
    const { rows, findings } = await scanned(file, candidateSchema);
    findings.counts.questions = new Set(rows.map(({ value }) => value.questionId)).size;
    const what = "fields questionId and index: these two come twice";
    findings.problems.push(...repeats(rows, ({ questionId, index }) => `${questionId}, ${index}`, what));
    return [findings];
  },

  /** One answer to each question of a task, right only where an answer was found. */
  async predictions(file) {
    const { rows, findings } = await scanned(file, predictionSchema);
    const count = (fits: (value: Prediction) => boolean): number =>
      rows.filter(({ value }) => fits(value)).length;
    findings.counts.right = count(({ correct }) => correct);
    findings.counts["without an answer"] = count(({ extracted }) => extracted === null);
    findings.counts["cut off"] = count(({ finish }) => finish === "length");
    findings.problems.push(
      ...repeats(
        rows,
        ({ task, questionId }) => (task === undefined ? questionId : `${task}, ${questionId}`),
        "field questionId: a second prediction for this question",
      ),
      ...predictionProblems(rows),
    );
    return [findings];
  },

  /** Under the feedback that the groups have the fields of, and as groups of the first one's task. */
  async groups(file) {
    const { rows, findings } = await scanned(file, groupSchema);
    const isRanked = rows.some(({ value }) => value.candidates.some(({ rank }) => rank !== undefined));
    const feedback = isRanked ? "ranked" : "binary";
    findings.what = `${file} (${feedback} feedback)`;
    findings.counts.candidates = rows.reduce((sum, { value }) => sum + value.candidates.length, 0);
    if (rows.length > 0) findings.problems.push(...contradictions(rows, feedback, file));
    return [findings];
  },
};

export const checkRecords = (file: string, kind: Kind): Promise<Findings[]> => checks[kind](file);

function* predictionProblems(rows: readonly Row<Prediction>[]): Generator<Problem> {
  const named = rows.some(({ value }) => value.task !== undefined);
  for (const { value, where } of rows) {
    if (named && value.task === undefined)
      yield { what: "missing field task: other rows name theirs", where, expected: "the task's name" };
    if (value.extracted === null && value.correct)
      yield {
        what: "field correct: right, and no answer was found (extracted: null)",
        where,
        found: true,
        expected: "false, or the answer in extracted",
      };
  }
}

function contradictions(
  rows: readonly Row<Group>[],
  feedback: "ranked" | "binary",
  file: string,
): readonly Problem[] {
  try {
    checkOwnGroups(rows, { tasks: [rows[0]!.value.task], feedback, file });
    return [];
  } catch (error) {
    if (error instanceof AftError) return error.problems;
    throw error;
  }
}

/** The rows that fit their schema, and findings to which more is added. */
async function scanned<T>(
  file: string,
  schema: z.ZodType<T>,
): Promise<{ rows: Row<T>[]; findings: Findings }> {
  const { rows, problems } = await scanRows(file, schema);
  const bad = new Set(problems.map(({ where }) => where)).size;
  return {
    rows,
    findings: { what: file, counts: { rows: rows.length + bad, "bad rows": bad }, problems, notes: [] },
  };
}

/** Says that a file holds none of the records, and whose rows it could be. */
export const noRecords = (file: string, withRows: readonly string[]): AftError =>
  inputError({
    what: "not a file of questions, candidates, groups or predictions",
    where: file,
    expected: `a first row with ${marks.questions.join(", ")}; ${marks.candidates.join(", ")}; ${marks.groups.join(", ")}; or ${marks.predictions.join(", ")}`,
    fix: `--task TASK (${withRows.join(", ")}) checks rows in the form in which that dataset is published`,
  });
