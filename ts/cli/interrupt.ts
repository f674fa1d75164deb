/**
 * Ctrl-C, once: everything under way is asked to stop, what was done is saved, and the command ends with 130.
 * A second one does not wait: the process ends at once (append-only files survive that, too).
 */
export function untilInterrupted(says = "stopping: saving what is done (Ctrl-C again to stop at once)"): {
  signal: AbortSignal;
  release(): void;
} {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write(`\n${says}\n`);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
