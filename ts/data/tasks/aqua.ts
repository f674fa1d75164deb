import { z } from "zod";
import { type AquaTask, aquaTaskSchema, taskName } from "../../config/index.ts";
import { downloaded } from "../downloads/folder.ts";
import type { ReadQuestions, Split, Splits, Task, TaskKind } from "../task.ts";
import { choiceTask, closed } from "./choices.ts";
import { drawn, firstOf, readQuestions, rightQuestions } from "./reading.ts";

/**
 * A row as the dataset has it:
 * `{"question": "A cyclist rides 36 km in 2 hours. What is her speed?",
 *   "options": ["A)9 km/h", "B)18 km/h", "C)20 km/h", "D)36 km/h", "E)72 km/h"],
 *   "rationale": "Speed is distance over time.\n36 / 2 = 18\nAnswer is B.", "correct": "B"}`
 */
const rowSchema = z.looseObject({
  question: z.string().min(1),
  options: z.array(z.string()).length(5),
  rationale: z.string(),
  correct: z.enum(["A", "B", "C", "D", "E"]),
});

/** Algebra with five options and crowd-sourced rationales (Ling et al., 2017), in the published splits. */
export const aqua: TaskKind<AquaTask> = {
  name: "aqua",
  description: "AQuA-RAT: algebra with five options, judged by the letter",
  settingsSchema: aquaTaskSchema,
  files: filesOf,
  parts(settings) {
    const { trainFile, devFile, testFile } = filesOf(settings);
    return { train: trainFile, validation: devFile, test: testFile };
  },
  read,
  make: (settings): Task => ({
    name: taskName(settings),
    splits: (seed) => splitsOf(settings, seed),
    ...choiceTask,
  }),
};

function filesOf({ trainFile, devFile, testFile }: AquaTask) {
  return {
    trainFile: trainFile ?? downloaded("aqua", "train.json"),
    devFile: devFile ?? downloaded("aqua", "dev.json"),
    testFile: testFile ?? downloaded("aqua", "test.json"),
  };
}

async function splitsOf(settings: AquaTask, seed?: number): Promise<Splits> {
  const { trainFile, devFile, testFile } = filesOf(settings);
  const questions = (file: string, split: Split) => rightQuestions(read(settings, file, split));
  return {
    train: drawn(
      await questions(trainFile, "train"),
      settings.train,
      trainFile,
      "aqua",
      seed ?? settings.seed,
    ),
    validation: firstOf(await questions(devFile, "validation"), settings.validation, devFile),
    test: firstOf(await questions(testFile, "test"), settings.test, testFile),
  };
}

/** Options without their letters, which the prompt puts there; the reference closes with `#### B`. */
function read(settings: AquaTask, file: string, split?: Split): Promise<ReadQuestions> {
  return readQuestions(file, {
    task: taskName(settings),
    split,
    schema: rowSchema,
    make: ({ question, options, rationale, correct, ...rest }) => ({
      ...rest,
      question,
      choices: options.map((option) => option.replace(/^\s*[A-E]\s*\)\s*/, "")),
      reference: closed(rationale, correct),
      answer: correct,
    }),
  });
}
