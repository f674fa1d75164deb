import { join } from "node:path";
import { type Params, type Result, type Worker, WorkerLost } from "../../bridge/index.ts";
import type { Experiment } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { messageOf } from "../../core/errors.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { Sender } from "./sender.ts";
import type { Values } from "./values.ts";

type OpenParams = Params<"track/open">;
type TrackerKind = OpenParams["kind"];

/** A run in all trackers that the experiment asks for and that are there. None of its errors comes out of it. */
export interface TrackedRun {
  log(step: number, values: Values): void;
  close(): Promise<void>;
}

/** Opens the run of a piece of work; `training`: the key of the training that it belongs to, if it is another's. */
export type Track = (worker: Worker, mode: OpenParams["mode"], training?: string) => Promise<TrackedRun>;

/** What of a node of the plan its run is named by. */
interface TrackedNode {
  stage: string;
  method?: string;
  variant?: string;
  seed?: number;
}

export interface TrackingOptions {
  experiment: Experiment;
  /** The experiment's own: runs/NAME. */
  folder: string;
  progress: ProgressSink;
  /** As long as a tracker's opening and its closing may hold the training up. */
  waitSeconds?: number;
}

const usualWaitSeconds = 20;

/** What failed once, by the worker in which it did: one worker may serve several experiments. */
const offIn = new WeakMap<Worker, Set<TrackerKind>>();

/**
 * Where an experiment's numbers also go. A tracker that cannot be opened, or fails later, is told of once and is off
 * from then on: the next training would only wait for it again.
 */
export class Tracking {
  private readonly options: TrackingOptions;
  private readonly config: string;

  constructor(options: TrackingOptions) {
    this.options = options;
    // Addresses of trackers are nothing that the trackers need to show.
    const { tracking: _, ...experiment } = options.experiment;
    this.config = JSON.stringify(experiment);
  }

  /** `key`: of the node's artefact. */
  trackOf(node: TrackedNode, key: string): Track {
    const { experiment } = this.options;
    const label = labelOf(node, experiment);
    const seed = `seed${node.seed ?? 0}`;
    return (worker, mode, training = key) =>
      this.open(worker, `${label}-${seed}`, {
        mode,
        key: training,
        name: `${experiment.name}/${label}/${seed}`,
      });
  }

  private async open(
    worker: Worker,
    runFolder: string,
    run: Pick<OpenParams, "mode" | "key" | "name">,
  ): Promise<TrackedRun> {
    const { experiment, folder, progress, waitSeconds = usualWaitSeconds } = this.options;
    const off = offIn.get(worker) ?? new Set();
    offIn.set(worker, off);
    const turnOff = (kind: TrackerKind, why: string): void => {
      if (!off.has(kind)) progress.note(`tracking by ${kind} is off: ${why}`);
      off.add(kind);
    };
    const senders: Sender[] = [];
    for (const [kind, settings] of wantedTrackers(experiment)) {
      if (off.has(kind)) continue;
      const directory = join(folder, kind, runFolder);
      const request = { kind, settings, directory, config: this.config, waitSeconds, ...run };
      const opened = await worker.request("track/open", request).catch(asUnavailable);
      if (opened.tracker !== undefined)
        senders.push(new Sender(worker, opened.tracker, (why) => turnOff(kind, `${run.name}: ${why}`)));
      else if (opened.unavailable !== undefined) turnOff(kind, opened.unavailable);
    }
    return {
      log(step, values) {
        for (const sender of senders) sender.log(step, values);
      },
      async close() {
        await Promise.all(senders.map((sender) => sender.close()));
      },
    };
  }
}

/** An error of the worker is a tracker that is not there; its death is the next request's to tell. */
const asUnavailable = (error: unknown): Result<"track/open"> =>
  error instanceof WorkerLost ? {} : { unavailable: messageOf(error) };

/** The trackers that an experiment asks for, each with what it is opened with. */
function wantedTrackers({ name, tracking }: Experiment): [TrackerKind, Record<string, string>][] {
  const { tensorboard, wandb, mlflow, trackio } = tracking;
  const wanted: Partial<Record<TrackerKind, Record<string, string>>> = {
    ...(tensorboard && { tensorboard: {} }),
    ...(wandb && { wandb: defined(wandb) }),
    ...(mlflow && { mlflow: defined({ ...mlflow, experiment: mlflow.experiment ?? name }) }),
    ...(trackio && { trackio: { ...trackio } }),
  };
  return Object.entries(wanted) as [TrackerKind, Record<string, string>][];
}

/** The method, or the stage where it is no method's own: the VFT that all go on from. */
function labelOf({ stage, method, variant }: TrackedNode, { methods }: Experiment): string {
  const name = method ?? (stage in methods ? `${stage}-stage` : stage);
  return variant === undefined ? name : `${name}-${variant.replaceAll(/[^\w.-]+/g, "-")}`;
}
