import { z } from "zod";
import type { Group, Prediction } from "../../core/records.ts";
import type { Provenance } from "./provenance.ts";

export { type Prediction, predictionSchema } from "../../core/records.ts";

/** By which of its two rules a task finds the answer in a text. */
export const extractModes = ["strict", "flexible"] as const;
export type ExtractMode = (typeof extractModes)[number];

const measured = z.number().nullable();

/** A look at validation questions while a method trains: what its weights make of the VFT model's samples. */
export const heldOutSchema = z.object({
  questions: z.int(),
  accuracy: z.number().optional().meta({ description: "greedy, share of the questions" }),
  assessmentMicro: measured,
  pairs: z.int().optional(),
  perplexityPositive: measured,
  perplexityNegative: measured,
  perplexityReference: measured,
});
export type HeldOut = z.infer<typeof heldOutSchema>;

const interval = z.object({ low: z.number(), high: z.number() });

const resampled = interval
  .nullable()
  .optional()
  .meta({ description: "95 %, bootstrap over questions; older searches have none" });

/** One value that a search tried, on the validation questions. */
export const searchPointSchema = z.object({
  beta: z.number(),
  accuracy: measured.meta({ description: "greedy" }),
  correct: z.int(),
  questions: z.int(),
  interval: interval.nullable().meta({ description: "of the accuracy: Wilson, 95 %" }),
  assessmentMicro: measured,
  assessmentInterval: resampled,
  pairs: z.int().optional().meta({ description: "that assessmentMicro is over" }),
  perplexityPositive: measured,
  perplexityInterval: resampled,
  rightCots: z.int().optional().meta({ description: "that perplexityPositive is over" }),
});
export type SearchPoint = z.infer<typeof searchPointSchema>;

/** What training a method told beside its steps; report.json holds it in the same words. */
export const trainedShape = {
  boundary: z
    .discriminatedUnion("rule", [
      z.object({
        beta: z.number().meta({ description: "mean log-probability, nats a token" }),
        rule: z.literal("auto"),
        quantile: z.number(),
        negatives: z.int().meta({ description: "what the quantile is over" }),
        below: z.number().meta({ description: "share of them below the boundary at the start" }),
      }),
      z.object({ beta: z.number(), rule: z.literal("search") }),
    ])
    .optional()
    .meta({ description: "a distance that was not given as a number" }),
  search: z
    .object({
      parameter: z.string(),
      chosen: z.number(),
      points: z.array(searchPointSchema),
    })
    .optional(),
  stopped: z
    .object({ bestStep: z.int(), lastStep: z.int(), reason: z.string() })
    .optional()
    .meta({ description: "stopped early; the weights are those of bestStep" }),
  warnings: z.array(z.object({ step: z.int(), kind: z.string().optional(), text: z.string() })).optional(),
};
const trained = z.object(trainedShape);
type Trained = z.infer<typeof trained>;

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
  /** Of the reference COTs. */
  meanReference?: number | undefined;
  /** Mean over groups with a pair of (mean of the better scores - mean of the worse ones). */
  margin?: number | undefined;
  /** Of the step's own pairs, share, 0..1. */
  assessmentAccuracy?: number | undefined;
  tokensPerSecond?: number | undefined;
  /** After this step's update, where there was a look. */
  heldOut?: HeldOut | undefined;
  pairedGroups: number;
  groups: number;
  seconds: number;
  tokens: number;
}

/** A row of the table, as the experiment declares it: `method` is keep, vft, rft, aft, rrhf, pro or dpo. */
export interface MethodInfo {
  name: string;
  label: string;
  method: string;
  settings: Record<string, unknown>;
}

/** One method trained with one seed, and what it does on the test questions, those of all tasks. */
export interface Arm extends Trained {
  /** The method's `name`. */
  method: string;
  seed: number;
  /** Greedy. */
  predictions: Prediction[];
  /** This arm's own k samples a test question: sampled accuracy, maj@k, pass@k. */
  samples: Group[];
  /** The VFT model's samples on the test questions, scored by this arm: the same pairs for all arms. */
  heldOut: Group[];
  /** The look at the weights it starts from, at step 0. */
  before?: HeldOut | undefined;
}

/** A task of the experiment: trained on and evaluated, or evaluated only (out of distribution). */
export const taskInfoSchema = z.object({
  name: z.string(),
  use: z.enum(["train", "evaluate"]),
  extract: z.enum(extractModes).optional().meta({ description: "the rule that decides what is correct" }),
  patterns: z
    .record(z.enum(extractModes), z.string())
    .optional()
    .meta({ description: "what each rule looks for, as it stands in the code" }),
});
export type TaskInfo = z.infer<typeof taskInfoSchema>;

/** How the questions of a task are put to the model, and one of them as the model got it. */
export const promptInfoSchema = z.object({
  task: z.string(),
  template: z.string().optional().meta({ description: "the name of the template" }),
  digest: z.string().meta({ description: "SHA-256: equal prompts, equal digest" }),
  first: z.string().meta({ description: "the first prompt, word by word" }),
});
export type PromptInfo = z.infer<typeof promptInfoSchema>;

/** One stage of the run, as its artefact tells it. */
export const stageRunSchema = z.object({
  stage: z.string(),
  method: z.string().optional(),
  task: z.string().optional().meta({ description: "where there are several" }),
  seed: z.number().meta({ description: "0: shared by all seeds" }),
  seconds: z.number().min(0).meta({ description: "of work, those before an interruption included" }),
  tokens: z.number().min(0).optional().meta({ description: "trained on, sampled or scored" }),
  peakResidentBytes: z
    .number()
    .min(0)
    .optional()
    .meta({ description: "the worker's highest main memory from its start to this stage's end" }),
  peakAcceleratorBytes: z.number().min(0).optional().meta({ description: "likewise, of all accelerators" }),
  reused: z.boolean(),
  artefact: z.string(),
});
export type StageRun = z.infer<typeof stageRunSchema>;

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
  /** In the order of the experiment. */
  tasks: TaskInfo[];
  prompts?: PromptInfo[] | undefined;
  /** What the run was made from, beside its configuration. */
  provenance?: Provenance | undefined;
  stages: StageRun[];
  /** `method`: a method's `name`, or {@link vftStage} for the base stage. */
  training: { method: string; seed: number; steps: TrainingStep[] }[];
  /** In the order of the table. */
  methods: MethodInfo[];
  arms: Arm[];
  /** The groups that alignment learns from, with the judge's counts. */
  trainGroups: { seed: number; counts: Record<string, number>; groups: Group[] }[];
}
