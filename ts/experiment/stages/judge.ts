/**
 * Judges candidates by their final answers, and under ranked feedback ranks them: groups.jsonl, one group a question,
 * every sample kept.
 */
import { z } from "zod";
import { pairsWarning } from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { groupSchema } from "../../core/records.ts";
import {
  type Feedback,
  type JudgeCounts,
  type JudgedFile,
  judgeFiles,
  type Label,
  type Ranking,
  type SplitName,
} from "../../data/index.ts";
import { RowsFile } from "../store/files.ts";
import type { TaskQuestions } from "./by-task.ts";
import type { PlanNode, StageContext } from "./node.ts";
import { partOf, splitFiles } from "./questions.ts";
import { sample } from "./sample.ts";
import { defineStage } from "./stage.ts";

export interface JudgeParams extends Pick<TaskQuestions, "task" | "settings" | "questions"> {
  candidates: PlanNode;
  judging: {
    extract: "strict" | "flexible";
    split: SplitName;
    questions: number | undefined;
    /** Left out: none. */
    skip?: number;
    /** Default: binary. */
    feedback?: Feedback;
    /** Default: steps. */
    ranking?: Ranking | undefined;
    /** Default: answer. */
    label?: Label;
  };
}

/** Of judged groups, whoever judged them: these samples, the user, and with scores the stage `score`. */
export const groupsFile = new RowsFile("groups.jsonl", groupSchema);

/** Counts by name; they differ by what was judged. */
export const groupCounts = z.object({ questions: z.int(), candidates: z.int() }).catchall(z.int());

/** Share of answers that are not understood from which on a run says so before it trains on them. */
const manyUnread = 0.05;

function unreadNote({ counts, notUnderstood }: JudgedFile): string | undefined {
  const { candidates, unparsed, partlyRead } = counts;
  const count = unparsed + partlyRead;
  if (candidates === 0 || count / candidates <= manyUnread) return undefined;
  const [first] = notUnderstood;
  return (
    `${count} of ${candidates} samples state an answer that the rule does not understand` +
    `${first === undefined ? "" : `, such as ${JSON.stringify(first.stated)}`}: right ones among them count as wrong (aft judge --explain)`
  );
}

/** Told before anything is trained on them, where a method goes by pairs of a right and a wrong sample. */
export function warnOfPairs(
  { experiment, label, progress }: Pick<StageContext, "experiment" | "label" | "progress">,
  { paired, onlyNegative, onlyPositive }: Pick<JudgeCounts, "paired" | "onlyNegative" | "onlyPositive">,
): void {
  if (!Object.values(experiment.methods).some((method) => "constraint" in method)) return;
  const warning = pairsWarning({
    withPair: paired,
    withoutPositive: onlyNegative,
    withoutNegative: onlyPositive,
  });
  if (warning !== undefined) progress.note(`${label}: warning: ${warning}`);
}

export const judge = defineStage({
  name: "judge",
  codeVersion: 3,
  usesWorker: false,
  files: { groups: groupsFile },
  facts: groupCounts,
  settings({ task, judging }: JudgeParams) {
    const { feedback = "binary", ranking = "steps", label = "answer", ...settings } = judging;
    const goesBySteps = label === "answer-and-steps" || (feedback === "ranked" && ranking === "steps");
    return {
      ...settings,
      task: task.name,
      // The defaults are what every older artefact was judged by.
      ...(feedback === "binary" ? {} : { feedback }),
      ...(feedback === "binary" || ranking === "steps" ? {} : { ranking }),
      ...(label === "answer" ? {} : { label }),
      ...(goesBySteps ? defined({ stepRule: task.stepRule }) : {}),
      pattern: task.patterns[settings.extract],
    };
  },
  inputs: ({ candidates, questions }: JudgeParams) => ({ candidates, questions }),
  async run(context, { settings, judging }, inputs) {
    const { split, questions, skip, ...rules } = judging;
    const judged = await judgeFiles({
      ...{ ...rules, task: settings },
      questions: splitFiles[split].pathIn(inputs.questions),
      part: (rows) => partOf(rows, questions, skip),
      candidates: [{ path: sample.files.candidates.pathIn(inputs.candidates) }],
      out: groupsFile.pathIn(context),
      ...{ progress: context.progress, shownAs: context.label, signal: context.signal },
    });
    const note = unreadNote(judged);
    if (note !== undefined) context.progress.note(`${context.label}: ${note}`);
    if (split === "train" && rules.feedback !== "ranked") warnOfPairs(context, judged.counts);
    return { ...judged.counts };
  },
  expected: (_, { candidates }) => candidates,
});
