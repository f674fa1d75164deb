/**
 * Groups of the user's own in the place of sampling and judging: groups.jsonl as it was given, checked and, where that
 * is asked for, ranked. One piece of work for all seeds; the file's content is in the key, not its place.
 */
import { type Experiment, taskName } from "../../config/index.ts";
import { defined } from "../../core/defined.ts";
import { digestOfFile } from "../../core/digest.ts";
import { failure } from "../../core/errors.ts";
import { type Row, readRows, scanRows } from "../../core/jsonl.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import { sumOf } from "../../core/sum.ts";
import {
  type ColumnRanking,
  checkLabel,
  checkOwnGroups,
  checkRanking,
  type Feedback,
  pairedByRank,
  rankedGroups,
  taskOf,
} from "../../data/index.ts";
import { groupCounts, groupsFile, judge, warnOfPairs } from "./judge.ts";
import type { PlanNode } from "./node.ts";
import { defineStage } from "./stage.ts";

interface GivenGroups {
  file: string;
  /** Those that are trained on. */
  tasks: string[];
  feedback: Feedback;
  /** undefined: their ranks count as they stand. */
  ranking: ColumnRanking | undefined;
}

/** The file as it is when the plan is made. */
interface Given extends GivenGroups {
  digest: string;
  given: { groups: number; k: number };
}

/** Another way to judged groups, and so of that stage's name and version. */
const givenGroups = defineStage({
  name: judge.name,
  codeVersion: judge.codeVersion,
  files: judge.files,
  facts: groupCounts,
  settings: ({ digest, tasks, feedback, ranking }: Given) => ({
    ownGroups: digest,
    tasks,
    feedback,
    ...defined({ ranking }),
  }),
  inputs: () => ({}),
  async run(context, { digest, given: _, ...source }) {
    const rows = await readGroups(source);
    if ((await digestOfFile(source.file)) !== digest)
      throw failure({
        what: "the groups were changed while the run was going on",
        where: source.file,
        fix: "run the same command again: it takes them as they are now",
      });
    const groups = rows.map(({ value }) => value);
    await groupsFile.write(context, groups);
    const counts = countsOf(groups, source.feedback);
    if (source.feedback !== "ranked") warnOfPairs(context, counts);
    return counts;
  },
  expected: ({ given }) => ({ given }),
});

/** undefined: the experiment has none. */
export async function givenGroupsNode(experiment: Experiment): Promise<PlanNode | undefined> {
  const source = givenGroupsOf(experiment);
  if (source === undefined) return undefined;
  const digest = await digestOfFile(source.file);
  // What is wrong with others is told where they are checked.
  const { rows } = await scanRows(source.file, groupSchema);
  const candidates = sumOf(rows, ({ value }) => value.candidates.length);
  const given = { groups: rows.length, k: candidates / Math.max(1, rows.length) };
  return givenGroups.node({ ...source, digest, given });
}

function givenGroupsOf({ stages, tasks }: Experiment): GivenGroups | undefined {
  const { groupsFile: file, feedback, ranking } = stages.judge;
  if (file === undefined) return undefined;
  const trained = tasks.filter(({ use }) => use === "train").map(taskName);
  return { file, tasks: trained, feedback, ranking: ranking === "steps" ? undefined : ranking };
}

/**
 * Whether there can be groups to train on as the experiment says: refuses groups of the user's own that cannot be
 * trained on, and ranks from a task that gives none. Before a run, which would find it after VFT only.
 */
export async function checkGroups(experiment: Experiment): Promise<void> {
  const source = givenGroupsOf(experiment);
  if (source !== undefined) {
    await readGroups(source);
    return;
  }
  const { feedback, ranking = "steps", label } = experiment.stages.judge;
  for (const settings of experiment.tasks.filter(({ use }) => use === "train")) {
    const task = taskOf(settings);
    if (feedback === "ranked" && ranking === "steps") checkRanking(task, "stages.judge.feedback");
    if (label === "answer-and-steps") checkLabel(task, "stages.judge.label");
  }
}

async function readGroups(source: GivenGroups): Promise<Row<Group>[]> {
  const read = await readRows(source.file, groupSchema);
  const rows = source.ranking === undefined ? read : rankedGroups(read, source.ranking);
  checkOwnGroups(rows, source);
  return rows;
}

/** As the judge counts. */
function countsOf(groups: readonly Group[], feedback: Feedback) {
  const having = (fits: (group: Group) => boolean): number => groups.filter(fits).length;
  const hasRight = (group: Group): boolean => group.candidates.some(({ correct }) => correct);
  const hasWrong = (group: Group): boolean => group.candidates.some(({ correct }) => !correct);
  const distinct = ({ candidates }: Group): number => new Set(candidates.map(({ text }) => text)).size;
  return {
    questions: groups.length,
    candidates: sumOf(groups, ({ candidates }) => candidates.length),
    correct: sumOf(groups, ({ candidates }) => candidates.filter(({ correct }) => correct).length),
    duplicates: sumOf(groups, (group) => group.candidates.length - distinct(group)),
    onlyPositive: having((group) => hasRight(group) && !hasWrong(group)),
    onlyNegative: having((group) => hasWrong(group) && !hasRight(group)),
    paired: having((group) => hasRight(group) && hasWrong(group)),
    ...(feedback === "ranked" ? { pairedByRank: having(pairedByRank) } : {}),
  };
}
