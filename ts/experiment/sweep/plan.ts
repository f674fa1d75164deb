/** The cells of a sweep as they are run: each an experiment with a folder of its own and a plan. */
import { join } from "node:path";
import type { Cell, Experiment, LoadedSweep } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { canonicalJson } from "../../core/digest.ts";
import { shownPath } from "../../core/files.ts";
import { checkInputs } from "../plan/inputs.ts";
import { planOf } from "../plan/plan.ts";
import { artefactsIn, runFolder } from "../run/runner.ts";
import { labelOf, recipeOf } from "../stages/node.ts";
import { keyOf } from "../store/manifest.ts";

export interface PlannedStage {
  key: string;
  stage: string;
  label: string;
  /** Of its artefact. */
  directory: string;
}

export interface PlannedCell extends Cell {
  /** Under the name by which its report is known: the sweep's and the cell's. */
  experiment: Experiment;
  directory: string;
  /** In order. */
  stages: PlannedStage[];
}

export interface PlannedSweep {
  directory: string;
  cells: PlannedCell[];
  /** The keys of the stages that are there already. */
  there: Set<string>;
}

/** Whether every cell has files that fit, and groups to train on; cells with the same ones are checked once. */
export async function checkCells({ cells }: LoadedSweep): Promise<void> {
  const checked = new Set<string>();
  for (const { experiment } of cells) {
    const { tasks, stages, worker } = experiment;
    const inputs = canonicalJson({ tasks, judge: stages.judge, worker });
    if (!checked.has(inputs)) await checkInputs(experiment);
    checked.add(inputs);
  }
}

/** Plans every cell and looks for what is there; nothing is written. */
export async function planSweep(sweep: LoadedSweep, runsDirectory: string): Promise<PlannedSweep> {
  const directory = runFolder(runsDirectory, sweep.name);
  const store = artefactsIn(runsDirectory);
  const cells: PlannedCell[] = [];
  const checked = new Set<string>();
  const there = new Set<string>();
  for (const cell of sweep.cells) {
    const experiment = { ...cell.experiment, name: `${sweep.name}/${cell.cell}` };
    const { nodes } = await planOf(experiment);
    const stages: PlannedStage[] = [];
    for (const node of nodes) {
      const recipe = recipeOf(node);
      const key = keyOf(recipe);
      stages.push({ key, stage: node.stage, label: labelOf(node), directory: store.directoryOf(recipe) });
      if (!checked.has(key) && (await store.find(recipe)) !== undefined) there.add(key);
      checked.add(key);
    }
    cells.push({ ...cell, experiment, directory: join(directory, cell.cell), stages });
  }
  return { directory, cells, there };
}

export const missingOf = ({ stages }: PlannedCell, there: ReadonlySet<string>): PlannedStage[] =>
  stages.filter(({ key }) => !there.has(key));

export interface PlannedCellStages extends Pick<Cell, "cell" | "settings"> {
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
  for (const { cell, stages } of cells)
    for (const { key } of stages) if (!there.has(key) && !makers.has(key)) makers.set(key, cell);
  return cells.map(({ cell, settings, stages }) => ({
    cell,
    settings,
    stages: stages.map(({ key, label, directory }) => {
      const maker = makers.get(key);
      return {
        label,
        done: there.has(key),
        artefact: shownPath(directory),
        ...defined({ madeBy: maker === cell ? undefined : maker }),
      };
    }),
  }));
}
