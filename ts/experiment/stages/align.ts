/** Step 3, and its baselines: further training on the sampled questions, by one method. */
import { z } from "zod";
import type { LossSettings, TrainGroup } from "../../bridge/index.ts";
import {
  type Adapter,
  boundaryBetaOf,
  type GroupMethod,
  promptSettings,
  type Training,
  type Watch,
} from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { Group } from "../../core/records.ts";
import type { Feedback } from "../../data/index.ts";
import { autoBeta, lowestBetterMinusWorse } from "../auto-beta.ts";
import { type AutoBoundary, boundaryFactsSchema } from "../boundary-facts.ts";
import type { Artefact } from "../store/store.ts";
import { membersOf, type TrainedMethod, trainGroup } from "../train-groups.ts";
import { beforeFile, type Validation } from "../validation/index.ts";
import type { OfTask, Sharing, TaskQuestions } from "./by-task.ts";
import { trainingCost } from "./cost.ts";
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
  method.method === "dpo" || boundaryBetaOf(method) === "auto";

/** Samples that a method learns from, over all that there are; RFT is taken to accept one in two. */
const shareTrained = ({ method }: TrainedMethod): number =>
  method === "vft" ? 0 : method === "rft" ? 1 / 2 : 1;

export const align = defineStage({
  name: "align",
  codeVersion: 3,
  files: { ...trainingFiles, before: beforeFile },
  facts: trainingFacts.extend({
    targets: z.int(),
    positives: z.int(),
    negatives: z.int(),
    pairedQuestions: z.int(),
    boundary: boundaryFactsSchema.optional(),
  }),
  settings({ method, training, start, adapter, feedback, sharing, watch, seed }: AlignParams) {
    const { label: _label, train: _train, ...exact } = method;
    return {
      ...exact,
      ...trainingKey(training, start, adapter),
      ...(feedback === "binary" ? {} : { feedback }),
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
    return { ...facts, ...describeData(data), ...defined({ boundary }) };
  },
  cost({ method, training }, { groups, questions, checkpoint, base }) {
    const parts = groups.map((expectation) => ({ ...expectation, share: shareTrained(method) }));
    // A file of groups does not tell its questions: they are taken to be the first task's.
    const usual = questions?.[0] ?? checkpoint ?? base;
    return { trained: trainingCost(training, parts, usual?.questions) };
  },
});

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

/** `beta`: where the boundary lies, for a method that has one. */
export function lossOf(method: TrainedMethod, beta: number | undefined): LossSettings {
  if (method.method === "vft" || method.method === "rft") return { kind: "vft" };
  const { weight } = method;
  const bounded = beta === undefined ? {} : { beta };
  switch (method.method) {
    case "aft": {
      const detachBoundary = "detachBoundary" in method ? method.detachBoundary : true;
      return { kind: "alignment", constraint: method.constraint, weight, detachBoundary, ...bounded };
    }
    case "dpo":
      return {
        kind: "dpo",
        constraint: method.constraint,
        weight,
        vftWeight: method.vftWeight,
        dpoBeta: method.beta,
        ...bounded,
      };
    default:
      return {
        kind: method.method,
        constraint: method.constraint,
        weight,
        vftWeight: method.vftWeight,
        ...bounded,
      };
  }
}

function describeData(groups: readonly TrainGroup[]) {
  const responses = groups.flatMap((group) => group.responses);
  return {
    targets: responses.filter(({ target }) => target).length,
    positives: responses.filter(({ label }) => label === "positive").length,
    negatives: responses.filter(({ label }) => label === "negative").length,
    pairedQuestions: groups.filter(hasPair).length,
  };
}

/** Whether two responses are of different ranks, or one is right and another wrong. */
const hasPair = ({ responses }: TrainGroup): boolean =>
  [responses.map(({ label }) => label), responses.map(({ rank }) => rank)].some(
    (all) => new Set(all.filter((one) => one !== undefined)).size > 1,
  );
