import { join } from "node:path";
import type { Params, Result, Worker } from "../../bridge/index.ts";
import type { Adapter, Experiment, Model } from "../../config/index.ts";
import type { ProgressSink } from "../../core/progress.ts";
import type { Artefact } from "../store/store.ts";
import type { Track } from "../tracking/index.ts";

export type StageName =
  | "questions"
  | "prompts"
  | "create"
  | "vft"
  | "sample"
  | "judge"
  | "score"
  | "align"
  | "evaluate"
  | "search";

/** What a stage may use beside its settings and inputs. */
export interface StageContext {
  experiment: Experiment;
  /** The artefact's directory, which may hold what an interrupted run left. */
  directory: string;
  /** The worker; started at the first call. */
  worker(): Promise<Worker>;
  progress: ProgressSink;
  signal: AbortSignal;
  /** Opens the stage's run in the experiment's trackers; undefined: nothing is tracked. */
  track?: Track;
}

/** One piece of work of an experiment: what it is made from, and how it is made. */
export interface PlanNode {
  stage: StageName;
  /** The method it belongs to, when it is one method's own. */
  method?: string;
  /** The task it is of, where the experiment has several. */
  task?: string;
  /** What tells it from others of its stage, method, task and seed, for people: `beta 0.2`. */
  variant?: string;
  /** undefined: shared by all seeds. */
  seed?: number;
  settings: unknown;
  inputs: Record<string, PlanNode>;
  work(context: StageContext, inputs: Record<string, Artefact>): Promise<Record<string, unknown>>;
}

export const labelOf = ({ stage, method, task, variant, seed }: PlanNode): string =>
  [stage, method, task, variant, seed === undefined ? undefined : `seed ${seed}`]
    .filter((part) => part !== undefined)
    .join(" ");

/** Where the weights of an artefact lie that has some. */
export const checkpointIn = ({ directory }: { directory: string }): string => join(directory, "checkpoint");

/** What a model is loaded with beside what all stages share. */
type LoadSettings = Pick<Params<"model/load">, "adapter" | "adapterSeed" | "gradientCheckpointing">;

/** Loads a checkpoint for the time of `use`, and unloads it whatever happens. */
export async function withModel<T>(
  context: StageContext,
  source: string,
  use: (worker: Worker, model: Result<"model/load">) => Promise<T>,
  settings: LoadSettings = {},
): Promise<T> {
  const worker = await context.worker();
  const { dtype, attention } = context.experiment.model;
  const loaded = await worker.request("model/load", {
    source,
    ...revisionOf(context.experiment.model, source),
    dtype,
    attention,
    device: context.experiment.worker.device,
    ...settings,
  });
  try {
    return await use(worker, loaded);
  } finally {
    // A worker that died has nothing left to unload, and its own error must be the one that is seen.
    await worker.request("model/unload", { model: loaded.model }).catch(() => {});
  }
}

/** To be trained: the adapter in place of the weights where the experiment has one. Its first weights go by the seed. */
export const loadedForTraining = ({ adapter, gradientCheckpointing }: Model, seed: number): LoadSettings => ({
  ...(adapter === undefined ? {} : { adapter: adapterRequest(adapter), adapterSeed: seed }),
  ...(gradientCheckpointing ? { gradientCheckpointing } : {}),
});

/** Without the `undefined` that an optional field may hold. */
const adapterRequest = ({ targets, ...settings }: Adapter): NonNullable<LoadSettings["adapter"]> => ({
  ...settings,
  ...(targets === undefined ? {} : { targets }),
});

/** The revision goes with the hub id, and with no checkpoint of the run. */
export const revisionOf = (model: Model, source: string): { revision?: string } =>
  source === model.hub && model.revision !== undefined ? { revision: model.revision } : {};
