// Generated from the zod schemas by `npm run generate`. Do not edit.

/** A question of a task, with its final answer and mostly a solution. Further fields pass through. */
export interface Question {
  /** unique within its file */
  id: string;
  /** the task's name */
  task: string;
  /** its text, without options */
  question: string;
  /** the reference COT, ending in the final answer */
  reference?: string | undefined;
  /** the final answer by which COTs are judged */
  answer: string;
  /** the options, where it has some */
  choices?: string[] | undefined;
  /** Further fields pass through. */
  [field: string]: unknown;
}

/** A sampled solution that is not judged yet. Further fields pass through. */
export interface Candidate {
  /** the `id` of its question */
  questionId: string;
  /** 0..k-1, the sample's number within its question */
  index: number;
  /** the COT, as it was sampled */
  text: string;
  /** exactly the tokens sampled, the end-of-sequence token included when it was */
  tokenIds?: number[] | undefined;
  /** stop: it ended by itself or at a stop text; length: it was cut off */
  finish?: "stop" | "length" | undefined;
  /** sum of the tokens' log-probabilities (nats) */
  logprob?: number | undefined;
  /** how many tokens `logprob` sums over, or, without it, how many were sampled before a text cut it */
  tokens?: number | undefined;
  /** Further fields pass through. */
  [field: string]: unknown;
}

/** A sampled solution and whether its final answer is right. Further fields pass through. */
export interface JudgedCandidate {
  /** the COT, as it was sampled */
  text: string;
  /** null: no answer was found in the text */
  extracted: string | null;
  /** whether it counts as right */
  correct: boolean;
  /** its place in the group: 1 the best, equals share one */
  rank?: number | undefined;
  /** mean log-probability of the response's tokens (nats) */
  score?: number | undefined;
  /** 0..k-1, the sample's number within its question */
  index?: number | undefined;
  /** exactly the tokens sampled, the end-of-sequence token included when it was */
  tokenIds?: number[] | undefined;
  /** stop: it ended by itself or at a stop text; length: it was cut off */
  finish?: "stop" | "length" | undefined;
  /** sum of the tokens' log-probabilities (nats) */
  logprob?: number | undefined;
  /** how many tokens `logprob` sums over, or, without it, how many were sampled before a text cut it */
  tokens?: number | undefined;
  /** Further fields pass through. */
  [field: string]: unknown;
}

/**
 * A question with its judged solutions: what methods learn from and models are assessed by. Further
 * fields pass through.
 */
export interface Group {
  /** the `id` of its question */
  id: string;
  /** the task's name */
  task: string;
  /** the exact text the model was given */
  prompt: string;
  /** the reference COT, ending in the final answer */
  reference?: string | undefined;
  /** the final answer by which COTs are judged */
  answer: string;
  /** every sample, copies too */
  candidates: JudgedCandidate[];
  /** Further fields pass through. */
  [field: string]: unknown;
}

/** A text judged by one of its task's two rules. */
export interface JudgedByMode {
  /** null: no answer was found in the text */
  extracted: string | null;
  /** the extracted answer is the question's answer */
  correct: boolean;
}

/** A test question and what a model answers it by greedy decoding. */
export interface Prediction {
  /** the question's id */
  questionId: string;
  /** its name in the experiment; left out: the only one */
  task?: string | undefined;
  /** the question's text */
  question: string;
  /** the exact text the model was given */
  prompt: string;
  /** what the model wrote */
  text: string;
  /** null: no answer was found in the text */
  extracted: string | null;
  /** the question's final answer */
  answer: string;
  /** the extracted answer is the question's answer */
  correct: boolean;
  /** stop: it ended by itself; length: it was cut off */
  finish?: "stop" | "length" | undefined;
  /** sum over the response's tokens (nats) */
  logprob?: number | undefined;
  /** how many `logprob` sums over */
  tokens?: number | undefined;
  /** of the question's reference: how hard it is */
  steps?: number | undefined;
  /** the same text judged by both rules; `correct` is one of them */
  byMode?: PredictionByMode | undefined;
  /** Further fields pass through. */
  [field: string]: unknown;
}

/** the same text judged by both rules; `correct` is one of them */
export interface PredictionByMode {
  /** the answer stands in the task's own form */
  strict: JudgedByMode;
  /** the answer stands anywhere */
  flexible: JudgedByMode;
}
