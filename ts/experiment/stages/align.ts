import { join } from "node:path";
import type { TrainGroup } from "../../bridge/index.ts";
import {
  boundaryBetaOf,
  type GroupMethod,
  lossOf,
  needsReferenceModel,
  promptSettings,
  recorded,
  type TrainedMethod,
  type Training,
  type Watch,
} from "../../config/index.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import type { Feedback } from "../../data/index.ts";
import { autoBeta, lowestBetterMinusWorse } from "../auto-beta.ts";
import type { AutoBoundary } from "../boundary-facts.ts";
import type { Artefact } from "../store/store.ts";
import { mixtureOf, trainFrom } from "../train/training.ts";
import { membersOf, trainGroup } from "../train-groups.ts";
import type { Validation } from "../validation/index.ts";
import { adapterKey, type Base, startOf, trainingKey } from "./base.ts";
import { artefactsIn, type OfTask, rolesOf, type Sharing, type TaskQuestions } from "./by-task.ts";
import { labelOf, type PlanNode } from "./context.ts";
import { readQuestions } from "./sample.ts";
import { scoreNode } from "./score.ts";

export interface AlignSources {
  base: Base;
  vft: PlanNode;
  /** Judged training questions, of each task. */
  groups: readonly OfTask[];
  feedback: Feedback;
  sharing: Sharing | undefined;
  /** What is measured on the way; nothing when left out. */
  watch?: {
    settings: Watch;
    /** The VFT model's judged samples on the first validation questions of each task. */
    groups: readonly OfTask[];
    tasks: readonly TaskQuestions[];
    extract: "strict" | "flexible";
    maxNewTokens: number;
  };
}

/** Step 3, and its baselines: further training on the sampled questions, by one method. */
export function alignNode(
  name: string,
  method: TrainedMethod,
  settings: Training,
  from: AlignSources,
  seed: number,
  variant?: string,
): PlanNode {
  const { label: _label, train: _train, ...exact } = recorded(method, from.feedback);
  const start = startOf(method.start, from);
  const beta = boundaryBetaOf(method);
  const scored = needsReferenceModel(method) || beta === "auto";
  const node: PlanNode = {
    stage: "align",
    method: name,
    ...(variant === undefined ? {} : { variant }),
    seed,
    settings: {
      ...exact,
      ...trainingKey(settings),
      ...start.settings,
      ...adapterKey(from.base),
      ...(from.feedback === "binary" ? {} : { feedback: from.feedback }),
      ...(from.watch === undefined ? {} : { watch: from.watch.settings }),
      ...(from.sharing === undefined ? {} : { mixture: from.sharing }),
      seed,
    },
    inputs: {
      ...start.inputs,
      ...rolesOf("groups", scored ? from.groups.map((one) => scoreNode(start, one, seed)) : from.groups),
      ...(from.watch === undefined
        ? {}
        : {
            ...rolesOf("watch", from.watch.groups),
            ...rolesOf(
              "questions",
              from.watch.tasks.map(({ task, questions }) => ({ task: task.name, node: questions })),
            ),
          }),
    },
    async work(context, inputs) {
      const groups = await groupsIn("groups", inputs);
      const auto = beta === "auto" ? autoBoundary(groups, method as GroupMethod, from.feedback) : undefined;
      const data = groups.map((group) => trainGroup(group, method, { seed, feedback: from.feedback }));
      const facts = await trainFrom(start.source(inputs), context, {
        groups: data,
        settings,
        loss: lossOf(method, auto?.beta ?? (beta as number | undefined)),
        seed,
        label: labelOf(node),
        ...mixtureOf(from.sharing, groups),
        ...(from.watch === undefined ? {} : { validation: await validationOf(from.watch, inputs) }),
      });
      return { ...facts, ...describeData(data), ...(auto === undefined ? {} : { boundary: auto }) };
    },
  };
  return node;
}

async function groupsIn(role: string, inputs: Readonly<Record<string, Artefact>>): Promise<Group[]> {
  const all = artefactsIn(role, inputs).map(({ directory }) =>
    readJsonl(join(directory, "groups.jsonl"), groupSchema),
  );
  return (await Promise.all(all)).flat();
}

async function validationOf(
  { settings, tasks, extract, maxNewTokens }: NonNullable<AlignSources["watch"]>,
  inputs: Record<string, Artefact>,
): Promise<Validation> {
  const { every, questions, accuracy, patience } = settings;
  return {
    every,
    ...(patience === undefined ? {} : { patience }),
    accuracy,
    questions: (
      await Promise.all(
        artefactsIn("questions", inputs).map((one) => readQuestions(one, "validation", questions)),
      )
    ).flat(),
    groups: await groupsIn("watch", inputs),
    tasks: new Map(tasks.map(({ task }) => [task.name, task])),
    stop: new Map(tasks.map(({ task, settings: own }) => [task.name, promptSettings(own.prompt).stop])),
    extract,
    maxNewTokens,
  };
}

/** From the distances between the COTs between which the method's own pairs are. */
const autoBoundary = (groups: readonly Group[], method: GroupMethod, feedback: Feedback): AutoBoundary =>
  autoBeta(groups.flatMap((group) => lowestBetterMinusWorse(membersOf(group, method, feedback))));

function describeData(groups: readonly TrainGroup[]): Record<string, number> {
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
    (places) => new Set(places.filter((place) => place !== undefined)).size > 1,
  );
