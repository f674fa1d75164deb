import { join } from "node:path";
import { readRows, writeJsonl } from "../../core/jsonl.ts";
import { candidateSchema, questionSchema } from "../../core/records.ts";
import { type Feedback, judge, type Label, type Ranking } from "../../data/index.ts";
import type { TaskQuestions } from "./by-task.ts";
import type { PlanNode } from "./context.ts";

interface Judging {
  extract: "strict" | "flexible";
  split: "train" | "validation" | "test";
  questions: number | undefined;
  /** Default: binary. */
  feedback?: Feedback;
  /** Default: steps. */
  ranking?: Ranking | undefined;
  /** Default: answer. */
  label?: Label;
}

/**
 * Judges candidates by their final answers, and under ranked feedback ranks them: groups.jsonl, one group a question,
 * every sample kept.
 */
export const judgeNode = (
  sample: PlanNode,
  { task, questions, shown }: TaskQuestions,
  { feedback = "binary", ranking = "steps", label = "answer", ...settings }: Judging,
  seed: number,
): PlanNode => ({
  stage: "judge",
  ...(shown === undefined ? {} : { task: shown }),
  ...(settings.split === "train" ? {} : { variant: settings.split }),
  seed,
  settings: {
    ...settings,
    task: task.name,
    // The defaults are what every older artefact was judged by.
    ...(feedback === "binary" ? {} : { feedback }),
    ...(feedback === "binary" || ranking === "steps" ? {} : { ranking }),
    ...(label === "answer" ? {} : { label }),
    pattern: task.patterns[settings.extract],
  },
  inputs: { candidates: sample, questions },
  async work(context, inputs) {
    const all = await readRows(join(inputs.questions!.directory, `${settings.split}.jsonl`), questionSchema);
    const candidates = await readRows(
      join(inputs.candidates!.directory, "candidates.jsonl"),
      candidateSchema,
    );
    const { groups, counts } = judge(
      settings.questions === undefined ? all : all.slice(0, settings.questions),
      candidates,
      { task, extract: settings.extract, feedback, ranking, label },
    );
    await writeJsonl(join(context.directory, "groups.jsonl"), groups);
    return { ...counts };
  },
});
