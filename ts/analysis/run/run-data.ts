import type { Group, Prediction } from "../../core/records.ts";
import type { HeldOut, PromptInfo, Provenance, StageRun, TaskInfo, Trained } from "../generated/report.ts";

export type { Prediction } from "../../core/records.ts";
export type { HeldOut, PromptInfo, SearchPoint, StageRun, TaskInfo } from "../generated/report.ts";

/** By which of its two rules a task finds the answer in a text. */
export const extractModes = ["strict", "flexible"] as const;
export type ExtractMode = (typeof extractModes)[number];

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

/** What weights do on the test questions, those of all tasks. */
export interface Evaluated {
  /** Greedy. */
  predictions: Prediction[];
  /** This arm's own k samples a test question: sampled accuracy, maj@k, pass@k. */
  samples: Group[];
  /** The VFT model's samples on the test questions, scored by this arm: the same pairs for all arms. */
  heldOut: Group[];
}

/** One of several rounds of a method's training. */
export interface ArmRound extends Evaluated {
  /** What it was trained on, with the judge's counts; no `candidates` where it learnt from references alone. */
  counts: Record<string, number>;
}

/** One method trained with one seed, and what its last weights do. */
export interface Arm extends Trained, Evaluated {
  /** The method's `name`. */
  method: string;
  /** The experiment's seed. */
  seed: number;
  /** Where there are several, in their order: the last one is what the arm itself tells. */
  rounds?: ArmRound[] | undefined;
  /** The look at the weights it starts from, at step 0. */
  before?: HeldOut | undefined;
}

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
