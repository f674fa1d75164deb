import { ensurePython, type Result, ranksOf, startWorker, type Worker } from "../../bridge/index.ts";
import type { Experiment } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { wholeDuration } from "../../core/duration.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { version } from "../../core/project.ts";
import { type Limits, within } from "./limits.ts";
import { checkSharedFolder } from "./shared-folder.ts";

type Settings = Pick<Experiment["worker"], "python" | "threads" | "transport" | "launch"> &
  Partial<Pick<Experiment["worker"], "device" | "devices" | "nodes" | "rendezvous" | "rankSeconds">>;

/** What a worker is started by, of its settings. */
export const startSettings = ({
  python,
  threads,
  transport,
  launch,
  device,
  devices,
  nodes,
  rendezvous,
  rankSeconds,
}: Experiment["worker"]): Settings => ({
  ...{ python, threads, transport, launch },
  ...{ device, devices, nodes, rendezvous, rankSeconds },
});

const secondsBetweenNotes = 60;
/** Seconds from which on it is worth a line that Python was made ready. */
const longPreparation = 10;

/** A run's one worker: started when the first stage needs it, so that a run with nothing to do starts none. */
export class LazyWorker {
  private started: Promise<Worker> | undefined;
  private python: Promise<string> | undefined;
  private known: Result<"device/info"> | undefined;
  private limits: Limits = {};
  private readonly settings: Settings;
  private readonly progress: ProgressSink;
  private readonly signal: AbortSignal;
  private readonly runsDirectory: string | undefined;

  /** @param runsDirectory what a worker on another machine must see too */
  constructor(settings: Settings, progress: ProgressSink, signal: AbortSignal, runsDirectory?: string) {
    this.settings = settings;
    this.progress = progress;
    this.signal = signal;
    this.runsDirectory = runsDirectory;
  }

  get(): Promise<Worker> {
    this.started ??= this.start();
    return this.started;
  }

  /**
   * Makes its Python ready, where that is this machine's, and says how long it took where a person waits for it: installing
   * it is no part of the stage that happens to be the first to need it.
   */
  prepare(): Promise<string> {
    this.python ??= this.preparePython();
    return this.python;
  }

  private async preparePython(): Promise<string> {
    const started = performance.now();
    const python = await pythonFor(this.settings, this.progress, this.signal);
    const seconds = (performance.now() - started) / 1000;
    if (seconds >= longPreparation)
      this.progress.note(
        `the Python environment is ready, after ${wholeDuration(seconds)}, which no stage counts`,
      );
    return python;
  }

  private async start(): Promise<Worker> {
    const { threads, transport, launch } = this.settings;
    const ranks = ranksOf(this.settings);
    const starting = startWorker({
      transport,
      python: await this.prepare(),
      ...defined({ threads, launch, ranks }),
      signal: this.signal,
      onSilence: (seconds) =>
        this.progress.note(`the worker has given no sign of life for ${wholeDuration(seconds)}`),
    });
    const from = launch?.join(" ") ?? (ranks?.rendezvous && `${ranks.nodes} machines at ${ranks.rendezvous}`);
    const started = await (from === undefined ? starting : this.tellOfWaiting(starting, from));
    const worker = within(started, this.limits);
    if (launch === undefined || this.runsDirectory === undefined) return worker;
    try {
      await checkSharedFolder(worker, this.runsDirectory, this.signal);
    } catch (error) {
      await worker.close();
      throw error;
    }
    return worker;
  }

  /** A command may wait in a queue for hours before it starts anything, and a machine for others that are not started. */
  private async tellOfWaiting(starting: Promise<Worker>, from: string): Promise<Worker> {
    let seconds = 0;
    const timer = setInterval(() => {
      seconds += secondsBetweenNotes;
      this.progress.note(`${from}: no worker has answered yet, after ${wholeDuration(seconds)}`);
    }, secondsBetweenNotes * 1000);
    try {
      return await starting;
    } finally {
      clearInterval(timer);
    }
  }

  /** What the worker runs on, for the manifest of what it made. */
  async environment(device: string): Promise<Environment> {
    return describe(await this.devices(), device);
  }

  /** What devices there are; starts the worker. */
  async devices(): Promise<Result<"device/info">> {
    const worker = await this.get();
    this.known ??= await worker.request("device/info", {});
    return this.known;
  }

  /** Its highest use of memory since it started, for the manifest of a stage that asked for it. */
  async memory(): Promise<Result<"device/memory">> {
    return (await this.get()).request("device/memory", {});
  }

  /**
   * Lets go of a worker that is lost, once its process is gone: the next who asks gets another.
   * @param limits what that one is asked for at once, beside the limits that there were
   */
  async replace(limits: Limits = {}): Promise<void> {
    await this.close();
    this.started = undefined;
    this.limits = { ...this.limits, ...limits };
  }

  async close(): Promise<void> {
    await this.started?.then((worker) => worker.close()).catch(() => {});
  }
}

/** The Python of a worker: made ready where it is this machine's; of another machine's only the name is known. */
const pythonFor = async (
  { python, launch }: Settings,
  progress: ProgressSink,
  signal: AbortSignal,
): Promise<string> =>
  launch === undefined ? ensurePython({ python, progress, signal }) : (python ?? "python3");

interface Environment {
  versions: Record<string, string>;
  device: string;
}

function describe(info: Result<"device/info">, wanted: string): Environment {
  const name = wanted === "auto" ? info.defaultDevice : wanted;
  const device = info.devices.find((candidate) => candidate.name === name);
  return {
    versions: { aft: version, node: process.versions.node, python: info.python, ...info.packages },
    device: `${name}${device === undefined ? "" : ` (${device.description})`}, ${info.threads} threads`,
  };
}
