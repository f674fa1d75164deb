import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import type { MessageReader, MessageWriter } from "vscode-jsonrpc";
import type { Exit } from "./errors.ts";
import type { Ranks } from "./ranks.ts";

/** What carries the messages to one worker process. */
export interface Transport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** 0 when no process could be started: then `exited` says why. */
  readonly pid: number;
  /** Resolves, never rejects, when the process has gone. */
  readonly exited: Promise<Exit>;
  /** Asks the process to go; it goes at once, in mid-computation too. */
  end(): void;
  kill(): void;
}

/** How often a worker shows that it lives, whatever it computes. */
export const secondsBetweenSigns = 5;

export interface LaunchOptions {
  python: string;
  /** A command that starts the worker in the place of this process and hands on its standard streams, as `ssh` does. */
  launch?: readonly string[] | undefined;
  threads?: number | undefined;
  /** One process when left out. */
  ranks?: Ranks | undefined;
  env?: Readonly<Record<string, string | undefined>> | undefined;
  onStderr?: ((line: string) => void) | undefined;
}

/** The folder that holds `aft_worker`. */
const pythonRoot = fileURLToPath(new URL("../../py", import.meta.url));

/** Where Python looks for modules: our `aft_worker` comes before one that a user's PYTHONPATH may hold. */
export const pythonPath = (given: string | undefined): string =>
  given === undefined || given === "" ? pythonRoot : `${pythonRoot}${delimiter}${given}`;

export const workerEnvironment = (options: LaunchOptions): Record<string, string | undefined> => ({
  AFT_SIGNS_OF_LIFE: String(secondsBetweenSigns),
  ...options.env,
  ...workerVariables(options, process.env.PYTHONPATH),
});

/** The variables that every worker is started with; `modules`: where else Python looks for modules. */
export const workerVariables = (
  { env }: LaunchOptions,
  modules?: string,
): Record<string, string | undefined> => ({
  PYTHONPATH: pythonPath(env?.PYTHONPATH ?? modules),
  PYTHONUNBUFFERED: "1",
});
