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
import { defined } from "../../core/defined.ts";
import { needsScores, type WatchParams } from "../stages/align.ts";
import { type OfTask, sharingOf, type TaskQuestions } from "../stages/by-task.ts";
import type { EvaluateParams } from "../stages/evaluate.ts";
import { stages } from "../stages/index.ts";
import type { PlanNode } from "../stages/node.ts";
import type { SplitName } from "../stages/questions.ts";
import type { Base, Weights } from "../stages/weights.ts";

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
  existing: Weights | undefined;
  /** Groups of the user's own, in the place of sampling and judging training questions. */
  givenGroups: PlanNode | undefined;
}

export function planSeed(experiment: Experiment, shared: Shared, seed: number): SeedPlan {
  const { methods, mixture } = experiment;
  const base = baseOf(experiment, shared, seed);
  const tasks = shared.tasks.map((task) => withPrompts(task, base.weights, experiment, seed));
  const trained = trainedOf(tasks);
  const sharing = sharingOf(trained, mixture.temperature);
  const vft = stages.vft.node(
    { base, questions: questionsOf(trained), training: experiment.stages.vft, sharing, seed },
    { seed },
  );
  const planner = new SeedPlanner(experiment, vft, seed);
  const trainGroups: OfTask[] =
    shared.givenGroups === undefined
      ? trained.map((task) => planner.trainGroupsOf(task))
      : [{ task: trained[0]!.task.name, node: shared.givenGroups }];
  const watch = planner.watch(trained);

  const { feedback } = experiment.stages.judge;
  const alignWith = (name: string, method: TrainedMethod, variant?: string): PlanNode => {
    const start: Weights = method.start === "base" ? base.weights : { role: "checkpoint", node: vft };
    const groups = needsScores(method)
      ? trainGroups.map(({ task, node }) => ({ task, node: scored(node, start, seed) }))
      : trainGroups;
    const training = trainingOf(experiment, name)!;
    const { adapter } = base;
    return stages.align.node(
      { method, training, start, adapter, groups, feedback, sharing, watch, seed },
      { method: name, ...defined({ variant }), seed },
    );
  };
  const trainedBy = (name: string, method: TrainedMethod): PlanNode => {
    const beta = boundaryBetaOf(method);
    if (typeof beta !== "object") return alignWith(name, method);
    const points = beta.search.map((value) => {
      const variant = `beta ${value}`;
      const align = alignWith(name, withBoundaryBeta(method, value), variant);
      return {
        beta: value,
        align,
        evaluate: trained.map((task) => planner.validated(name, align, task, beta.questions, variant)),
      };
    });
    const parameter = boundaryBetaKey(method)!;
    return stages.search.node({ parameter, points, seed }, { method: name, seed });
  };
  const arms = Object.entries(methods).map(([name, method]): Arm => {
    const align = method.method === "keep" ? undefined : trainedBy(name, method);
    const evaluate = tasks.map((task) => planner.tested(name, align ?? vft, task));
    return { method: name, seed, ...defined({ align }), evaluate };
  });
  return { seed, tasks, vft, trainGroups, arms };
}

type Sampling = Pick<Experiment["stages"]["sample"], "k" | "temperature" | "topP" | "maxNewTokens">;

/** Samples, judged groups and evaluations, as the experiment says. */
class SeedPlanner {
  private readonly stages: Experiment["stages"];
  private readonly vft: PlanNode;
  private readonly seed: number;
  private readonly samplingSeed: number;

  constructor(experiment: Experiment, vft: PlanNode, seed: number) {
    this.stages = experiment.stages;
    this.vft = vft;
    this.seed = seed;
    this.samplingSeed = experiment.stages.sample.seed ?? seed;
  }

  trainGroupsOf(task: TaskQuestions): OfTask {
    const { questions, seed: _, ...sampling } = this.stages.sample;
    const { feedback, ranking, label } = this.stages.judge;
    return this.groups(task, { split: "train", questions, sampling, rules: { feedback, ranking, label } });
  }

  /** Of what is measured while methods train; undefined: nothing is. */
  watch(trained: readonly TaskQuestions[]): WatchParams | undefined {
    const { watch: settings, judge, evaluate } = this.stages;
    if (settings.every === 0) return undefined;
    const groups = trained.map((task) => this.heldOut(task, "validation", settings.questions));
    const { extract } = judge;
    return { settings, groups, tasks: trained, extract, maxNewTokens: evaluate.maxNewTokens };
  }

