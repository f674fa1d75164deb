/** The pieces of work of one seed: VFT, what is sampled from it, and each method with its evaluation. */
import {
  boundaryBetaKey,
  boundaryBetaOf,
  type Experiment,
  promptSettings,
  type Sampler,
  samplerOf,
  type TrainedMethod,
  trainingOf,
  withBoundaryBeta,
} from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { SplitName } from "../../data/index.ts";
import { needsScores, type WatchParams } from "../stages/align.ts";
import { type OfTask, sharingOf, type TaskQuestions } from "../stages/by-task.ts";
import type { EvaluateParams } from "../stages/evaluate.ts";
import { stages } from "../stages/index.ts";
import type { PlanNode } from "../stages/node.ts";
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
  /** A base model that is not made from scratch. */
  existing: Weights | undefined;
  /** Groups of the user's own, in the place of sampling and judging training questions. */
  givenGroups: PlanNode | undefined;
}

export function planSeed(experiment: Experiment, shared: Shared, seed: number): SeedPlan {
  const base = baseOf(experiment, shared, seed);
  const tasks = shared.tasks.map((task) => withPrompts(task, base.weights, experiment));
  const trained = trainedOf(tasks);
  const sharing = sharingOf(trained, experiment.mixture.temperature);
  const { vft: training, judge, watch } = experiment.stages;
  const vft = stages.vft.node({ base, questions: questionsOf(trained), training, sharing, seed }, { seed });
  const sampler = samplerOf(experiment.worker).name;
  const planner: Planner = { stages: experiment.stages, vft, seed, sampler };
  const trainGroups: OfTask[] =
    shared.givenGroups === undefined
      ? trained.map((task) => ({ task: task.task.name, node: trainGroupsOf(planner, task) }))
      : [{ task: trained[0]!.task.name, node: shared.givenGroups }];
  const alignParams = {
    adapter: base.adapter,
    feedback: judge.feedback,
    sharing,
    watch: watch.every === 0 ? undefined : watchParams(planner, trained),
    seed,
  };
  const alignWith = (name: string, method: TrainedMethod, variant?: string): PlanNode => {
    const start: Weights = method.start === "base" ? base.weights : { role: "checkpoint", node: vft };
    const groups = needsScores(method)
      ? trainGroups.map(({ task, node }) => ({ task, node: scored(node, start, seed) }))
      : trainGroups;
    return stages.align.node(
      { ...alignParams, method, training: trainingOf(experiment, name)!, start, groups },
      { method: name, ...defined({ variant }), seed },
    );
  };
  const trainedBy = (name: string, method: TrainedMethod): PlanNode => {
    const beta = boundaryBetaOf(method);
    if (typeof beta !== "object") return alignWith(name, method);
    const points = beta.search.map((value) => {
      const variant = `beta ${value}`;
      const align = alignWith(name, withBoundaryBeta(method, value), variant);
      const wanted = {
        checkpoint: align,
        tasks: trained,
        evaluation: validationOf(planner, beta.questions),
      };
      return { beta: value, align, evaluate: evaluated(planner, wanted, { method: name, variant }) };
    });
    return stages.search.node({ parameter: boundaryBetaKey(method)!, points, seed }, { method: name, seed });
  };
  const arms = Object.entries(experiment.methods).map(([name, method]): Arm => {
    const align = method.method === "keep" ? undefined : trainedBy(name, method);
    const evaluation = { ...experiment.stages.evaluate, ...judgingOf(planner) };
    const evaluate = evaluated(planner, { checkpoint: align ?? vft, tasks, evaluation }, { method: name });
    return { method: name, seed, ...defined({ align }), evaluate };
  });
  return { seed, tasks, vft, trainGroups, arms };
}

/** What samples, judged groups and evaluations of a seed go by. */
interface Planner {
  stages: Experiment["stages"];
  vft: PlanNode;
  seed: number;
  sampler: Sampler["name"];
}

