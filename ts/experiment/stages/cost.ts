/** What a stage is expected to send through the model, in tokens, before it runs: the part of its estimate that it states itself. */
import { planSteps, type Training } from "../../config/index.ts";
import type { SplitName } from "../../data/index.ts";

/** Of texts, in tokens. */
export interface Length {
  mean: number;
  longest: number;
}

/** The questions of a split. */
export interface Lengths {
  questions: number;
  prompt: Length;
  /** undefined where no question has a reference. */
  reference: Length | undefined;
}

/** k samples of each of these prompts. */
export interface Sampling {
  prompts: number;
  k: number;
  promptTokens: Length;
  responseTokens: number;
  maxNewTokens: number;
}

export interface Trained {
  /** Prompt and response tokens that are trained on. */
  tokens: number;
  /** Of the largest global batch, and its questions. */
  perStep: number;
  questions: number;
  /** Of a question, on average. */
  responses: number;
  /** A batch holds questions of similar length. */
  lengthGrouped: boolean;
  steps: number;
  savesStates: boolean;
  /** The trained weights lie there once more, as they were at the start. */
  holdsStart?: boolean;
}

export interface Cost {
  trained?: Trained;
  scored?: { tokens: number } | undefined;
  sampled?: readonly Sampling[];
}

/** What an artefact holds, as far as it is known before it is made. */
export interface Expectation {
  /** The questions that it holds or was made from. */
  questions?: Record<SplitName, Lengths> | undefined;
  samples?: Sampling | undefined;
  /** Groups of the user's own, and the candidates of each on average; they are taken to be as long as `questions`. */
  given?: { groups: number; k: number } | undefined;
}

/** A response without a reference to go by is taken to be this share of the longest allowed. */
const unknownShare = 1 / 4;
/** Where nothing says how long a response may get. */
export const usualMaxNewTokens = 512;

/** A sample is taken to be as long as a reference. */
export function samplingOf(
  { questions }: Expectation,
  settings: { split: SplitName; questions?: number | undefined; k: number; maxNewTokens: number },
): Sampling {
  const { k, maxNewTokens } = settings;
  const lengths = questions![settings.split];
  return {
    prompts: Math.min(lengths.questions, settings.questions ?? lengths.questions),
    k,
    promptTokens: lengths.prompt,
    responseTokens: Math.min(maxNewTokens, responseTokens(lengths, maxNewTokens)),
    maxNewTokens,
  };
}

const responseTokens = ({ reference }: Lengths, maxNewTokens = usualMaxNewTokens): number =>
  reference?.mean ?? unknownShare * maxNewTokens;

/** Groups of samples: each prompt once, and each sample; of the user's own groups the references too. */
export function scoringCost({ samples, given, questions }: Expectation): Cost["scored"] {
  if (samples !== undefined)
    return { tokens: samples.prompts * (samples.promptTokens.mean + samples.k * samples.responseTokens) };
  if (given === undefined || questions === undefined) return undefined;
  const lengths = questions.train;
  return { tokens: given.groups * (lengths.prompt.mean + (1 + given.k) * responseTokens(lengths)) };
}

/** What one task, or a file of groups, gives a training: the reference of each question, and a share of its samples. */
export interface TrainedPart extends Expectation {
  /** Trained samples over sampled ones: 0 of references alone. */
  share: number;
}

export function trainingCost(training: Training, parts: readonly TrainedPart[]): Trained {
  const sizes = parts.map(({ questions, samples, given, share }) => {
    const lengths = questions?.train;
    if (lengths === undefined) return { count: 0, tokens: 0, responses: 0 };
    const count = samples?.prompts ?? given?.groups ?? lengths.questions;
    const responses = 1 + share * (samples?.k ?? given?.k ?? 0);
    const tokens = lengths.prompt.mean + responses * responseTokens(lengths, samples?.maxNewTokens);
    return { count, tokens: count * tokens, responses: count * responses };
  });
  const count = sizes.reduce((sum, size) => sum + size.count, 0);
  const perQuestion = sizes.reduce((sum, { tokens }) => sum + tokens, 0) / Math.max(1, count);
  const { totalSteps } = planSteps(training, count);
  const batch = Math.min(training.batchSize, count);
  // Each epoch's last batch is smaller, so that steps x batch would be too many.
  const seen = training.steps === undefined ? (training.epochs ?? 1) * count : totalSteps * batch;
  return {
    tokens: seen * perQuestion,
    perStep: batch * perQuestion,
    questions: batch,
    responses: sizes.reduce((sum, { responses }) => sum + responses, 0) / Math.max(1, count),
    lengthGrouped: training.lengthGrouped,
    steps: totalSteps,
    savesStates: training.saveEvery !== 0,
  };
}
