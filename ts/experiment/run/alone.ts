import { join } from "node:path";
import { dataFolder } from "../../analysis/index.ts";
import { removeLeftovers, shownPath } from "../../core/files.ts";
import { withLockOrError } from "../../core/lock.ts";
import { runFiles } from "./files.ts";

/**
 * Works in the folder of a run or of a sweep while no other process does: two of one name with different settings would
 * leave a folder that mixes both. What a process that was killed left there is taken away first.
 */
export function aloneIn<T>(runDirectory: string, work: () => Promise<T>): Promise<T> {
  const inUse = {
    what: "another process works in this run's folder",
    where: shownPath(runDirectory),
    fix: "wait until it has ended, or stop it; to run both at once give this one a name of its own (--set name=...)",
  };
  return withLockOrError(join(runDirectory, runFiles.lock), inUse, async () => {
    // Cells of a sweep, in folders of their own, have locks of their own.
    for (const part of [".", runFiles.charts, runFiles.predictions, dataFolder])
      await removeLeftovers(join(runDirectory, part), { shallow: true });
    return work();
  });
}
