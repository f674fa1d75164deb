/** The ranks of a machine that has no rank 0: nothing is asked of them here, they follow the machine that asks. */
import { execa } from "execa";
import { commandOf } from "./command.ts";
import { type Exit, WorkerDied } from "./errors.ts";
import { tailOf } from "./tail.ts";
import { type LaunchOptions, workerEnvironment } from "./transport.ts";

export type FollowOptions = LaunchOptions & { signal: AbortSignal };

/**
 * Until the machine with rank 0 lets them go.
 *
 * @returns how they ended, where it was otherwise; undefined where they were let go, or the signal ended them
 */
export async function follow(options: FollowOptions): Promise<WorkerDied | undefined> {
  const [program, ...words] = commandOf(options);
  const child = execa(program, words, {
    env: workerEnvironment(options),
    // Nothing is written to it: its end is the sign to end.
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  });
  const tail = tailOf(options.onStderr);
  tail.follow(child.stderr);
  const end = (): void => void child.stdin.end();
  options.signal.addEventListener("abort", end, { once: true });
  if (options.signal.aborted) end();
  try {
    const { exitCode, signal, code } = await child;
    await tail.ended();
    if (exitCode === 0 || options.signal.aborted) return undefined;
    const exit: Exit = { code: exitCode ?? null, signal: signal ?? null, stderr: tail.lines };
    return new WorkerDied(child.pid === undefined ? { ...exit, spawnError: code } : exit);
  } finally {
    options.signal.removeEventListener("abort", end);
  }
}
