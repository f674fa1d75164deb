import { AftError, formatProblem, Interrupted } from "../core/errors.ts";

/**
 * Work that Ctrl-C stops: once, everything under way is asked to stop, what was done is saved, and the command ends with
 * 130. A second one does not wait: the process ends at once (append-only files survive that, too). SIGTERM is what a batch
 * system sends, often more than once: all of them ask for the same.
 * `notice`: what the first one prints; `fix`: how the work is resumed.
 */
export async function untilInterrupted<T>(
  work: (signal: AbortSignal) => Promise<T>,
  {
    notice = "stopping: saving what is done (Ctrl-C again to stop at once)",
    fix,
  }: { notice?: string; fix?: string } = {},
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\n${notice}\n`);
    controller.abort();
  };
  process.on("SIGINT", stop);
  const end = (): void => {
    if (!controller.signal.aborted) stop();
  };
  process.on("SIGTERM", end);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (fix === undefined || !(error instanceof Interrupted)) throw error;
    throw new AftError({ what: formatProblem(error.problems[0]!), fix }, 130, { cause: error });
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", end);
  }
}
