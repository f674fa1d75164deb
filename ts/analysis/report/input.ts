import { z } from "zod";
import type { Group } from "../../core/records.ts";

/** A test question answered by greedy decoding. */
export const predictionSchema = z.looseObject({
  questionId: z.string().min(1),
  question: z.string(),
  prompt: z.string(),
  text: z.string(),
  extracted: z.string().nullable(),
  answer: z.string(),
  correct: z.boolean(),
  finish: z.enum(["stop", "length"]).optional(),
  logprob: z.number().optional().meta({ description: "sum over the response's tokens (nats)" }),
  tokens: z.int().min(0).optional(),
});
export type Prediction = z.infer<typeof predictionSchema>;

/** What one optimizer step measured; scores are mean log-probabilities a token (nats). */
export interface TrainingStep {
  step: number;
  learningRate: number;
  loss: { total: number; vft: number; alignment: number };
  gradientNorm: number;
  meanPositive?: number | undefined;
  meanNegative?: number | undefined;
  meanTarget?: number | undefined;
  meanBoundary?: number | undefined;
  /** Share, 0..1. */
  negativesBelowBoundary?: number | undefined;
  pairedGroups: number;
  groups: number;
  seconds: number;
  tokens: number;
}

/** A row of the table, as the experiment declares it: `method` is keep, vft, rft or aft. */
export interface MethodInfo {
  name: string;
  label: string;
  method: string;
  settings: Record<string, unknown>;
}

/** One method trained with one seed, and what it does on the test questions. */
export interface Arm {
  /** The method's `name`. */
  method: string;
  seed: number;
  /** Greedy. */
  predictions: Prediction[];
  /** This arm's own k samples a test question: sampled accuracy, maj@k, pass@k. */
  samples: Group[];
  /** The VFT model's samples on the test questions, scored by this arm: the same pairs for all arms. */
  heldOut: Group[];
}

export interface StageRun {
  stage: string;
  method?: string | undefined;
  seed: number;
  seconds: number;
  tokens?: number | undefined;
  reused: boolean;
  artefact: string;
}

/** The base stage's name in `training`. */
export const vftStage = "VFT";

/** Everything that a report is made from. */
export interface RunData {
  name: string;
  description?: string | undefined;
  configYaml: string;
  versions: Record<string, string>;
  seeds: number[];
  device: string;
  /** ISO 8601. */
  finishedAt: string;
  stages: StageRun[];
  /** `method`: a method's `name`, or {@link vftStage} for the base stage. */
  training: { method: string; seed: number; steps: TrainingStep[] }[];
  /** In the order of the table. */
  methods: MethodInfo[];
  arms: Arm[];
  /** The groups that alignment learns from, with the judge's counts. */
  trainGroups: { seed: number; counts: Record<string, number>; groups: Group[] }[];
}
