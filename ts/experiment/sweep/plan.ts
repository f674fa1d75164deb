/** The cells of a sweep as they are run: each an experiment with a folder of its own and a plan. */
import { join } from "node:path";
import type { Cell, Experiment, LoadedSweep } from "../../config/index.ts";
import { canonicalJson } from "../../core/digest.ts";
import { checkInputs } from "../plan/check-inputs.ts";
import { planOf, recipeOf } from "../plan/plan.ts";
import { artefactsIn, runFolder } from "../run/runner.ts";
import { labelOf, type StageName } from "../stages/context.ts";
import { keyOf } from "../store/store.ts";

export interface PlannedStage {
  key: string;
  stage: StageName;
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
    const { tasks, stages } = experiment;
    const text = canonicalJson({ tasks, judge: stages.judge });
    if (!checked.has(text)) await checkInputs(experiment);
    checked.add(text);
  }
}

/** Plans every cell and looks for what is there; nothing is written. */
export async function planSweep(sweep: LoadedSweep, runsDirectory: string): Promise<PlannedSweep> {
  const directory = runFolder(runsDirectory, sweep.name);
  const store = artefactsIn(runsDirectory);
  const cells: PlannedCell[] = [];
  const looked = new Set<string>();
  const there = new Set<string>();
  for (const cell of sweep.cells) {
    const experiment = { ...cell.experiment, name: `${sweep.name}/${cell.cell}` };
    const { nodes } = await planOf(experiment);
    const stages: PlannedStage[] = [];
    for (const node of nodes) {
      const recipe = recipeOf(node);
      const key = keyOf(recipe);
      stages.push({ key, stage: node.stage, label: labelOf(node), directory: store.directoryOf(recipe) });
      if (!looked.has(key) && (await store.find(recipe)) !== undefined) there.add(key);
      looked.add(key);
    }
    cells.push({ ...cell, experiment, directory: join(directory, cell.cell), stages });
  }
  return { directory, cells, there };
}

export const missingOf = ({ stages }: PlannedCell, there: ReadonlySet<string>): PlannedStage[] =>
  stages.filter(({ key }) => !there.has(key));
