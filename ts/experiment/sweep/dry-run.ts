import type { LoadedSweep } from "../../config/index.ts";
import { shownPath } from "../../core/files.ts";
import { planSweep } from "./plan.ts";

export interface PlannedCellStages {
  cell: string;
  settings: Record<string, unknown>;
  stages: {
    label: string;
    done: boolean;
    artefact: string;
    /** An earlier cell that makes it, where it is not there yet. */
    madeBy?: string;
  }[];
}

/** What a sweep would do, cell by cell; nothing is written. */
export async function dryRunSweep(sweep: LoadedSweep, runsDirectory: string): Promise<PlannedCellStages[]> {
  const { cells, there } = await planSweep(sweep, runsDirectory);
  const makers = new Map<string, string>();
  return cells.map(({ cell, settings, stages }) => ({
    cell,
    settings,
    stages: stages.map(({ key, label, directory }) => {
      const done = there.has(key);
      const maker = makers.get(key);
      if (!done && maker === undefined) makers.set(key, cell);
      return {
        label,
        done,
        artefact: shownPath(directory),
        ...(done || maker === undefined || maker === cell ? {} : { madeBy: maker }),
      };
    }),
  }));
}
