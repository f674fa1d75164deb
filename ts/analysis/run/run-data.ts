import { z } from "zod";
import type { Group, Prediction } from "../../core/records.ts";
import type { HeldOut, PromptInfo, Provenance, StageRun, TaskInfo, Trained } from "../generated/report.ts";
import { interval } from "../measure/schema.ts";

export { type Prediction, predictionSchema } from "../../core/records.ts";
export type { HeldOut, PromptInfo, SearchPoint, StageRun, TaskInfo } from "../generated/report.ts";

/** By which of its two rules a task finds the answer in a text. */
export const extractModes = ["strict", "flexible"] as const;
export type ExtractMode = (typeof extractModes)[number];

const measured = z.number().nullable();

/** A look at validation questions while a method trains: what its weights make of the VFT model's samples. */
export const heldOutSchema = z.object({
  questions: z.int().meta({ description: "how many validation questions" }),
  accuracy: z.number().optional().meta({ description: "greedy, share of the questions" }),
  assessmentMicro: measured.meta({ description: "assessment accuracy, pooled over pairs" }),
  pairs: z.int().optional().meta({ description: "of a right and a wrong sample of one question" }),
  perplexityPositive: measured.meta({ description: "exp(-score), averaged over the right samples" }),
  perplexityNegative: measured.meta({ description: "exp(-score), averaged over the wrong samples" }),
  perplexityReference: measured.meta({ description: "exp(-score), averaged over the references" }),
});

const beta = z.number().meta({ description: "mean log-probability, nats a token" });

const resampled = interval
  .nullable()
  .optional()
  .meta({ description: "95 %, bootstrap over questions; older searches have none" });

/** One value that a search tried, on the validation questions. */
export const searchPointSchema = z.object({
  beta,
  accuracy: measured.meta({ description: "greedy" }),
  correct: z.int().meta({ description: "validation questions answered rightly" }),
  questions: z.int().meta({ description: "how many validation questions" }),
  interval: interval.nullable().meta({ description: "of the accuracy: Wilson, 95 %" }),
  assessmentMicro: measured.meta({ description: "assessment accuracy, pooled over pairs" }),
  assessmentInterval: resampled,
  pairs: z.int().optional().meta({ description: "that assessmentMicro is over" }),
  perplexityPositive: measured.meta({ description: "exp(-score), averaged over the right samples" }),
  perplexityInterval: resampled,
  rightCots: z.int().optional().meta({ description: "that perplexityPositive is over" }),
});

/** What training a method told beside its steps; report.json holds it in the same words. */
export const trainedShape = {
  boundary: z
    .discriminatedUnion("rule", [
      z.object({
        beta,
        rule: z.literal("auto").meta({ description: "worked out from the VFT model's own scores" }),
        quantile: z.number().meta({ description: "of the wrong samples' distances to the lowest right one" }),
        negatives: z.int().meta({ description: "what the quantile is over" }),
        below: z.number().meta({ description: "share of them below the boundary at the start" }),
      }),
      z.object({
        beta,
        rule: z.literal("search").meta({ description: "chosen on validation questions" }),
      }),
    ])
    .optional()
    .meta({ description: "a distance that was not given as a number" }),
  search: z
    .object({
      parameter: z.string().meta({ description: "the setting that was searched" }),
      chosen: z.number().meta({ description: "the value that was kept" }),
      points: z.array(searchPointSchema).meta({ description: "every value that was tried" }),
    })
    .optional()
    .meta({ description: "where beta was searched" }),
  stopped: z
    .object({
      bestStep: z.int().meta({ description: "the step whose weights were kept" }),
      lastStep: z.int().meta({ description: "the last step that was made" }),
      reason: z.string().meta({ description: "in words" }),
    })
    .optional()
    .meta({ description: "stopped early; the weights are those of bestStep" }),
  warnings: z
    .array(
      z.object({
        step: z.int().meta({ description: "optimizer steps done" }),
        kind: z.string().optional().meta({ description: "what went wrong, as a name" }),
        text: z.string().meta({ description: "the same in words" }),
      }),
    )
    .optional()
    .meta({ description: "what went wrong while training" }),
};
export const trainedSchema = z.object(trainedShape);

