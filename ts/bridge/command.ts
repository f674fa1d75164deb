/** The words that start a worker: here, or by a command of the user's that reaches another machine. */
import { shellWord } from "../core/shell.ts";
import { workerArguments } from "./ranks.ts";
import { type LaunchOptions, secondsBetweenSigns, workerEnvironment, workerVariables } from "./transport.ts";

/** What a launch command writes where the worker's own words belong. */
export const workerWords = "{worker}";

/** `python -m aft_worker`, or the launch command with that in the place of `{worker}`. */
export function commandOf(options: LaunchOptions): [string, ...string[]] {
  const { launch, threads, ranks } = options;
  // A command that starts it on several machines is the same on each: which one it is says the environment there.
  const known = ranks && (launch === undefined ? ranks : { ...ranks, nodeRank: undefined });
  const given = workerArguments(threads, known);
  const started: [string, ...string[]] = [options.python, "-m", "aft_worker", ...given];
  if (launch === undefined) return started;
  const elsewhere = ["env", ...assignments(options), ...started];
  return launch.flatMap((word) =>
    word === workerWords ? elsewhere : word.replaceAll(workerWords, () => elsewhere.map(shellWord).join(" ")),
  ) as [string, ...string[]];
}

/** Other machines do not get this process's environment: what the worker needs of it goes along in words. */
const assignments = (options: LaunchOptions): string[] =>
  Object.entries({ AFT_SIGNS_OF_LIFE: String(secondsBetweenSigns), ...workerVariables(options) }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`${name}=${value}`]),
  );

/** A worker is of its own process group, so that Ctrl-C in a terminal reaches only the command that started it. */
export const processOf = (options: LaunchOptions) =>
  ({
    env: workerEnvironment(options),
    stdin: "pipe",
    stderr: "pipe",
    buffer: false,
    reject: false,
    // A detached process outlives a parent that dies; the worker itself ends when its stdin does.
    detached: true,
    cleanup: false,
  }) as const;
