/** The pieces of work of one seed: VFT, what is sampled from it, and each method with its evaluation. */
import {
  boundaryBetaKey,
  boundaryBetaOf,
  type Experiment,
  promptSettings,
  type TrainedMethod,
  trainingOf,
  withBoundaryBeta,
} from "../../config/index.ts";
import { type AlignSources, alignNode } from "../stages/align.ts";
import type { Base } from "../stages/base.ts";
import { type OfTask, sharingOf, type TaskQuestions } from "../stages/by-task.ts";
import type { PlanNode } from "../stages/context.ts";
import { createNode } from "../stages/create.ts";
import { evaluateNode } from "../stages/evaluate.ts";
import { judgeNode } from "../stages/judge.ts";
import { promptsNode, type SplitName } from "../stages/questions.ts";
import { sampleNode } from "../stages/sample.ts";
import { searchNode } from "../stages/search.ts";
import { vftNode } from "../stages/vft.ts";

/** What one method came to under one seed. */
export interface Arm {
  method: string;
  seed: number;
  /** What holds its weights: the training, or the search among several; undefined for `keep`, whose weights are those of VFT. */
  align?: PlanNode;
  /** On each task. */
  evaluate: OfTask[];
}

export interface SeedPlan {
  seed: number;
  /** In the experiment's order. */
  tasks: readonly TaskQuestions[];
  vft: PlanNode;
  /** Of each trained task, or one file of the user's own. */
  trainGroups: OfTask[];
  arms: Arm[];
}

/** What all seeds of an experiment share. */
export interface Shared {
  tasks: readonly TaskQuestions[];
  /** A base model that is not made here. */
  base: Base | undefined;
  /** Groups of the user's own, in the place of sampling and judging training questions. */
  ownGroups: PlanNode | undefined;
}

export function planSeed(experiment: Experiment, shared: Shared, seed: number): SeedPlan {
  const { model, stages, methods, mixture } = experiment;
  const base: Base = shared.base ?? {
    node: createNode(model, model.create!, seed, questionsOf(trainedOf(shared.tasks))),
    adapter: model.adapter,
    settings: {},
  };
  const tasks = shared.tasks.map((of) => withPrompts(of, base, model, seed));
  const trained = trainedOf(tasks);
  const sharing = sharingOf(trained, mixture.temperature);
  const vft = vftNode(base, questionsOf(trained), stages.vft, sharing, seed);
  const { sample, judge, evaluate, watch } = stages;
  const { extract, feedback, ranking, label } = judge;
  const samplingSeed = sample.seed ?? seed;
  const { questions: sampledQuestions, seed: _, ...sampling } = sample;
  const groupsOf = (
    of: TaskQuestions,
    split: SplitName,
    count: number | undefined,
    settings: typeof sampling,
  ): OfTask => {
    const { stop } = promptSettings(of.settings.prompt);
    const samples = { ...settings, split, questions: count, seed: samplingSeed, stop };
    // Held-out samples are pairs of right and wrong answers under any feedback.
    const training = split === "train" ? { feedback, ranking, label } : {};
    const judging = { extract, split, questions: count, ...training };
    return {
      task: of.task.name,
      node: judgeNode(sampleNode(vft, of, samples, seed), of, judging, seed),
    };
  };
  const trainGroups: OfTask[] =
    shared.ownGroups === undefined
      ? trained.map((of) => groupsOf(of, "train", sampledQuestions, sampling))
      : [{ task: trained[0]!.task.name, node: shared.ownGroups }];
  const { k, temperature, topP, maxNewTokens } = evaluate;
  const heldOutOf = (of: TaskQuestions, split: SplitName, count: number | undefined): OfTask =>
    groupsOf(of, split, count, { k, temperature, topP, maxNewTokens });
  const judging = { extract, seed: samplingSeed };
  const tested = (name: string, checkpoint: PlanNode): OfTask[] =>
    tasks.map((of) => ({
      task: of.task.name,
      node: evaluateNode(
        name,
        checkpoint,
        { of, heldOut: heldOutOf(of, evaluate.split, evaluate.questions).node },
        { ...evaluate, ...judging },
        seed,
      ),
    }));
  const sources: AlignSources = { base, vft, groups: trainGroups, feedback, sharing };
  if (watch.every > 0) {
    const groups = trained.map((of) => heldOutOf(of, "validation", watch.questions));
    sources.watch = { settings: watch, groups, tasks: trained, extract, maxNewTokens };
  }

  const trainedBy = (name: string, method: TrainedMethod): PlanNode => {
    const settings = trainingOf(experiment, name)!;
    const beta = boundaryBetaOf(method);
    if (typeof beta !== "object") return alignNode(name, method, settings, sources, seed);
    const { questions: count } = beta;
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
      const validated = trained.map((of) => {
        const from = { of, heldOut: heldOutOf(of, "validation", count).node };
        return {
          task: of.task.name,
          node: evaluateNode(name, align, from, validating, seed, variant),
        };
      });
      return { beta: value, align, evaluate: validated };
    });
    return searchNode(name, boundaryBetaKey(method)!, points, seed);
  };
  const arms = Object.entries(methods).map(([name, method]): Arm => {
    if (method.method === "keep") return { method: name, seed, evaluate: tested(name, vft) };
    const align = trainedBy(name, method);
    return { method: name, seed, align, evaluate: tested(name, align) };
  });
  return { seed, tasks, vft, trainGroups, arms };
}

const trainedOf = (tasks: readonly TaskQuestions[]): TaskQuestions[] =>
  tasks.filter(({ settings }) => settings.use === "train");

const questionsOf = (tasks: readonly TaskQuestions[]): OfTask[] =>
  tasks.map(({ task, questions }) => ({ task: task.name, node: questions }));

/** Under the chat template a prompt is made by the model's own tokenizer. */
const withPrompts = (
  of: TaskQuestions,
  base: Base,
  model: Experiment["model"],
  seed: number,
): TaskQuestions =>
  promptSettings(of.settings.prompt).template === "chat"
    ? { ...of, questions: promptsNode(of.questions, base, model, seed) }
    : of;
