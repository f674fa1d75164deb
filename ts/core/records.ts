/**
 * The public records, one JSON object a line (JSON Lines, UTF-8). Fields that a reader does not know
 * pass through unchanged, so that a file may carry a user's own columns from end to end.
 */
import { z } from "zod";

export const questionSchema = z.looseObject({
  id: z.string().min(1).meta({ description: "unique within its file" }),
  task: z.string().min(1),
  question: z.string().min(1),
  reference: z.string().optional().meta({ description: "the reference COT, ending in the final answer" }),
  answer: z.string().meta({ description: "the final answer by which COTs are judged" }),
  choices: z.array(z.string()).optional(),
});
/** A question of a task, with its final answer and mostly a solution. Further fields pass through. */
export type Question = z.infer<typeof questionSchema>;

export const candidateSchema = z.looseObject({
  questionId: z.string().min(1),
  index: z.int().min(0).meta({ description: "0..k-1, the sample's number within its question" }),
  text: z.string(),
  tokenIds: z
    .array(z.int().min(0))
    .optional()
    .meta({ description: "exactly the tokens sampled, the end-of-sequence token included when it was" }),
  finish: z.enum(["stop", "length"]).optional(),
  logprob: z.number().optional().meta({ description: "sum of the tokens' log-probabilities (nats)" }),
  tokens: z.int().min(0).optional().meta({
    description:
      "how many tokens `logprob` sums over, or, without it, how many were sampled before a text cut it",
  }),
});
/** A sampled solution that is not judged yet. Further fields pass through. */
export type Candidate = z.infer<typeof candidateSchema>;

/** A candidate that was judged: `extracted` is null when no answer could be found in the text. */
export const judgedCandidateSchema = z.looseObject({
  text: z.string(),
  extracted: z.string().nullable(),
  correct: z.boolean(),
  rank: z.number().optional(),
  score: z.number().optional().meta({ description: "mean log-probability of the response's tokens (nats)" }),
  index: candidateSchema.shape.index.optional(),
  tokenIds: candidateSchema.shape.tokenIds,
  finish: candidateSchema.shape.finish,
  logprob: candidateSchema.shape.logprob,
  tokens: candidateSchema.shape.tokens,
});
/** A sampled solution and whether its final answer is right. Further fields pass through. */
export type JudgedCandidate = z.infer<typeof judgedCandidateSchema>;

export const groupSchema = z.looseObject({
  id: z.string().min(1),
  task: z.string().min(1),
  prompt: z.string().meta({ description: "the exact text the model was given" }),
  reference: z.string().optional(),
  answer: z.string(),
  candidates: z.array(judgedCandidateSchema),
});
/** A question with its judged solutions: what methods learn from and models are assessed by. Further fields pass through. */
export type Group = z.infer<typeof groupSchema>;

const judgedByMode = z.object({ extracted: z.string().nullable(), correct: z.boolean() });

/** A test question answered by greedy decoding. */
export const predictionSchema = z.looseObject({
  questionId: z.string().min(1),
  task: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "its name in the experiment; left out: the only one" }),
  question: z.string(),
  prompt: z.string(),
  text: z.string(),
  extracted: z.string().nullable(),
  answer: z.string(),
  correct: z.boolean(),
  finish: z.enum(["stop", "length"]).optional(),
  logprob: z.number().optional().meta({ description: "sum over the response's tokens (nats)" }),
  tokens: z.int().min(0).optional(),
  steps: z.int().min(0).optional().meta({ description: "of the question's reference: how hard it is" }),
  byMode: z
    .object({ strict: judgedByMode, flexible: judgedByMode })
    .optional()
    .meta({ description: "the same text judged by both rules; `correct` is one of them" }),
});
/** A test question and what a model answers it by greedy decoding. */
export type Prediction = z.infer<typeof predictionSchema>;
