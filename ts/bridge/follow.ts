/** The ranks of a machine that has no rank 0: nothing is asked of them here, they follow the machine that asks. */
import { execa } from "execa";
import { commandOf, processOf } from "./command.ts";
import { type Exit, WorkerDied } from "./errors.ts";
import { tailOf } from "./tail.ts";
import type { LaunchOptions } from "./transport.ts";

export type FollowOptions = LaunchOptions & { signal: AbortSignal };

/**
 * Until the machine with rank 0 lets them go.
 *
 * @returns how they ended, where it was otherwise; undefined where they were let go, or the signal ended them
 */
export async function follow(options: FollowOptions): Promise<WorkerDied | undefined> {
  const [program, ...words] = commandOf(options);
  // Nothing is written to its input: the end of that is the sign to end.
  const child = execa(program, words, { ...processOf(options), stdout: "ignore" });
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
