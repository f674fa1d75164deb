import { z } from "zod";
import { type AquaTask, aquaTaskSchema, taskName } from "../../config/index.ts";
import { choiceForm, closed } from "./choices.ts";
import { fileTask, publishedFiles, publishedSplits, readQuestions } from "./reading.ts";

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
export const aqua = fileTask<AquaTask>({
  name: "aqua",
  description: "AQuA-RAT: algebra with five options, judged by the letter",
  settingsSchema: aquaTaskSchema,
  ...publishedFiles("aqua", {
    train: { setting: "trainFile", name: "train.json" },
    validation: { setting: "devFile", name: "dev.json" },
    test: { setting: "testFile", name: "test.json" },
  }),
  form: choiceForm,
  splits: publishedSplits,
  /** Options without their letters, which the prompt puts there; the reference closes with `#### B`. */
  read: (settings, file, split) =>
    readQuestions(file, {
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
    }),
});