/** What one optimizer step measured; scores are mean log-probabilities a token (nats). */
export interface TrainingStep {
  /** Steps done, this one included. */
  step: number;
  /** Of this step. */
  learningRate: number;
  /** `total` is the VFT loss times its weight plus the alignment loss times its own. */
  loss: { total: number; vft: number; alignment: number };
  /** Before clipping. */
  gradientNorm: number;
  /** Mean score of the right solutions. */
  meanPositive?: number | undefined;
  /** Mean score of the wrong solutions. */
  meanNegative?: number | undefined;
  /** Mean score of what the maximum-likelihood term trains on. */
  meanTarget?: number | undefined;
  /** Mean over the worse solutions of (lowest better score - beta). */
  meanBoundary?: number | undefined;
  /** Share of the worse solutions that lie below their boundary, 0..1. */
  negativesBelowBoundary?: number | undefined;
  /** Of the reference COTs. */
  meanReference?: number | undefined;
  /** Mean over groups with a pair of (mean of the better scores - mean of the worse ones). */
  margin?: number | undefined;
  /** Of the step's own pairs, share, 0..1. */
  assessmentAccuracy?: number | undefined;
  /** Prompt and response tokens of this step by its time. */
  tokensPerSecond?: number | undefined;
  /** After this step's update, where there was a look. */
  heldOut?: HeldOut | undefined;
  /** Of `groups`: those with a better and a worse solution. */
  pairedGroups: number;
  /** Questions of the step. */
  groups: number;
  /** How long the step took. */
  seconds: number;
  /** Prompt and response tokens that went through the model. */
  tokens: number;
}

/** A row of the table, as the experiment declares it: `method` is keep, vft, rft, aft, rrhf, pro or dpo. */
export interface MethodInfo {
  /** In the experiment. */
  name: string;
  /** In tables and charts. */
  label: string;
  /** Its kind. */
  method: string;
  /** As the experiment gives them, every default filled in. */
  settings: Record<string, unknown>;
}

/** One method trained with one seed, and what it does on the test questions, those of all tasks. */
export interface Arm extends Trained {
  /** The method's `name`. */
  method: string;
  /** The experiment's seed. */
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
  name: z.string().meta({ description: "the task's name in the experiment" }),
  use: z
    .enum(["train", "evaluate"])
    .meta({ description: "train: trained on and evaluated; evaluate: evaluated only" }),
  extract: z.enum(extractModes).optional().meta({ description: "the rule that decides what is correct" }),
  patterns: z
    .record(z.enum(extractModes), z.string())
    .optional()
    .meta({ description: "what each rule looks for, as it stands in the code" }),
});

/** How the questions of a task are put to the model, and one of them as the model got it. */
export const promptInfoSchema = z.object({
  task: z.string().meta({ description: "the task's name in the experiment" }),
  template: z.string().optional().meta({ description: "the name of the template" }),
  digest: z.string().meta({ description: "SHA-256: equal prompts, equal digest" }),
  first: z.string().meta({ description: "the first prompt, word by word" }),
});

/** One stage of the run, as its artefact tells it. */
export const stageRunSchema = z.object({
  stage: z.string().meta({ description: "create, vft, sample, judge, align, evaluate, ..." }),
  method: z.string().optional().meta({ description: "the method's name; none where all share the stage" }),
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
  reused: z.boolean().meta({ description: "made before, by this experiment or another" }),
  artefact: z.string().meta({ description: "its folder, relative to the run's" }),
});

/** The base stage's name in `training`. */
export const vftStage = "VFT";

/** Everything that a report is made from. */
export interface RunData {
  /** The experiment's name. */
  name: string;
  /** What the experiment asks. */
  description?: string | undefined;
  /** The whole experiment, every default filled in. */
  configYaml: string;
  /** Of packages and languages, by name. */
  versions: Record<string, string>;
  /** The whole experiment was run once for each. */
  seeds: number[];
  /** On which device the run was made. */
  device: string;
  /** ISO 8601. */
  finishedAt: string;
  /** Which questions it was measured on; left out: test. */
  split?: "train" | "validation" | "test" | undefined;
  /** In the order of the experiment. */
  tasks: TaskInfo[];
  /** How each task's questions are put. */
  prompts?: PromptInfo[] | undefined;
  /** What the run was made from, beside its configuration. */
  provenance?: Provenance | undefined;
  /** Every stage, as its artefact tells it. */
  stages: StageRun[];
  /** `method`: a method's `name`, or {@link vftStage} for the base stage. */
  training: { method: string; seed: number; steps: TrainingStep[] }[];
  /** In the order of the table. */
  methods: MethodInfo[];
  /** Each method with each seed. */
  arms: Arm[];
  /** The groups that alignment learns from, with the judge's counts. */
  trainGroups: { seed: number; counts: Record<string, number>; groups: Group[] }[];
}
