/** Whether this machine has the devices that experiments want of it. */
import type { Result } from "../../bridge/index.ts";
import type { Experiment } from "../../config/index.ts";
import type { Problem } from "../../core/errors.ts";
import { silent } from "../../core/progress.ts";
import { LazyWorker } from "./lazy-worker.ts";

/**
 * Asks one worker of this machine for what is missing; none where one device is enough, where CPUs compute, or where the
 * worker runs elsewhere.
 */
export async function fewerDevices(experiments: readonly Experiment[]): Promise<Problem | undefined> {
  const wanting = experiments
    .map(({ worker }) => worker)
    .filter(({ devices, device, launch }) => devices > 1 && launch === undefined && device !== "cpu")
    .sort((a, b) => b.devices - a.devices);
  const [most] = wanting;
  if (most === undefined) return undefined;
  const { python, threads, transport, devices, device } = most;
  const { signal } = new AbortController();
  const worker = new LazyWorker({ python, threads, transport, launch: undefined }, silent, signal);
  try {
    return tooFew(await worker.devices(), devices, device);
  } finally {
    await worker.close();
  }
}

/** With "auto" a machine without a GPU has as many processes as are wanted. */
export function tooFew(
  info: Pick<Result<"device/info">, "devices">,
  wanted: number,
  device: string,
): Problem | undefined {
  const gpus = info.devices.map(({ name }) => name).filter((name) => name.startsWith("cuda"));
  const { length } = gpus;
  if (length >= wanted || (length === 0 && device === "auto")) return undefined;
  const has = length === 0 ? "no GPU" : length === 1 ? "one GPU" : `${length} GPUs`;
  return {
    what: `worker.devices is ${wanted}, and this machine has ${has}`,
    ...(length > 0 && { found: gpus.join(", ") }),
    fix:
      length > 0
        ? `worker.devices: ${length}, or run it on a machine that has more`
        : "run it on a machine that has them",
  };
}