const judgingOf = ({ stages: { judge, sample }, seed }: Planner) => ({
  extract: judge.extract,
  seed: sample.seed ?? seed,
});

function trainGroupsOf(planner: Planner, task: TaskQuestions): PlanNode {
  const { questions, seed: _, ...sampling } = planner.stages.sample;
  const { feedback, ranking, label } = planner.stages.judge;
  return judged(planner, task, { split: "train", questions, sampling, rules: { feedback, ranking, label } });
}

/** Pairs of right and wrong answers under any feedback. */
function heldOutOf(planner: Planner, task: TaskQuestions, split: SplitName, questions?: number): PlanNode {
  const { k, temperature, topP, maxNewTokens } = planner.stages.evaluate;
  const sampling = { k, temperature, topP, maxNewTokens };
  return judged(planner, task, { split, questions, sampling, rules: {} });
}

/** Judged samples of the VFT model. */
function judged(
  { stages: settings, vft, seed, sampler }: Planner,
  { task, settings: { prompt }, shown, questions }: TaskQuestions,
  wanted: {
    split: SplitName;
    questions: number | undefined;
    sampling: Pick<Experiment["stages"]["sample"], "k" | "temperature" | "topP" | "maxNewTokens">;
    rules: Partial<Pick<Experiment["stages"]["judge"], "feedback" | "ranking" | "label">>;
  },
): PlanNode {
  const { split, questions: count } = wanted;
  const label = { ...defined({ task: shown, variant: split === "train" ? undefined : split }), seed };
  const sampling = { ...wanted.sampling, split, questions: count, seed: settings.sample.seed ?? seed };
  const { stop } = promptSettings(prompt);
  const candidates = stages.sample.node({ vft, questions, sampling, stop, sampler }, label);
  const judging = { extract: settings.judge.extract, split, questions: count, ...wanted.rules };
  return stages.judge.node({ task, questions, candidates, judging }, label);
}

/** What is measured while methods train. */
function watchParams(planner: Planner, trained: readonly TaskQuestions[]): WatchParams {
  const { watch: settings, judge, evaluate } = planner.stages;
  const groups = trained.map((task) => ({
    task: task.task.name,
    node: heldOutOf(planner, task, "validation", settings.questions),
  }));
  const { maxNewTokens } = evaluate;
  return { settings, groups, tasks: trained, extract: judge.extract, maxNewTokens };
}

type Evaluation = EvaluateParams["evaluation"];

/** For the choice among several values. */
const validationOf = (planner: Planner, questions: number | undefined): Evaluation => ({
  split: "validation",
  questions,
  maxNewTokens: planner.stages.evaluate.maxNewTokens,
  greedy: true,
  sampled: false,
  ...judgingOf(planner),
});

/** On each task. */
const evaluated = (
  planner: Planner,
  wanted: { checkpoint: PlanNode; tasks: readonly TaskQuestions[]; evaluation: Evaluation },
  labels: { method: string; variant?: string },
): OfTask[] =>
  wanted.tasks.map((task) => {
    const { checkpoint, evaluation } = wanted;
    const heldOut = heldOutOf(planner, task, evaluation.split, evaluation.questions);
    const label = { ...labels, ...defined({ task: task.shown }), seed: planner.seed };
    return {
      task: task.task.name,
      node: stages.evaluate.node({ checkpoint, task, heldOut, evaluation, sampler: planner.sampler }, label),
    };
  });

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
function withPrompts(task: TaskQuestions, base: Weights, { model: { revision } }: Experiment): TaskQuestions {
  if (promptSettings(task.settings.prompt).template !== "chat") return task;
  const { questions, shown } = task;
  const label = { ...defined({ task: shown }), ...("node" in base ? defined({ seed: base.node.seed }) : {}) };
  return { ...task, questions: stages.prompts.node({ questions, base, revision }, label) };
}
