import { join } from "node:path";
import { type Experiment, taskName } from "../../config/index.ts";
import { digestOfFile } from "../../core/digest.ts";
import { failure } from "../../core/errors.ts";
import { type Row, readRows, writeJsonl } from "../../core/jsonl.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import {
  type ColumnRanking,
  checkLabel,
  checkRanking,
  checkOwnGroups as checkRows,
  type Feedback,
  pairedByRank,
  rankedGroups,
  taskOf,
} from "../../data/index.ts";
import { sumOf } from "../worker/sampling.ts";
import type { PlanNode } from "./context.ts";

interface OwnGroups {
  file: string;
  /** Those that are trained on. */
  tasks: string[];
  feedback: Feedback;
  /** undefined: their ranks count as they stand. */
  ranking: ColumnRanking | undefined;
}

function ownGroupsOf({ stages, tasks }: Experiment): OwnGroups | undefined {
  const { groupsFile: file, feedback, ranking } = stages.judge;
  if (file === undefined) return undefined;
  const trained = tasks.filter(({ use }) => use === "train").map(taskName);
  return { file, tasks: trained, feedback, ranking: ranking === "steps" ? undefined : ranking };
}

/**
 * Whether there can be groups to train on as the experiment says: refuses groups of the user's own that cannot be
 * trained on, and ranks from a task that gives none. Before a run, which would come upon it after VFT only.
 */
export async function checkOwnGroups(experiment: Experiment): Promise<void> {
  const own = ownGroupsOf(experiment);
  if (own !== undefined) {
    await readOwnGroups(own);
    return;
  }
  const { feedback, ranking = "steps", label } = experiment.stages.judge;
  for (const settings of experiment.tasks.filter(({ use }) => use === "train")) {
    const task = taskOf(settings);
    if (feedback === "ranked" && ranking === "steps") checkRanking(task, "stages.judge.feedback");
    if (label === "answer-and-steps") checkLabel(task, "stages.judge.label");
  }
}

async function readOwnGroups(own: OwnGroups): Promise<Row<Group>[]> {
  const read = await readRows(own.file, groupSchema);
  const rows = own.ranking === undefined ? read : rankedGroups(read, own.ranking);
  checkRows(rows, own);
  return rows;
}

/**
 * Groups of the user's own in the place of sampling and judging: groups.jsonl as it was given, checked and, where that
 * is asked for, ranked. One piece of work
 * for all seeds; the file's content is in the key, not its place. undefined: the experiment has none.
 */
export async function ownGroupsNode(experiment: Experiment): Promise<PlanNode | undefined> {
  const own = ownGroupsOf(experiment);
  if (own === undefined) return undefined;
  const { file, tasks, feedback, ranking } = own;
  const digest = await digestOfFile(file);
  return {
    stage: "judge",
    settings: { ownGroups: digest, tasks, feedback, ...(ranking === undefined ? {} : { ranking }) },
    inputs: {},
    async work(context) {
      const rows = await readOwnGroups(own);
      if ((await digestOfFile(file)) !== digest)
        throw failure({
          what: "the groups were changed while the run was going on",
          where: file,
          fix: "run the same command again: it takes them as they are now",
        });
      const groups = rows.map(({ value }) => value);
      await writeJsonl(join(context.directory, "groups.jsonl"), groups);
      return countsOf(groups, feedback);
    },
  };
}

/** As the judge counts. */
function countsOf(groups: readonly Group[], feedback: Feedback): Record<string, number> {
  const having = (fits: (group: Group) => boolean): number => groups.filter(fits).length;
  const right = (group: Group): boolean => group.candidates.some(({ correct }) => correct);
  const wrong = (group: Group): boolean => group.candidates.some(({ correct }) => !correct);
  return {
    questions: groups.length,
    candidates: sumOf(groups, ({ candidates }) => candidates.length),
    correct: sumOf(groups, ({ candidates }) => candidates.filter(({ correct }) => correct).length),
    duplicates: sumOf(
      groups,
      ({ candidates }) => candidates.length - new Set(candidates.map(({ text }) => text)).size,
    ),
    onlyPositive: having((group) => right(group) && !wrong(group)),
    onlyNegative: having((group) => wrong(group) && !right(group)),
    paired: having((group) => right(group) && wrong(group)),
    ...(feedback === "ranked" ? { pairedByRank: having(pairedByRank) } : {}),
  };
}
