/** What samples, judged groups and evaluations of a seed's weights are made by. */
import { type Experiment, promptSettings, type Sampler } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { SplitName } from "../../data/index.ts";
import type { WatchParams } from "../stages/align.ts";
import type { OfTask, TaskQuestions } from "../stages/by-task.ts";
import type { EvaluateParams } from "../stages/evaluate.ts";
import { stages } from "../stages/index.ts";
import type { NodeLabel, PlanNode } from "../stages/node.ts";

/** What they go by. */
export interface Planner {
  stages: Experiment["stages"];
  rounds: Experiment["rounds"];
  vft: PlanNode;
  seed: number;
  sampler: Sampler["name"];
}

/** How the samples of a round are told from those of another: by a seed of their own, and where they are fresh by the questions. */
export interface SampledRound {
  /** From 1. */
  round: number;
  /** Whose weights are sampled. */
  checkpoint: PlanNode;
  labels: NodeLabel;
}

/** Far from what people give as seeds. */
const betweenRounds = 1_000_000;

/** What is drawn at random in a round of training goes by this in place of the run's own seed, which the first round has. */
export const seedOfRound = (seed: number, round: number): number => seed + betweenRounds * (round - 1);

const judgingOf = ({ stages: { judge, sample }, seed }: Planner) => ({
  extract: judge.extract,
  seed: sample.seed ?? seed,
});

/** The part of the training questions that a round has. */
function partOfRound({ stages: { sample }, rounds }: Planner, round: number) {
  const { questions } = sample;
  const before = rounds.questions === "fresh" ? (round - 1) * (questions ?? 0) : 0;
  return { questions, ...(before === 0 ? {} : { skip: before }) };
}

/** Judged samples of the training questions of a task. */
export function trainGroupsOf(planner: Planner, task: TaskQuestions, of: SampledRound): PlanNode {
  const { questions: _questions, seed: _seed, ...sampling } = planner.stages.sample;
  const { feedback, ranking, label } = planner.stages.judge;
  const part = partOfRound(planner, of.round);
  return judged(planner, task, {
    split: "train",
    ...part,
    sampling,
    rules: { feedback, ranking, label },
    of,
  });
}

/** The training questions of a round for who learns from their references alone. */
export const referencesOf = (
  planner: Planner,
  { task, questions, shown }: TaskQuestions,
  round: number,
): PlanNode =>
  stages.references.node(
    { task, questions, part: partOfRound(planner, round) },
    { ...defined({ task: shown, seed: questions.seed }), variant: roundName(round) },
  );

/** In labels. */
export const roundName = (round: number): string => `round ${round}`;

/** The VFT model's: pairs of right and wrong answers under any feedback. */
function heldOutOf(planner: Planner, task: TaskQuestions, split: SplitName, questions?: number): PlanNode {
  const { k, temperature, topP, maxNewTokens } = planner.stages.evaluate;
  const sampling = { k, temperature, topP, maxNewTokens };
  const labels = { ...defined({ variant: split === "train" ? undefined : split }), seed: planner.seed };
  const of = { round: 1, checkpoint: planner.vft, labels };
  return judged(planner, task, { split, questions, sampling, rules: {}, of });
}

function judged(
  { stages: settings, seed, sampler }: Planner,
  { task, settings: taskSettings, shown, questions }: TaskQuestions,
  wanted: {
    split: SplitName;
    questions: number | undefined;
    skip?: number;
    sampling: Pick<Experiment["stages"]["sample"], "k" | "temperature" | "topP" | "maxNewTokens">;
    rules: Partial<Pick<Experiment["stages"]["judge"], "feedback" | "ranking" | "label">>;
    of: SampledRound;
  },
): PlanNode {
  const { split, questions: count, of } = wanted;
  const part = { split, questions: count, ...defined({ skip: wanted.skip }) };
  const label = { ...of.labels, ...defined({ task: shown }) };
  const drawnBy = seedOfRound(settings.sample.seed ?? seed, of.round);
  const sampling = { ...wanted.sampling, ...part, seed: drawnBy };
  const { stop } = promptSettings(taskSettings.prompt);
  const { checkpoint } = of;
  const candidates = stages.sample.node({ checkpoint, questions, sampling, stop, sampler }, label);
  const judging = { extract: settings.judge.extract, ...part, ...wanted.rules };
  return stages.judge.node({ task, settings: taskSettings, questions, candidates, judging }, label);
}

/** What is measured while methods train. */
export function watchParams(planner: Planner, trained: readonly TaskQuestions[]): WatchParams {
  const { watch: settings, judge, evaluate } = planner.stages;
  const groups = trained.map((task) => ({
    task: task.task.name,
    node: heldOutOf(planner, task, "validation", settings.questions),
  }));
  const { maxNewTokens } = evaluate;
  return { settings, groups, tasks: trained, extract: judge.extract, maxNewTokens };
}

type Evaluation = EvaluateParams["evaluation"];

/** For the tables. */
export const evaluationOf = (planner: Planner): Evaluation => ({
  ...planner.stages.evaluate,
  ...judgingOf(planner),
});

/** For the choice among several values. */
export const validationOf = (planner: Planner, questions: number | undefined): Evaluation => ({
  split: "validation",
  questions,
  maxNewTokens: planner.stages.evaluate.maxNewTokens,
  greedy: true,
  sampled: false,
  ...judgingOf(planner),
});

/** On each task. */
export const evaluated = (
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
