/** What one method does under one seed: round after round of training, each with its evaluation. */
import {
  boundaryBetaKey,
  boundaryBetaOf,
  entryOf,
  needsReferenceModel,
  type TrainedMethod,
  type Training,
  withBoundaryBeta,
} from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { type AlignParams, needsScores } from "../stages/align.ts";
import type { OfTask, TaskQuestions } from "../stages/by-task.ts";
import { stages } from "../stages/index.ts";
import type { PlanNode } from "../stages/node.ts";
import type { Weights } from "../stages/weights.ts";
import {
  evaluated,
  evaluationOf,
  type Planner,
  referencesOf,
  roundName,
  seedOfRound,
  trainGroupsOf,
  validationOf,
} from "./samples.ts";

/** One time through sampling, training and evaluation. */
export interface Round {
  /** What is trained on, before it is scored: of each trained task, or one file of the user's own. */
  groups: readonly OfTask[];
  /** What holds its weights: the training, or the search among several. */
  align: PlanNode;
  /** On each task. */
  evaluate: OfTask[];
}

/** A method of the experiment, and what all methods of a seed share. */
export interface MethodParams extends Pick<AlignParams, "adapter" | "feedback" | "sharing" | "watch"> {
  name: string;
  method: TrainedMethod;
  training: Training;
  /** What the first round starts from. */
  start: Weights;
  /** What the first round is trained on. */
  groups: readonly OfTask[];
  tasks: readonly TaskQuestions[];
  trained: readonly TaskQuestions[];
}

/** In their order; a later one is made of what the one before it came to. */
export function roundsOf(planner: Planner, params: MethodParams): Round[] {
  const { count } = planner.rounds;
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round++) rounds.push(nextRound(planner, params, rounds));
  return rounds;
}

function nextRound(planner: Planner, params: MethodParams, before: readonly Round[]): Round {
  const { name, tasks } = params;
  const round = before.length + 1;
  const last = before.at(-1)?.align;
  const from = (weights: "previous" | "vft"): Weights =>
    last === undefined || weights === "vft" ? params.start : { role: "checkpoint", node: last };
  // One round needs no name.
  const variant = planner.rounds.count === 1 ? undefined : roundName(round);
  const groups = last === undefined ? params.groups : laterGroups(planner, params, round, last);
  const training: RoundTraining = {
    start: from(planner.rounds.start),
    reference: from(planner.rounds.reference),
    groups,
    seed: seedOfRound(planner.seed, round),
    variant,
    scoredFor: last === undefined ? {} : { method: name, ...defined({ variant }) },
  };
  const align = trainedBy(planner, params, training);
  const wanted = { checkpoint: align, tasks, evaluation: evaluationOf(planner) };
  const labels = { method: name, ...defined({ variant }) };
  return { groups, align, evaluate: evaluated(planner, wanted, labels) };
}

/** Of a round that is not the first: samples of the weights that the one before it came to, where the method learns from samples. */
function laterGroups(
  planner: Planner,
  { name, method, trained }: MethodParams,
  round: number,
  checkpoint: PlanNode,
): OfTask[] {
  const labels = { method: name, variant: roundName(round), seed: planner.seed };
  const samples = entryOf(method.method).learnsFrom !== "references";
  return trained.map((task) => ({
    task: task.task.name,
    node: samples
      ? trainGroupsOf(planner, task, { round, checkpoint, labels })
      : referencesOf(planner, task, round),
  }));
}

interface RoundTraining {
  start: Weights;
  /** Of a reference model, where the method has one. */
  reference: Weights;
  groups: readonly OfTask[];
  seed: number;
  variant: string | undefined;
  /** Scores of the first round are of no method alone. */
  scoredFor: { method?: string; variant?: string };
}

function trainedBy(planner: Planner, params: MethodParams, training: RoundTraining): PlanNode {
  const { name, method, trained } = params;
  const beta = boundaryBetaOf(method);
  if (typeof beta !== "object") return alignWith(planner, params, training, method);
  const points = beta.search.map((value) => {
    const variant = [training.variant, `beta ${value}`].filter(Boolean).join(" ");
    const tried = withBoundaryBeta(method, value);
    const align = alignWith(planner, params, { ...training, variant }, tried);
    const evaluation = validationOf(planner, beta.questions);
    const wanted = { checkpoint: align, tasks: trained, evaluation };
    return { beta: value, align, evaluate: evaluated(planner, wanted, { method: name, variant }) };
  });
  const { seed } = planner;
  const label = { method: name, ...defined({ variant: training.variant }), seed };
  return stages.search.node({ parameter: boundaryBetaKey(method)!, points, seed }, label);
}

function alignWith(
  { seed: runSeed }: Planner,
  { name, training: settings, adapter, feedback, sharing, watch }: MethodParams,
  { start, reference, groups, seed, variant, scoredFor }: RoundTraining,
  method: TrainedMethod,
): PlanNode {
  const scoring = needsReferenceModel(method) ? reference : start;
  const scored = ({ task, node }: OfTask): OfTask => ({
    task,
    node: stages.score.node(
      { start: scoring, groups: node },
      { ...scoredFor, ...defined({ task: node.task }), seed: runSeed },
    ),
  });
  return stages.align.node(
    {
      ...{ method, training: settings, start, adapter, feedback, sharing, watch, seed },
      groups: needsScores(method) ? groups.map(scored) : groups,
    },
    { method: name, ...defined({ variant }), seed: runSeed },
  );
}
