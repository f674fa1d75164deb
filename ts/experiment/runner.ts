import { join, resolve } from "node:path";
import { ensurePython, type Result, startWorker, type Worker } from "../bridge/index.ts";
import type { Experiment } from "../config/index.ts";
import { Interrupted, inputError } from "../core/errors.ts";
import { unlessInterrupted } from "../core/interrupt.ts";
import type { ProgressSink } from "../core/progress.ts";
import { version } from "../core/project.ts";
import { labelOf, type PlanNode } from "./context.ts";
import { type Plan, planOf, recipeOf } from "./plan.ts";
import { stageError } from "./stage-errors.ts";
import { type Artefact, keyOf, Store } from "./store.ts";

export interface RunOptions {
  /** Holds artefacts/ and a folder for each experiment. */
  runsDirectory: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

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

const artefactsFolder = "artefacts";

export const artefactsIn = (runsDirectory: string): Store =>
  new Store(join(resolve(runsDirectory), artefactsFolder));

/** Where a run's record and report lie: one folder for each name of an experiment. */
export function runFolder(runsDirectory: string, name: string): string {
  if (name === artefactsFolder)
    throw inputError({
      what: "this name is taken: the folder that it would give holds the artefacts of all experiments",
      where: "name",
      found: name,
      expected: "another name",
    });
  return join(resolve(runsDirectory), name);
}

/** Does the plan's work, in order; what is there already is taken as it is. One worker serves the whole run. */
export async function execute(experiment: Experiment, options: RunOptions): Promise<Executed> {
  const { progress, signal } = options;
  const store = artefactsIn(options.runsDirectory);
  const plan = await planOf(experiment);
  const done = new Map<string, Done>();
  const workers = new LazyWorker(experiment, progress, signal);
  try {
    for (const [at, node] of plan.nodes.entries()) {
      if (signal.aborted) throw new Interrupted();
      const recipe = recipeOf(node);
      const inputs = Object.fromEntries(
        Object.entries(recipe.inputs).map(([role, key]) => [role, done.get(key)!.artefact]),
      );
      const work = async (directory: string): Promise<Record<string, unknown>> => {
        let asked = false;
        const worker = (): Promise<Worker> => {
          asked = true;
          return workers.get();
        };
        const facts = await node.work({ experiment, directory, worker, progress, signal }, inputs);
        return { ...facts, ...(await workers.environment()), ...(asked ? await workers.memory() : {}) };
      };
      const artefact = await store.make(recipe, progress, work, signal).catch((error: unknown) => {
        throw stageError(error, labelOf(node), store.root);
      });
      done.set(keyOf(recipe), { node, artefact });
      progress.note(summaryLine(at + 1, plan.nodes.length, node, artefact));
    }
    return { plan, done };
  } catch (error) {
    throw unlessInterrupted(error, signal);
  } finally {
    await workers.close();
  }
}

function summaryLine(at: number, total: number, node: PlanNode, { manifest, reused }: Artefact): string {
  const time = reused ? "done before, reused" : `${manifest.seconds.toFixed(1)} s`;
  return `[${String(at).padStart(String(total).length)}/${total}] ${labelOf(node)}: ${time}`;
}

/** The run's one worker: started when the first stage needs it, so that a run with nothing to do starts none. */
class LazyWorker {
  private started: Promise<Worker> | undefined;
  private known: Environment | undefined;
  private readonly experiment: Experiment;
  private readonly progress: ProgressSink;
  private readonly signal: AbortSignal;

  constructor(experiment: Experiment, progress: ProgressSink, signal: AbortSignal) {
    this.experiment = experiment;
    this.progress = progress;
    this.signal = signal;
  }

  get(): Promise<Worker> {
    this.started ??= this.start();
    return this.started;
  }

  private async start(): Promise<Worker> {
    const { python, threads, transport } = this.experiment.worker;
    const interpreter = await ensurePython({ python, progress: this.progress, signal: this.signal });
    return startWorker({ transport, python: interpreter, ...(threads === undefined ? {} : { threads }) });
  }

  /** What the worker runs on, for the manifest of what it made; nothing when none was needed. */
  async environment(): Promise<{ environment?: Environment }> {
    if (this.started === undefined) return {};
    const worker = await this.started;
    this.known ??= describe(await worker.request("device/info", {}), this.experiment.worker.device);
    return { environment: this.known };
  }

  /** Its highest use of memory since it started, for the manifest of a stage that asked for it. */
  async memory(): Promise<{ memory?: Result<"device/memory"> }> {
    if (this.started === undefined) return {};
    return { memory: await (await this.started).request("device/memory", {}) };
  }

  async close(): Promise<void> {
    await this.started?.then((worker) => worker.close()).catch(() => {});
  }
}

interface Environment {
  versions: Record<string, string>;
  device: string;
}

function describe(info: Result<"device/info">, wanted: string): Environment {
  const name = wanted === "auto" ? info.defaultDevice : wanted;
  const device = info.devices.find((one) => one.name === name);
  return {
    versions: { aft: version, node: process.versions.node, python: info.python, ...info.packages },
    device: `${name}${device === undefined ? "" : ` (${device.description})`}, ${info.threads} threads`,
  };
}
