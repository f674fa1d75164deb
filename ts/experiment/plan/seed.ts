/** The pieces of work of one seed: VFT, what is sampled from it, and each method's rounds of training with their evaluations. */
import { type Experiment, promptSettings, samplerOf, trainingOf } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { type OfTask, sharingOf, type TaskQuestions } from "../stages/by-task.ts";
import { stages } from "../stages/index.ts";
import type { PlanNode } from "../stages/node.ts";
import type { Base, Weights } from "../stages/weights.ts";
import { type Round, roundsOf } from "./rounds.ts";
import { evaluated, evaluationOf, type Planner, trainGroupsOf, watchParams } from "./samples.ts";

/** What one method came to under one seed. */
export interface Arm {
  method: string;
  seed: number;
  /** What holds its weights after the last round; undefined for `keep`, whose weights are those of VFT. */
  align?: PlanNode;
  /** Those weights, on each task. */
  evaluate: OfTask[];
  /** At least one; none for `keep`. */
  rounds: Round[];
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
  const planner: Planner = { stages: experiment.stages, rounds: experiment.rounds, vft, seed, sampler };
  const first = { round: 1, checkpoint: vft, labels: { seed } };
  const trainGroups: OfTask[] =
    shared.givenGroups === undefined
      ? trained.map((task) => ({ task: task.task.name, node: trainGroupsOf(planner, task, first) }))
      : [{ task: trained[0]!.task.name, node: shared.givenGroups }];
  const common = {
    adapter: base.adapter,
    feedback: judge.feedback,
    sharing,
    watch: watch.every === 0 ? undefined : watchParams(planner, trained),
    groups: trainGroups,
    tasks,
    trained,
  };
  const arms = Object.entries(experiment.methods).map(([name, method]): Arm => {
    if (method.method === "keep") {
      const wanted = { checkpoint: vft, tasks, evaluation: evaluationOf(planner) };
      return { method: name, seed, evaluate: evaluated(planner, wanted, { method: name }), rounds: [] };
    }
    const start: Weights = method.start === "base" ? base.weights : { role: "checkpoint", node: vft };
    const rounds = roundsOf(planner, {
      ...common,
      ...{ name, method, start },
      training: trainingOf(experiment, name)!,
    });
    const { align, evaluate } = rounds.at(-1)!;
    return { method: name, seed, align, evaluate, rounds };
  });
  return { seed, tasks, vft, trainGroups, arms };
}

/** What the experiment starts from: a model that is there, or one made of the training questions. */
function baseOf({ model }: Experiment, { existing, tasks }: Shared, seed: number): Base {
  const { adapter, create, dtype } = model;
  if (existing !== undefined) return { weights: existing, adapter };
  const questions = questionsOf(trainedOf(tasks));
  const node = stages.create.node({ create: create!, dtype, seed, questions }, { seed });
  return { weights: { role: "base", node }, adapter };
}

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
