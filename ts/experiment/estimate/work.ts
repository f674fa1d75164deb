/** What each node of a plan sends through the model, in tokens. */
import { planSteps, type Training } from "../../config/index.ts";
import { labelOf, type PlanNode } from "../context.ts";
import type { LengthsOf, Split } from "./lengths.ts";
import type { Sampling } from "./time.ts";

export interface Work {
  label: string;
  /** Prompt and response tokens that are trained on, and those of the largest global batch. */
  trained?: { tokens: number; perStep: number; steps: number; saved: boolean };
  scored?: { tokens: number } | undefined;
  sampled: Sampling[];
}

/** A response without a reference to go by is taken to be this share of the longest allowed. */
const unknownShare = 1 / 4;

/** undefined for a node that uses no model. */
export function workOf(node: PlanNode, lengths: (questions: PlanNode) => LengthsOf): Work | undefined {
  const own = { label: labelOf(node), sampled: [] };
  switch (node.stage) {
    case "vft":
      return { ...own, trained: trainedOn(node, lengths, 0) };
    case "align":
      return { ...own, trained: trainedOn(node, lengths, candidatesOf(node)) };
    case "sample":
      return { ...own, sampled: [samplingOf(node, lengths)] };
    case "score":
      return { ...own, scored: scoredOf(node.inputs.groups!, lengths) };
    case "evaluate":
      return {
        ...own,
        sampled: evaluationOf(node, lengths),
        scored: scoredOf(node.inputs.heldOut!, lengths),
      };
    default:
      return undefined;
  }
}

interface Settings {
  split?: Split;
  questions?: number;
  k?: number;
  greedy?: boolean;
  maxNewTokens?: number;
  method?: string;
  saveEvery?: number;
}

const settingsOf = (node: PlanNode): Settings => node.settings as Settings;

/** The nearest node of a stage among those that a node stands on. */
function above(node: PlanNode, stage: string): PlanNode | undefined {
  let level = Object.values(node.inputs);
  while (level.length > 0) {
    const found = level.find((one) => one.stage === stage);
    if (found !== undefined) return found;
    level = level.flatMap((one) => Object.values(one.inputs));
  }
  return undefined;
}

function lengthsAt(node: PlanNode, split: Split, lengths: (questions: PlanNode) => LengthsOf) {
  const own = lengths(node.stage === "questions" ? node : above(node, "questions")!)[split];
  const asked = settingsOf(node).questions;
  return { ...own, questions: Math.min(own.questions, asked ?? own.questions) };
}

/** A sample is taken to be as long as a reference. */
function samplingOf(node: PlanNode, lengths: (questions: PlanNode) => LengthsOf): Sampling {
  const { split = "train", k = 1, maxNewTokens = 512 } = settingsOf(node);
  const { questions, prompt, reference } = lengthsAt(node, split, lengths);
  const responseTokens = Math.min(maxNewTokens, reference?.mean ?? unknownShare * maxNewTokens);
  return { prompts: questions, k, promptTokens: prompt, responseTokens, maxNewTokens };
}

function evaluationOf(node: PlanNode, lengths: (questions: PlanNode) => LengthsOf): Sampling[] {
  const { k, greedy } = settingsOf(node);
  const one = samplingOf(node, lengths);
  return [...(greedy === true ? [{ ...one, k: 1 }] : []), ...(k === undefined ? [] : [{ ...one, k }])];
}

/** Groups of samples: each prompt once, and each sample. */
function scoredOf(groups: PlanNode, lengths: (questions: PlanNode) => LengthsOf): Work["scored"] {
  const sample = groups.stage === "sample" ? groups : above(groups, "sample");
  if (sample === undefined) return undefined;
  const { prompts, k, promptTokens, responseTokens } = samplingOf(sample, lengths);
  return { tokens: prompts * (promptTokens.mean + k * responseTokens) };
}

/** Samples of a question beside its reference; RFT is taken to accept one in two. */
function candidatesOf(node: PlanNode): number {
  const { method } = settingsOf(node);
  if (method === "vft") return 0;
  const sample = above(node.inputs.groups!, "sample");
  const k = sample === undefined ? 0 : (settingsOf(sample).k ?? 0);
  return method === "rft" ? k / 2 : k;
}

function trainedOn(
  node: PlanNode,
  lengths: (questions: PlanNode) => LengthsOf,
  candidates: number,
): NonNullable<Work["trained"]> {
  const training = node.settings as Training;
  const groups = node.inputs.groups;
  const sample = groups === undefined ? undefined : above(groups, "sample");
  const { questions, prompt, reference } = lengthsAt(sample ?? node, "train", lengths);
  const response = reference?.mean ?? unknownShare * (settingsOf(sample ?? node).maxNewTokens ?? 512);
  const perQuestion = prompt.mean + (1 + candidates) * response;
  const { totalSteps } = planSteps(training, questions);
  const batch = Math.min(training.batchSize, questions);
  // Each epoch's last batch is smaller, so that steps x batch would be too many.
  const seen = training.steps === undefined ? (training.epochs ?? 1) * questions : totalSteps * batch;
  return {
    tokens: seen * perQuestion,
    perStep: batch * perQuestion,
    steps: totalSteps,
    saved: (training.saveEvery ?? 0) > 0,
  };
}
