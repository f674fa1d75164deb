/**
 * The public records, one JSON object a line (JSON Lines, UTF-8). Fields that a reader does not know
 * pass through unchanged, so that a file may carry a user's own columns from end to end.
 */
import { z } from "zod";

import type { JudgedCandidate } from "./generated/records.ts";

export type { Candidate, Group, JudgedCandidate, Prediction, Question } from "./generated/records.ts";

export const questionSchema = z.looseObject({
  id: z.string().min(1).meta({ description: "unique within its file" }),
  task: z.string().min(1).meta({ description: "the task's name" }),
  question: z.string().min(1).meta({ description: "its text, without options" }),
  reference: z.string().optional().meta({ description: "the reference COT, ending in the final answer" }),
  answer: z.string().meta({ description: "the final answer by which COTs are judged" }),
  choices: z.array(z.string()).optional().meta({ description: "the options, where it has some" }),
});

export const candidateSchema = z.looseObject({
  questionId: z.string().min(1).meta({ description: "the `id` of its question" }),
  index: z.int().min(0).meta({ description: "0..k-1, the sample's number within its question" }),
  text: z.string().meta({ description: "the COT, as it was sampled" }),
  tokenIds: z
    .array(z.int().min(0))
    .optional()
    .meta({ description: "exactly the tokens sampled, the end-of-sequence token included when it was" }),
  finish: z
    .enum(["stop", "length"])
    .optional()
    .meta({ description: "stop: it ended by itself or at a stop text; length: it was cut off" }),
  logprob: z.number().optional().meta({ description: "sum of the tokens' log-probabilities (nats)" }),
  tokens: z.int().min(0).optional().meta({
    description:
      "how many tokens `logprob` sums over, or, without it, how many were sampled before a text cut it",
  }),
});

/** A candidate that was judged: `extracted` is null when no answer could be found in the text. */
export const judgedCandidateSchema = z.looseObject({
  text: candidateSchema.shape.text,
  extracted: z.string().nullable().meta({ description: "null: no answer was found in the text" }),
  correct: z.boolean().meta({ description: "whether it counts as right" }),
  rank: z.number().optional().meta({ description: "its place in the group: 1 the best, equals share one" }),
  score: z.number().optional().meta({ description: "mean log-probability of the response's tokens (nats)" }),
  index: candidateSchema.shape.index.optional(),
  tokenIds: candidateSchema.shape.tokenIds,
  finish: candidateSchema.shape.finish,
  logprob: candidateSchema.shape.logprob,
  tokens: candidateSchema.shape.tokens,
});

/**
 * Whether the COT could not be checked: it was not looked at to its end, or its label goes by its steps and none of them
 * could be read. It is neither right nor wrong, and has no rank.
 */
export const isUnchecked = ({ noAnswer, unchecked }: JudgedCandidate): boolean =>
  noAnswer === "too long" || noAnswer === "time limit" || unchecked === "steps";

export const groupSchema = z.looseObject({
  id: z.string().min(1).meta({ description: "the `id` of its question" }),
  task: questionSchema.shape.task,
  prompt: z.string().meta({ description: "the exact text the model was given" }),
  reference: questionSchema.shape.reference,
  answer: questionSchema.shape.answer,
  candidates: z.array(judgedCandidateSchema).meta({ description: "every sample, copies too" }),
});

const extracted = z.string().nullable().meta({ description: "null: no answer was found in the text" });
const correct = z.boolean().meta({ description: "the extracted answer is the question's answer" });
export const judgedByMode = z.object({ extracted, correct });

/** A test question answered by greedy decoding. */
export const predictionSchema = z.looseObject({
  questionId: z.string().min(1).meta({ description: "the question's id" }),
  task: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "its name in the experiment; left out: the only one" }),
  question: z.string().meta({ description: "the question's text" }),
  prompt: z.string().meta({ description: "the exact text the model was given" }),
  text: z.string().meta({ description: "what the model wrote" }),
  extracted,
  answer: z.string().meta({ description: "the question's final answer" }),
  correct,
  finish: z
    .enum(["stop", "length"])
    .optional()
    .meta({ description: "stop: it ended by itself; length: it was cut off" }),
  logprob: z.number().optional().meta({ description: "sum over the response's tokens (nats)" }),
  tokens: z.int().min(0).optional().meta({ description: "how many `logprob` sums over" }),
  steps: z.int().min(0).optional().meta({ description: "of the question's reference: how hard it is" }),
  byMode: z
    .object({
      strict: judgedByMode.meta({ description: "the answer stands in the task's own form" }),
      flexible: judgedByMode.meta({ description: "the answer stands anywhere" }),
    })
    .optional()
    .meta({ description: "the same text judged by both rules; `correct` is one of them" }),
});
