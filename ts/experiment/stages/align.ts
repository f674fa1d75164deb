/** Step 3, and its baselines: further training on the sampled questions, by one method. */
import { z } from "zod";
import type { TrainGroup } from "../../bridge/index.ts";
import {
  type Adapter,
  boundaryBetaOf,
  entryOf,
  type GroupMethod,
  lossOf,
  needsReferenceModel,
  promptSettings,
  recorded,
  type TrainedMethod,
  type Training,
  type Watch,
} from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { Group } from "../../core/records.ts";
import { equationRule, type Feedback } from "../../data/index.ts";
import type { Artefact } from "../store/store.ts";
import {
  type AutoBoundary,
  autoBeta,
  boundaryFactsSchema,
  lowestBetterMinusWorse,
} from "../train/boundary.ts";
import { membersOf, trainGroup } from "../train/train-groups.ts";
import type { Sharing } from "../train/training.ts";
import { beforeFile, type Validation } from "../validation/index.ts";
import type { OfTask, TaskQuestions } from "./by-task.ts";
import { type Cost, type Trained, trainingCost } from "./cost.ts";
import { groupsFile } from "./judge.ts";
import { readSplit } from "./questions.ts";
import { defineStage } from "./stage.ts";
import { mixtureOf, trainingFacts, trainingFiles, trainOn } from "./train-on.ts";
import { sourceOf, trainingKey, type Weights, weightsInputs } from "./weights.ts";

export interface AlignParams {
  method: TrainedMethod;
  training: Training;
  /** The weights that it starts from. */
  start: Weights;
  adapter: Adapter | undefined;
  /** Judged training questions, of each task; scored where {@link needsScores}. */
  groups: readonly OfTask[];
  feedback: Feedback;
  sharing: Sharing | undefined;
  /** What is measured on the way; undefined: nothing. */
  watch: WatchParams | undefined;
  seed: number;
}

export interface WatchParams {
  settings: Watch;
  /** The VFT model's judged samples on the first validation questions of each task. */
  groups: readonly OfTask[];
  tasks: readonly TaskQuestions[];
  extract: "strict" | "flexible";
  maxNewTokens: number;
}

/** Whether a method goes by what its starting weights give each COT. */
export const needsScores = (method: TrainedMethod): boolean =>
  needsReferenceModel(method) || boundaryBetaOf(method) === "auto";

/** The share of a question's samples that a method learns from; one in two is taken to be accepted. */
const sharesLearnt = { nothing: 0, references: 0, "accepted samples": 1 / 2, "judged samples": 1 };

export const align = defineStage({
  name: "align",
  codeVersion: 3,
  files: { ...trainingFiles, before: beforeFile },
  facts: trainingFacts.extend({
    targets: z.int(),
    positives: z.int(),
    negatives: z.int(),
    pairedQuestions: z.int(),
    takenQuestions: z.int().optional().meta({ description: "with a part in the method's own loss" }),
    boundary: boundaryFactsSchema.optional(),
  }),
  settings({ method, training, start, adapter, feedback, sharing, watch, seed }: AlignParams) {
    const { label: _label, train: _train, ...exact } = recorded(method, feedback);
    return {
      ...exact,
      ...trainingKey(training, start, adapter),
      ...(feedback === "binary" ? {} : { feedback }),
      // Its samples are told apart by their equations.
      ...(method.method === "rft" ? { equationRule } : {}),
      ...defined({ watch: watch?.settings, mixture: sharing }),
      seed,
    };
  },
  inputs: ({ start, groups, watch }: AlignParams) => ({
    ...weightsInputs(start),
    groups,
    watch: watch?.groups,
    questions: watch?.tasks.map(({ task, questions }) => ({ task: task.name, node: questions })),
  }),
  async run(context, { method, training, start, feedback, sharing, watch, seed }, inputs) {
    const groups = await groupsFile.readAll(inputs.groups);
    const beta = boundaryBetaOf(method);
    const boundary = beta === "auto" ? autoBoundary(groups, method as GroupMethod, feedback) : undefined;
    const data = groups.map((group) => trainGroup(group, method, { seed, feedback }));
    const facts = await trainOn(context, {
      source: sourceOf(start, inputs),
      groups: data,
      settings: training,
      loss: lossOf(method, boundary?.beta ?? (beta as number | undefined)),
      seed,
      ...mixtureOf(sharing, groups),
      ...(watch === undefined ? {} : { validation: await validationOf(watch, inputs) }),
    });
    return { ...facts, ...describeData(data), ...takenQuestions(data, method), ...defined({ boundary }) };
  },
  cost({ method, training }, { groups }) {
    const share = sharesLearnt[entryOf(method.method).learnsFrom];
    const parts = groups.map((expectation) => ({ ...expectation, share }));
    return withStartWeights(trainingCost(training, parts), method);
  },
});

