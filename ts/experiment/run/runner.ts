import { join, resolve } from "node:path";
import { ranksOf, type Worker } from "../../bridge/index.ts";
import { artefactsFolder, type Experiment } from "../../config/index.ts";
import { fileSize } from "../../core/bytes.ts";
import { duration } from "../../core/duration.ts";
import { Interrupted } from "../../core/errors.ts";
import { shownPath } from "../../core/files.ts";
import { unlessInterrupted } from "../../core/interrupt.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { type Plan, planOf } from "../plan/plan.ts";
import { labelOf, type PlanNode, recipeOf } from "../stages/node.ts";
import { keyOf } from "../store/manifest.ts";
import { type Artefact, refuseDamaged, Store } from "../store/store.ts";
import { Tracking } from "../tracking/index.ts";
import { LazyWorker } from "../worker/lazy-worker.ts";
import { Restarts } from "../worker/restarts.ts";
import type { ExpectedSeconds, ForeseenStage } from "./forecast.ts";
import { LiveForecast } from "./live-forecast.ts";
import { stageError } from "./stage-errors.ts";
import type { StageEvent } from "./stage-event.ts";
import { writeStarted } from "./started.ts";

export interface RunOptions {
  /** Holds artefacts/ and a folder for each experiment. */
  runsDirectory: string;
  progress: ProgressSink;
  signal: AbortSignal;
  /** A worker that serves several runs in turn, closed by whom it belongs to; left out: one of this run's own. */
  worker?: LazyWorker;
  /** Told of every stage, in the place of the lines about them; what it throws ends the run. */
  onStage?: (event: StageEvent) => void;
  /** Of the whole that this run is a part of, and told of the stages by that; left out: of this run. */
  forecast?: LiveForecast;
  /** What the stages take by an estimate. */
  expected?: ExpectedSeconds | undefined;
  /** Finds that out; called once, where it is not known and a stage turns out to be long. */
  measure?: Measure | undefined;
}

/** Measures on the run's own worker, between what it is asked to do otherwise. */
export type Measure = (experiment: Experiment, worker: LazyWorker) => Promise<ExpectedSeconds>;

/** One node of the plan, done. */
export interface Done {
  node: PlanNode;
  artefact: Artefact;
}

export interface Executed {
  plan: Plan;
  /** By key. */
  done: Map<string, Done>;
}

export const artefactsIn = (runsDirectory: string): Store =>
  new Store(join(resolve(runsDirectory), artefactsFolder));

/** Where a run's record and report lie: one folder for each name of an experiment. */
export const runFolder = (runsDirectory: string, name: string): string => join(resolve(runsDirectory), name);

