/** How many questions there are and how many steps follow from them, as far as the settings tell. */
import type { Path } from "../../core/shape.ts";
import type { Method } from "../methods/index.ts";
import { questionsAsked, type Task } from "../schema/tasks/index.ts";
import type { Training } from "../schema/training.ts";
import { overrideTraining, planSteps } from "../training.ts";

type Split = "train" | "validation" | "test";

export const trainedOf = ({ tasks }: { tasks: readonly Task[] | undefined }): Task[] =>
  (tasks ?? []).filter(({ use }) => use === "train");

/** How many questions of a split each task has, where the settings say so of all; a file's own number shows when it is read. */
export function sizesOf(tasks: readonly Task[], split: Split): number[] | undefined {
  const sizes = tasks.map((task) => questionsAsked(task, split));
  return sizes.length > 0 && sizes.every((size) => size !== undefined) ? (sizes as number[]) : undefined;
}

export function mostOf(tasks: readonly Task[], split: Split): number | undefined {
  const sizes = sizesOf(tasks, split);
  return sizes && Math.max(...sizes);
}

const sumOf = (sizes: readonly number[] | undefined, atMost = Number.POSITIVE_INFINITY): number | undefined =>
  sizes?.reduce((sum, size) => sum + Math.min(size, atMost), 0);

/** What steps follow from; undefined where it has errors of its own. */
export interface Trainings {
  tasks: readonly Task[] | undefined;
  vft: Training | undefined;
  align: Training | undefined;
  sample: { questions?: number | undefined } | undefined;
  judge: { groupsFile?: string | undefined } | undefined;
  methods: Readonly<Record<string, Method>>;
}

/** A training whose learning rate rises in all of its steps. */
export interface WholeWarmup {
  path: Path;
  setting: "warmupRatio" | "warmupSteps";
  training: Training;
  totalSteps: number;
  /** It is so with any number of questions. */
  isStated: boolean;
}

/** All of them, as far as the numbers of questions are known. */
export function wholeWarmups({ tasks, vft, align, sample, judge, methods }: Trainings): WholeWarmup[] {
  const sizes = sizesOf(trainedOf({ tasks }), "train");
  const found = (
    path: Path,
    training: Training | undefined,
    questions: number | undefined,
  ): WholeWarmup[] => {
    if (training === undefined || (questions === undefined && training.steps === undefined)) return [];
    const { totalSteps, warmupSteps } = planSteps(training, questions ?? 0);
    if (warmupSteps < totalSteps || totalSteps === 1) return [];
    const setting = training.schedule.warmupSteps === undefined ? "warmupRatio" : "warmupSteps";
    const isStated = training.steps !== undefined || training.schedule.warmupRatio === 1;
    return [{ path, setting, training, totalSteps, isStated }];
  };
  // How many groups a user's file has is known when it is read.
  const sampled = judge?.groupsFile === undefined ? sumOf(sizes, sample?.questions) : undefined;
  const trained = Object.entries(methods).filter(([, method]) => method.method !== "keep");
  return [
    ...found(["stages", "vft"], vft, sumOf(sizes)),
    ...(trained.length > 0 ? found(["stages", "align"], align, sampled) : []),
    ...trained.flatMap(([name, method]) =>
      method.method !== "keep" && method.train !== undefined && align !== undefined
        ? found(["methods", name, "train"], overrideTraining(align, method.train), sampled)
        : [],
    ),
  ];
}
