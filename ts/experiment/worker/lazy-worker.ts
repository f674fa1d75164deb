import { ensurePython, type Result, ranksOf, startWorker, type Worker } from "../../bridge/index.ts";
import type { Experiment } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { version } from "../../core/project.ts";

type Settings = Pick<Experiment["worker"], "python" | "threads" | "transport"> &
  Partial<Pick<Experiment["worker"], "devices" | "nodes" | "rendezvous">>;

/** What a worker is started by, of its settings. */
export const startSettings = ({
  python,
  threads,
  transport,
  devices,
  nodes,
  rendezvous,
}: Experiment["worker"]): Settings => ({ python, threads, transport, devices, nodes, rendezvous });

/** A run's one worker: started when the first stage needs it, so that a run with nothing to do starts none. */
export class LazyWorker {
  private started: Promise<Worker> | undefined;
  private known: Result<"device/info"> | undefined;
  private readonly settings: Settings;
  private readonly progress: ProgressSink;
  private readonly signal: AbortSignal;

  constructor(settings: Settings, progress: ProgressSink, signal: AbortSignal) {
    this.settings = settings;
    this.progress = progress;
    this.signal = signal;
  }

  get(): Promise<Worker> {
    this.started ??= this.start();
    return this.started;
  }

  private async start(): Promise<Worker> {
    const { python, threads, transport } = this.settings;
    const ranks = ranksOf(this.settings);
    const interpreter = await ensurePython({ python, progress: this.progress, signal: this.signal });
    return startWorker({
      transport,
      python: interpreter,
      ...defined({ threads, ranks }),
      onSilence: (seconds) => this.progress.note(`the worker has given no sign of life for ${seconds} s`),
    });
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

  /** Lets go of a worker that is lost, once its process is gone: the next who asks gets another. */
  async replace(): Promise<void> {
    await this.close();
    this.started = undefined;
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
  const device = info.devices.find((candidate) => candidate.name === name);
  return {
    versions: { aft: version, node: process.versions.node, python: info.python, ...info.packages },
    device: `${name}${device === undefined ? "" : ` (${device.description})`}, ${info.threads} threads`,
  };
}
