import { join } from "node:path";
import { readRows, writeJsonl } from "../../core/jsonl.ts";
import { candidateSchema, questionSchema } from "../../core/records.ts";
import { judge, taskNamed } from "../../data/index.ts";
import type { PlanNode } from "../context.ts";

interface Judging {
  task: string;
  extract: "strict" | "flexible";
  split: "train" | "validation" | "test";
  questions: number | undefined;
}

/** Judges candidates by their final answers: groups.jsonl, one group a question, every sample kept. */
export const judgeNode = (
  sample: PlanNode,
  questions: PlanNode,
  settings: Judging,
  seed: number,
): PlanNode => ({
  stage: "judge",
  seed,
  settings: { ...settings, pattern: taskNamed(settings.task).patterns[settings.extract] },
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
      { task: settings.task, extract: settings.extract },
    );
    await writeJsonl(join(context.directory, "groups.jsonl"), groups);
    return { ...counts };
  },
});