/** Does the plan's work, in order; what is there already is taken as it is. One worker serves the whole run. */
export async function execute(experiment: Experiment, options: RunOptions): Promise<Executed> {
  const { progress, signal } = options;
  const store = artefactsIn(options.runsDirectory);
  const plan = await planOf(experiment);
  const done = new Map<string, Done>();
  const workers =
    options.worker ?? new LazyWorker(experiment.worker, progress, signal, options.runsDirectory);
  const restarts = new Restarts(workers, progress, signal);
  const folder = runFolder(options.runsDirectory, experiment.name);
  const tracking = new Tracking({ experiment, folder, progress });
  await writeStarted(folder, experiment, plan, store);
  const { measure } = options;
  try {
    const { missing, loaded } = await survey(plan, store, options);
    const forecast = options.forecast ?? forecastOf(missing, done, options);
    const unmade = new Set(missing.map(({ key }) => key));
    // Several ranks that do not fit together are told of before any work.
    const asksWorker = plan.nodes.some((node) => node.usesWorker && unmade.has(keyOf(recipeOf(node))));
    if (asksWorker && ranksOf(experiment.worker) !== undefined) await workers.devices();
    for (const [index, node] of plan.nodes.entries()) {
      if (signal.aborted) throw new Interrupted();
      const recipe = recipeOf(node);
      const key = keyOf(recipe);
      const label = labelOf(node);
      const place = { at: index + 1, total: plan.nodes.length };
      const report = (told: Pick<StageEvent, "kind" | "artefact" | "error">): void => {
        const event = { ...told, label, key, stage: node.stage, ...place };
        if (options.forecast === undefined) forecast.stage(event);
        options.onStage?.(event);
        if (told.kind === "make" && options.onStage === undefined)
          progress.stage?.({ label, ...place, secondsLeft: forecast.secondsLeft() });
      };
      const inputs = Object.fromEntries(
        Object.entries(recipe.inputs).map(([role, input]) => [role, done.get(input)!.artefact]),
      );
      const work = async (directory: string): Promise<object> => {
        // Once more, at no cost where nothing has changed: an input may have been made days ago in this very run.
        await refuseDamaged(Object.values(inputs), signal);
        report({ kind: "make" });
        const track = tracking.trackOf(node, key);
        const sink = forecast.sinkOf(key, progress, measure && (() => measure(experiment, workers)));
        return restarts.outlive(label, sink, async (progress) => {
          let workerUsed = false;
          const worker = (): Promise<Worker> => {
            workerUsed = true;
            return workers.get();
          };
          const context = { experiment, directory, label, worker, progress, signal, track };
          const facts = await node.run(context, inputs);
          // A worker that only starts meanwhile is not waited for by a stage that has no use for it.
          if (!workerUsed) return facts;
          const environment = await workers.environment(experiment.worker.device);
          return { ...facts, environment, memory: await workers.memory() };
        });
      };
      if (unmade.has(key) && node.usesWorker) await workers.prepare();
      report({ kind: "begin" });
      const making = { signal, weights: loaded.has(key) };
      const artefact = await store.make(recipe, progress, work, making).catch((cause: unknown) => {
        const error = stageError(cause, label, store.root);
        report({ kind: "fail", error });
        throw error;
      });
      done.set(key, { node, artefact });
      report({ kind: "end", artefact });
      if (options.onStage === undefined) tellDone(progress, summaryLine(place, label, artefact));
    }
    return { plan, done };
  } catch (error) {
    throw unlessInterrupted(error, signal);
  } finally {
    progress.stage?.(undefined);
    restarts.summarize();
    if (options.worker === undefined) await workers.close();
  }
}

/** What takes longer to read than a person waits without asking why. */
const largeBytes = 2e9;

/**
 * What is not there yet, and whose weights are loaded to make it: those are read through before the first stage, where they
 * are not known. From the last stage to the first, so that what a damaged artefact is made from counts too.
 */
async function survey(
  { nodes }: Plan,
  store: Store,
  { progress, signal }: Pick<RunOptions, "progress" | "signal">,
): Promise<{ missing: ForeseenStage[]; loaded: ReadonlySet<string> }> {
  const missing: ForeseenStage[] = [];
  const loaded = new Set<string>();
  const onRead = (path: string, bytes: number): void => {
    if (bytes >= largeBytes)
      progress.note(`${shownPath(path)}: ${fileSize(bytes)} are held against their digest, once`);
  };
  for (const node of nodes.toReversed()) {
    const recipe = recipeOf(node);
    const key = keyOf(recipe);
    if ((await store.find(recipe, { weights: loaded.has(key), signal, onRead })) !== undefined) continue;
    missing.unshift({ key, stage: node.stage });
    for (const input of Object.values(recipe.inputs)) loaded.add(input);
  }
  return { missing, loaded };
}

function forecastOf(
  stages: readonly ForeseenStage[],
  done: ReadonlyMap<string, Done>,
  { expected }: Pick<RunOptions, "expected">,
): LiveForecast {
  const missing = () => stages.filter(({ key }) => !done.has(key));
  return new LiveForecast({ name: "run", missing, jobs: () => 1, expected });
}

const tellDone = (progress: ProgressSink, line: string): void =>
  progress.done === undefined ? progress.note(line) : progress.done(line);

function summaryLine(
  { at, total }: Pick<StageEvent, "at" | "total">,
  label: string,
  { manifest, reused }: Artefact,
): string {
  const time = reused ? "done before, reused" : duration(manifest.seconds);
  return `[${String(at).padStart(String(total).length)}/${total}] ${label}: ${time}`;
}
