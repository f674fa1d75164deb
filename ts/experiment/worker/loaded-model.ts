/** Models that a worker holds for the time of a piece of work. */
import type { Params, Result, Worker } from "../../bridge/index.ts";
import type { Adapter, Experiment, Model } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { tellOnce } from "./told.ts";

/** What a model is loaded by beside its weights' place. */
interface Host {
  experiment: Pick<Experiment, "model" | "worker">;
  worker(): Promise<Worker>;
  progress: ProgressSink;
}

/** What a model is loaded with beside what all stages share. */
type LoadSettings = Pick<
  Params<"model/load">,
  "adapter" | "adapterSeed" | "gradientCheckpointing" | "trained"
>;

/**
 * Loads weights for the time of `use`, and unloads them whatever happens.
 * @param source a folder, or a hub id
 */
export async function withModel<T>(
  { experiment: { model: settings, worker: workerSettings }, worker: start, progress }: Host,
  { source, trained, ...load }: LoadSettings & { source: string },
  use: (worker: Worker, model: Result<"model/load">) => Promise<T>,
): Promise<T> {
  const worker = await start();
  const loaded = await worker.request("model/load", {
    ...namedSource(settings, source),
    dtype: settings.dtype,
    attention: settings.attention,
    device: workerSettings.device,
    ...load,
    ...(workerSettings.devices * workerSettings.nodes > 1 &&
      defined({ sharding: workerSettings.sharding, trained })),
  });
  tellOnce(worker, loaded.note, progress);
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
  trained: true,
});

/** Without the `undefined` that an optional field may hold. */
export const adapterRequest = (adapter: Adapter): NonNullable<LoadSettings["adapter"]> => defined(adapter);

/** The revision goes with the hub id, and with no weights of the run. */
export const namedSource = (
  { hub, revision }: Pick<Model, "hub" | "revision">,
  source: string,
): { source: string; revision?: string } => (source === hub ? defined({ source, revision }) : { source });
