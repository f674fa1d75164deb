/** What each node of a plan sends through the model, in tokens. */
import { entryOf, planSteps, type Training } from "../../config/index.ts";
import { recipeOf } from "../plan/plan.ts";
import { labelOf, type PlanNode } from "../stages/context.ts";
import { keyOf } from "../store/store.ts";
import type { LengthsOf, Split } from "./lengths.ts";
import type { Sampling } from "./time.ts";

export interface Work {
  /** Of the node's artefact. */
  key: string;
  label: string;
  /** Prompt and response tokens that are trained on, and those of the largest global batch. */
  trained?: { tokens: number; perStep: number; steps: number };
  scored?: { tokens: number } | undefined;
  sampled: Sampling[];
}

/** A response without a reference to go by is taken to be this share of the longest allowed. */
const unknownShare = 1 / 4;

/** undefined for a node that uses no model. */
export function workOf(node: PlanNode, lengths: (questions: PlanNode) => LengthsOf): Work | undefined {
  const own = { key: keyOf(recipeOf(node)), label: labelOf(node), sampled: [] };
  switch (node.stage) {
    case "vft":
    case "align":
      return { ...own, trained: trainedOn(node, lengths) };
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

/** The questions that a node goes by, under whatever template they are put. */
export const questionsUnder = (node: PlanNode): PlanNode =>
  node.stage === "questions" ? node : questionsUnder(node.inputs.questions ?? above(node, "questions")!);

function lengthsAt(node: PlanNode, split: Split, lengths: (questions: PlanNode) => LengthsOf) {
  const own = lengths(questionsUnder(node))[split];
  const asked = settingsOf(node).questions;
  return { ...own, questions: Math.min(own.questions, asked ?? own.questions) };
}

/** The inputs of a role, of all tasks. */
const nodesIn = (node: PlanNode, role: string): PlanNode[] =>
  Object.entries(node.inputs)
    .filter(([name]) => name === role || name.startsWith(`${role} `))
    .map(([, input]) => input);

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

/** The share of a question's samples that a method learns from; one in two is taken to be accepted. */
const sharesLearnt = { nothing: 0, references: 0, "accepted samples": 1 / 2, "judged samples": 1 };

/** Samples of a question beside its reference. */
function candidatesOf(node: PlanNode, sample: PlanNode | undefined): number {
  const { method } = settingsOf(node);
  if (method === undefined || sample === undefined) return 0;
  return sharesLearnt[entryOf(method).learnsFrom] * (settingsOf(sample).k ?? 0);
}

/** What one task, or a file of one's own groups, gives a training. */
function partOf(node: PlanNode, source: PlanNode, lengths: (questions: PlanNode) => LengthsOf) {
  const sample = above(source, "sample");
  const from = sample ?? (["questions", "prompts"].includes(source.stage) ? source : node);
  const { questions, prompt, reference } = lengthsAt(from, "train", lengths);
  const response = reference?.mean ?? unknownShare * (settingsOf(from).maxNewTokens ?? 512);
  const perQuestion = prompt.mean + (1 + candidatesOf(node, sample)) * response;
  return { questions, tokens: questions * perQuestion };
}

function trainedOn(
  node: PlanNode,
  lengths: (questions: PlanNode) => LengthsOf,
): NonNullable<Work["trained"]> {
  const training = node.settings as Training;
  const parts = nodesIn(node, node.stage === "vft" ? "questions" : "groups").map((source) =>
    partOf(node, source, lengths),
  );
  const questions = parts.reduce((sum, part) => sum + part.questions, 0);
  const perQuestion = parts.reduce((sum, part) => sum + part.tokens, 0) / Math.max(1, questions);
  const { totalSteps } = planSteps(training, questions);
  const batch = Math.min(training.batchSize, questions);
  // Each epoch's last batch is smaller, so that steps x batch would be too many.
  const seen = training.steps === undefined ? (training.epochs ?? 1) * questions : totalSteps * batch;
  return {
    tokens: seen * perQuestion,
    perStep: batch * perQuestion,
    steps: totalSteps,
  };
}
