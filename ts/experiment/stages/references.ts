/**
 * Training questions without samples: groups.jsonl with no candidates, of a round in which a method learns from the
 * references alone and nobody else's samples are at hand.
 */
import { z } from "zod";
import type { Group, Question } from "../../core/records.ts";
import { promptOf } from "../worker/sampling.ts";
import type { TaskQuestions } from "./by-task.ts";
import { samplingOf, usualMaxNewTokens } from "./cost.ts";
import { groupsFile } from "./judge.ts";
import { readSplit } from "./questions.ts";
import { defineStage } from "./stage.ts";

export interface ReferencesParams extends Pick<TaskQuestions, "task" | "questions"> {
  /** As the stage `sample` takes them. */
  part: { questions: number | undefined; skip?: number };
}

export const references = defineStage({
  name: "references",
  codeVersion: 1,
  usesWorker: false,
  files: { groups: groupsFile },
  facts: z.object({ questions: z.int() }),
  settings: ({ task, part }: ReferencesParams) => ({ ...part, task: task.name }),
  inputs: ({ questions }: ReferencesParams) => ({ questions }),
  async run(context, { task, part }, inputs) {
    const rows = await readSplit(inputs.questions, "train", part.questions, part.skip);
    const groups = rows.map((row) => withoutSamples(row, task.name));
    await groupsFile.write(context, groups);
    return { questions: groups.length };
  },
  expected: ({ part }, { questions }) => ({
    ...questions,
    samples: samplingOf(questions, {
      split: "train",
      questions: part.questions,
      k: 0,
      maxNewTokens: usualMaxNewTokens,
    }),
  }),
});

const withoutSamples = (question: Question, task: string): Group => ({
  ...promptOf(question),
  task,
  answer: question.answer,
  ...(question.reference === undefined ? {} : { reference: question.reference }),
  candidates: [],
});
