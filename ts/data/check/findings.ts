import type { Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import type { Question } from "../../core/records.ts";
import { outcomeOf } from "../answers/index.ts";
import { repeated } from "../duplicates.ts";
import type { ReadQuestions, Task } from "../task.ts";

/** What was found in a file or in a part of a dataset. */
export interface Findings {
  /** What was looked at. */
  what: string;
  /** In the order in which they are printed. */
  counts: Record<string, number>;
  /** What is wrong, row by row. */
  problems: Problem[];
  /** What is worth knowing and may be meant. */
  notes: string[];
}

/** Repeated questions that are named before the rest are only counted. */
const mostRepeatedNamed = 5;

/** Questions that were read: bad rows, repeated questions, references whose own answer is not that of their row. */
export function findingsOf(what: string, { questions, problems }: ReadQuestions, task: Task): Findings {
  const again = repeated(questions, ({ value }) => value);
  const differing = questions.flatMap((row) => differingReference(row, task) ?? []);
  const bad = new Set(problems.map(({ where }) => where)).size;
  return {
    what,
    counts: {
      questions: questions.length,
      "bad rows": bad,
      "with a reference": questions.filter(({ value }) => value.reference !== undefined).length,
      "questions that come again": again.reduce((sum, same) => sum + same.length - 1, 0),
      "references with another answer": differing.length,
    },
    problems: [...problems, ...differing],
    notes: again
      .slice(0, mostRepeatedNamed)
      .map((same) => `the same question: ${same.map(({ where }) => where).join(", ")}`),
  };
}

/** A reference that strict extraction finds another answer in, or none: training on it would teach that. */
function differingReference({ value, where }: Row<Question>, task: Task): Problem | undefined {
  if (value.reference === undefined) return undefined;
  const strict = outcomeOf(task, value.reference, "strict", value);
  if (strict.correct) return undefined;
  return {
    what: "the reference does not end in the row's answer",
    where,
    found: strict.extracted ?? "no answer that strict extraction finds",
    expected: value.answer,
  };
}
