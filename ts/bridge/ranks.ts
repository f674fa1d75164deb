/** The worker as several processes (ranks), which torchrun's agent starts: one of them speaks, the others follow it. */
import { inputError } from "../core/errors.ts";

export interface Ranks {
  /** Of each machine: one process each. */
  devices: number;
  /** Machines. */
  nodes: number;
  /** Which of them this is; rank 0 is on machine 0, with whoever asks. */
  nodeRank: number;
  /** "host:port" of machine 0. */
  rendezvous?: string | undefined;
  /** Which each of them is to have; of machine 0, by which the others go. */
  device: string;
  /** Without a sign of life, until a rank counts as lost and all are ended. */
  seconds: number;
}

/** With what ranks end that are to begin anew, as often as it takes (py/aft_worker/ranks/watch.py). */
export const beginsAnew = 75;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the ranks meet and which machine this is, from settings and from what torchrun or SLURM have set; undefined for
 * one process alone.
 */
export function ranksOf(
  {
    devices = 1,
    nodes = 1,
    rendezvous,
    rankSeconds: seconds = 60,
    device = "auto",
  }: {
    devices?: number;
    nodes?: number;
    rendezvous?: string | undefined;
    rankSeconds?: number;
    device?: string;
  },
  nodeRank = 0,
  env: Environment = process.env,
): Ranks | undefined {
  if (devices * nodes === 1) return undefined;
  if (nodes === 1) return { devices, nodes, nodeRank, device, seconds };
  const { MASTER_ADDR: host, MASTER_PORT: port } = env;
  const place = rendezvous ?? (host !== undefined && port !== undefined ? `${host}:${port}` : undefined);
  if (place === undefined || !/^.+:\d+$/.test(place))
    throw inputError({
      what: `worker.nodes is ${nodes}, and where the machines meet is not known`,
      found: place,
      expected: "host:port of the machine that aft run is on, which all of them can reach",
      fix: "worker.rendezvous: HOST:29500, or MASTER_ADDR and MASTER_PORT in the environment",
    });
  return { devices, nodes, nodeRank, rendezvous: place, device, seconds };
}

/** What `python -m aft_worker` is given; ranks share out the machine's threads. */
export const workerArguments = (
  threads: number | undefined,
  ranks: (Omit<Ranks, "nodeRank"> & { nodeRank: number | undefined }) | undefined,
): string[] =>
  Object.entries({
    threads,
    ...(ranks && { ...ranks, nodeRank: undefined, "node-rank": ranks.nodeRank }),
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]));