/** What a method scores anew under the weights that it starts from. */
function withStartWeights(trained: Trained, method: TrainedMethod): Cost {
  const entry = entryOf(method.method);
  const scores = entry.kind === "group loss" ? entry.needs.startWeights : undefined;
  if (scores === undefined) return { trained };
  // Beside a question's prompt and responses, one prompt with one response, under the present and the starting
  // weights; a prompt is taken to be as long as a response.
  const share = scores === "all" ? 1 : 4 / (1 + trained.responses);
  return { trained: { ...trained, holdsStart: true }, scored: { tokens: share * trained.tokens } };
}

async function validationOf(
  { settings, tasks, extract, maxNewTokens }: WatchParams,
  inputs: { questions: readonly Artefact[] | undefined; watch: readonly Artefact[] | undefined },
): Promise<Validation> {
  const { every, questions: count, accuracy, patience } = settings;
  const questions = inputs.questions!.map((artefact) => readSplit(artefact, "validation", count));
  return {
    every,
    ...defined({ patience }),
    accuracy,
    questions: (await Promise.all(questions)).flat(),
    groups: await groupsFile.readAll(inputs.watch!),
    tasks: new Map(tasks.map(({ task }) => [task.name, task])),
    stop: new Map(tasks.map(({ task, settings: { prompt } }) => [task.name, promptSettings(prompt).stop])),
    extract,
    maxNewTokens,
  };
}

/** From the distances between the COTs between which the method's own pairs are. */
const autoBoundary = (groups: readonly Group[], method: GroupMethod, feedback: Feedback): AutoBoundary =>
  autoBeta(groups.flatMap((group) => lowestBetterMinusWorse(membersOf(group, method, feedback))));

function describeData(groups: readonly TrainGroup[]) {
  const responses = groups.flatMap((group) => group.responses);
  return {
    targets: responses.filter(({ target }) => target).length,
    positives: responses.filter(({ label }) => label === "positive").length,
    negatives: responses.filter(({ label }) => label === "negative").length,
    pairedQuestions: groups.filter(hasPair).length,
  };
}

/** How many questions have a part in the loss, for a method that has one; the worker goes by the same rule. */
function takenQuestions(groups: readonly TrainGroup[], method: TrainedMethod): { takenQuestions?: number } {
  const entry = entryOf(method.method);
  if (entry.kind === "baseline") return {};
  const takes = entry.needs.pair ? isPairedByRank : hasRank;
  return { takenQuestions: groups.filter(takes).length };
}

const ranksOf = ({ responses }: TrainGroup): number[] =>
  responses.flatMap(({ rank }) => (rank === undefined ? [] : [rank]));
const hasRank = (group: TrainGroup): boolean => ranksOf(group).length > 0;
const isPairedByRank = (group: TrainGroup): boolean => new Set(ranksOf(group)).size > 1;

/** Whether two responses are of different ranks, or one is right and another wrong. */
const hasPair = ({ responses }: TrainGroup): boolean =>
  [responses.map(({ label }) => label), responses.map(({ rank }) => rank)].some(
    (places) => new Set(places.filter((place) => place !== undefined)).size > 1,
  );
