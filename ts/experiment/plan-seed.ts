/** The pieces of work of one seed: VFT, what is sampled from it, and each method with its evaluation. */
import { boundaryBetaOf, type Experiment, trainingOf, withBoundaryBeta } from "../config/index.ts";
import type { PlanNode } from "./context.ts";
import { type AlignSources, alignNode } from "./stages/align.ts";
import type { Base } from "./stages/base.ts";
import { createNode } from "./stages/create.ts";
import { evaluateNode } from "./stages/evaluate.ts";
import { judgeNode } from "./stages/judge.ts";
import { sampleNode } from "./stages/sample.ts";
import { searchNode } from "./stages/search.ts";
import { vftNode } from "./stages/vft.ts";
import type { TrainedMethod } from "./train-groups.ts";

/** What one method came to under one seed. */
export interface Arm {
  method: string;
  seed: number;
  /** What holds its weights: the training, or the search among several; undefined for `keep`, whose weights are those of VFT. */
  align?: PlanNode;
  evaluate: PlanNode;
}

export interface SeedPlan {
  seed: number;
  vft: PlanNode;
  trainGroups: PlanNode;
  arms: Arm[];
}

type Split = "train" | "validation" | "test";

/** What all seeds of an experiment share. */
export interface Shared {
  questions: PlanNode;
  /** A base model that is not made here. */
  base: Base | undefined;
  /** Groups of the user's own, in the place of sampling and judging training questions. */
  ownGroups: PlanNode | undefined;
}

export function planSeed(
  experiment: Experiment,
  { questions, base: outside, ownGroups }: Shared,
  seed: number,
): SeedPlan {
  const { model, stages, methods } = experiment;
  const task = experiment.tasks[0]!.task;
  const base: Base = outside ?? {
    node: createNode(model, model.create!, seed, questions),
    adapter: model.adapter,
    settings: {},
  };
  const vft = vftNode(base, questions, stages.vft, seed);
  const { sample, judge, evaluate, watch } = stages;
  const { extract, feedback } = judge;
  const samplingSeed = sample.seed ?? seed;
  const { questions: sampledQuestions, seed: _, ...sampling } = sample;
  const groupsOf = (split: Split, count: number | undefined, settings: typeof sampling) =>
    judgeNode(
      sampleNode(vft, questions, { ...settings, split, questions: count, seed: samplingSeed }, seed),
      questions,
      // Held-out samples are pairs of right and wrong ones under any feedback.
      { task, extract, split, questions: count, ...(split === "train" ? { feedback } : {}) },
      seed,
    );
  const trainGroups = ownGroups ?? groupsOf("train", sampledQuestions, sampling);
  const { k, temperature, topP, maxNewTokens } = evaluate;
  const heldOutOf = (split: Split, count: number | undefined): PlanNode =>
    groupsOf(split, count, { k, temperature, topP, maxNewTokens });
  const heldOut = heldOutOf(evaluate.split, evaluate.questions);
  const judging = { task, extract, seed: samplingSeed };
  const tested = (name: string, checkpoint: PlanNode): PlanNode =>
    evaluateNode(name, checkpoint, { questions, heldOut }, { ...evaluate, ...judging }, seed);
  const sources: AlignSources = { base, vft, groups: trainGroups, feedback };
  if (watch.every > 0) {
    const groups = heldOutOf("validation", watch.questions);
    sources.watch = { settings: watch, groups, questions, task, extract, maxNewTokens };
  }

  const trainedBy = (name: string, method: TrainedMethod): PlanNode => {
    const settings = trainingOf(experiment, name)!;
    const beta = boundaryBetaOf(method);
    if (typeof beta !== "object") return alignNode(name, method, settings, sources, seed);
    const { questions: count } = beta;
    const validation = { questions, heldOut: heldOutOf("validation", count) };
    const validating = {
      split: "validation",
      questions: count,
      maxNewTokens,
      greedy: true,
      sampled: false,
      ...judging,
    } as const;
    const points = beta.search.map((value) => {
      const variant = `beta ${value}`;
      const align = alignNode(name, withBoundaryBeta(method, value), settings, sources, seed, variant);
      return {
        beta: value,
        align,
        evaluate: evaluateNode(name, align, validation, validating, seed, variant),
      };
    });
    return searchNode(name, method.method === "dpo" ? "boundaryBeta" : "beta", points, seed);
  };
  const arms = Object.entries(methods).map(([name, method]): Arm => {
    if (method.method === "keep") return { method: name, seed, evaluate: tested(name, vft) };
    const align = trainedBy(name, method);
    return { method: name, seed, align, evaluate: tested(name, align) };
  });
  return { seed, vft, trainGroups, arms };
}
