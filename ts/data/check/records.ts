/** Files of the public records: questions, candidates, groups and predictions. */
import type { z } from "zod";
import { AftError, inputError, type Problem } from "../../core/errors.ts";
import { type Row, scanRows } from "../../core/jsonl.ts";
import {
  candidateSchema,
  type Group,
  groupSchema,
  type Prediction,
  predictionSchema,
  type Question,
  questionSchema,
} from "../../core/records.ts";
import { checkOwnGroups } from "../groups/check-groups.ts";
import { readSource } from "../sources/read.ts";
import { taskNamed, taskNames } from "../tasks/registry.ts";
import { type Findings, findingsOf } from "./findings.ts";

type Kind = "questions" | "candidates" | "groups" | "predictions";

/** What only rows of a kind have: one such field is enough to tell, so that the missing ones can be named. */
const marks: Record<Kind, readonly string[]> = {
  groups: ["prompt", "candidates"],
  candidates: ["questionId", "index"],
  predictions: ["questionId", "text"],
  questions: ["id", "task", "question"],
};

/** Which records a file holds; undefined: none of them. */
export async function kindOfRecords(file: string): Promise<Kind | undefined> {
  const first = (await readSource(file)).rows[0]?.value ?? {};
  return (Object.keys(marks) as Kind[]).find((kind) => marks[kind].every((field) => field in first));
}

export async function checkRecords(file: string, kind: Kind): Promise<Findings[]> {
  if (kind === "candidates") return [await checkCandidates(file)];
  if (kind === "predictions") return [await checkPredictions(file)];
  return kind === "groups" ? [await checkGroups(file)] : checkQuestions(file);
}

async function checkQuestions(file: string): Promise<Findings[]> {
  const { rows, problems } = await scanRows(file, questionSchema);
  const twice = repeats(rows, ({ id }) => id, "field id: this id comes twice");
  const findings: Findings[] = [];
  for (const [name, ofTask] of byTask(rows)) {
    if (taskNames().includes(name))
      findings.push(findingsOf(`questions of ${name}`, { questions: ofTask, problems: [] }, taskNamed(name)));
    else
      findings.push({
        what: `questions of ${name}`,
        counts: { questions: ofTask.length },
        problems: [],
        notes: [`${name} is no task's own name: references were not compared with answers`],
      });
  }
  const bad = new Set(problems.map(({ where }) => where)).size;
  return [
    {
      what: file,
      counts: { rows: rows.length + bad, "bad rows": bad },
      problems: [...problems, ...twice],
      notes: [],
    },
    ...findings,
  ];
}

function byTask(rows: readonly Row<Question>[]): Map<string, Row<Question>[]> {
  const tasks = new Map<string, Row<Question>[]>();
  for (const row of rows) tasks.set(row.value.task, [...(tasks.get(row.value.task) ?? []), row]);
  return tasks;
}

async function checkCandidates(file: string): Promise<Findings> {
  const { rows, problems, counts } = await scanned(file, candidateSchema);
  const twice = repeats(
    rows,
    ({ questionId, index }) => `${questionId}, ${index}`,
    "fields questionId and index: these two come twice",
  );
  return {
    what: file,
    counts: { ...counts, questions: new Set(rows.map(({ value }) => value.questionId)).size },
    problems: [...problems, ...twice],
    notes: [],
  };
}

/** One answer to each question of a task, right only where an answer was found. */
async function checkPredictions(file: string): Promise<Findings> {
  const { rows, problems, counts } = await scanned(file, predictionSchema);
  const twice = repeats(
    rows,
    ({ task, questionId }) => [...(task === undefined ? [] : [task]), questionId].join(", "),
    "field questionId: a second prediction for this question",
  );
  const named = rows.some(({ value }) => value.task !== undefined);
  const own = rows.flatMap(({ value: { task, extracted, correct }, where }): Problem[] => [
    ...(named && task === undefined
      ? [{ what: "missing field task: other rows name theirs", where, expected: "the task's name" }]
      : []),
    ...(extracted === null && correct
      ? [
          {
            what: "field correct: right, and no answer was found (extracted: null)",
            where,
            found: correct,
            expected: "false, or the answer in extracted",
          },
        ]
      : []),
  ]);
  const count = (fits: (value: Prediction) => boolean): number =>
    rows.filter(({ value }) => fits(value)).length;
  return {
    what: file,
    counts: {
      ...counts,
      right: count(({ correct }) => correct),
      "without an answer": count(({ extracted }) => extracted === null),
      "cut off": count(({ finish }) => finish === "length"),
    },
    problems: [...problems, ...twice, ...own],
    notes: [],
  };
}

/** Under the feedback that the groups have the fields of, and as groups of the first one's task. */
async function checkGroups(file: string): Promise<Findings> {
  const { rows, problems, counts } = await scanned(file, groupSchema);
  const ranked = rows.some(({ value }) => value.candidates.some(({ rank }) => rank !== undefined));
  const own = rows.length === 0 ? [] : contradictions(rows, ranked ? "ranked" : "binary", file);
  const candidates = rows.reduce((sum, { value }) => sum + value.candidates.length, 0);
  return {
    what: `${file} (${ranked ? "ranked" : "binary"} feedback)`,
    counts: { ...counts, candidates },
    problems: [...problems, ...own],
    notes: [],
  };
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

async function scanned<T>(file: string, schema: z.ZodType<T>) {
  const { rows, problems } = await scanRows(file, schema);
  const bad = new Set(problems.map(({ where }) => where)).size;
  return { rows, problems, counts: { rows: rows.length + bad, "bad rows": bad } };
}

function repeats<T>(rows: readonly Row<T>[], keyOf: (value: T) => string, what: string): Problem[] {
  const first = new Map<string, string>();
  return rows.flatMap(({ value, where }) => {
    const key = keyOf(value);
    const before = first.get(key);
    if (before === undefined) first.set(key, where);
    return before === undefined
      ? []
      : [{ what, where, found: key, expected: `another than that of ${before}` }];
  });
}

/** Says that a file holds none of the records, and whose rows it could be. */
export const noRecords = (file: string, withRows: readonly string[]): AftError =>
  inputError({
    what: "not a file of questions, candidates, groups or predictions",
    where: file,
    expected: `a first row with ${marks.questions.join(", ")}; ${marks.candidates.join(", ")}; ${marks.groups.join(", ")}; or ${marks.predictions.join(", ")}`,
    fix: `--task TASK (${withRows.join(", ")}) checks rows in the form in which that dataset is published`,
  });