  tested(name: string, checkpoint: PlanNode, task: TaskQuestions): OfTask {
    const { evaluate } = this.stages;
    return this.evaluation(name, checkpoint, task, { ...evaluate, ...this.judging() });
  }

  /** For the choice among several values. */
  validated(
    name: string,
    checkpoint: PlanNode,
    task: TaskQuestions,
    questions: number | undefined,
    variant: string,
  ): OfTask {
    const { maxNewTokens } = this.stages.evaluate;
    const settings = { split: "validation", questions, maxNewTokens, greedy: true, sampled: false } as const;
    return this.evaluation(name, checkpoint, task, { ...settings, ...this.judging() }, variant);
  }

  private judging() {
    return { extract: this.stages.judge.extract, seed: this.samplingSeed };
  }

  private evaluation(
    name: string,
    checkpoint: PlanNode,
    task: TaskQuestions,
    evaluation: EvaluateParams["evaluation"],
    variant?: string,
  ): OfTask {
    const heldOut = this.heldOut(task, evaluation.split, evaluation.questions).node;
    const label = { method: name, ...defined({ task: task.shown, variant }), seed: this.seed };
    return {
      task: task.task.name,
      node: stages.evaluate.node({ checkpoint, task, heldOut, evaluation }, label),
    };
  }

  /** Pairs of right and wrong answers under any feedback. */
  private heldOut(task: TaskQuestions, split: SplitName, questions: number | undefined): OfTask {
    const { k, temperature, topP, maxNewTokens } = this.stages.evaluate;
    return this.groups(task, {
      split,
      questions,
      sampling: { k, temperature, topP, maxNewTokens },
      rules: {},
    });
  }

  /** Judged samples of the VFT model. */
  private groups(
    { task, settings, shown, questions }: TaskQuestions,
    wanted: {
      split: SplitName;
      questions: number | undefined;
      sampling: Sampling;
      rules: Partial<Pick<Experiment["stages"]["judge"], "feedback" | "ranking" | "label">>;
    },
  ): OfTask {
    const { split, questions: count, rules } = wanted;
    const sampling = { ...wanted.sampling, split, questions: count, seed: this.samplingSeed };
    const variant = split === "train" ? undefined : split;
    const label = { ...defined({ task: shown, variant }), seed: this.seed };
    const { stop } = promptSettings(settings.prompt);
    const candidates = stages.sample.node({ vft: this.vft, questions, sampling, stop }, label);
    const judging = { extract: this.stages.judge.extract, split, questions: count, ...rules };
    return { task: task.name, node: stages.judge.node({ task, questions, candidates, judging }, label) };
  }
}

/** What the experiment starts from: a model that is there, or one made of the training questions. */
function baseOf({ model }: Experiment, { existing, tasks }: Shared, seed: number): Base {
  const { adapter, create, dtype } = model;
  if (existing !== undefined) return { weights: existing, adapter };
  const questions = questionsOf(trainedOf(tasks));
  const node = stages.create.node({ create: create!, dtype, seed, questions }, { seed });
  return { weights: { role: "base", node }, adapter };
}

const scored = (groups: PlanNode, start: Weights, seed: number): PlanNode =>
  stages.score.node({ start, groups }, { ...defined({ task: groups.task }), seed });

const trainedOf = (tasks: readonly TaskQuestions[]): TaskQuestions[] =>
  tasks.filter(({ settings }) => settings.use === "train");

const questionsOf = (tasks: readonly TaskQuestions[]): OfTask[] =>
  tasks.map(({ task, questions }) => ({ task: task.name, node: questions }));

/** Under the chat template a prompt is made by the model's own tokenizer. */
function withPrompts(
  task: TaskQuestions,
  base: Weights,
  { model: { revision } }: Experiment,
  seed: number,
): TaskQuestions {
  if (promptSettings(task.settings.prompt).template !== "chat") return task;
  const { questions, shown } = task;
  const label = { ...defined({ task: shown }), ...("node" in base ? { seed } : {}) };
  return { ...task, questions: stages.prompts.node({ questions, base, revision }, label) };
}
