import { existsSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import {
  heldOutShares,
  predictionSchema,
  type SearchPoint,
  searchPointSchema,
  wilsonInterval,
} from "../../analysis/index.ts";
import { failure } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { groupSchema } from "../../core/records.ts";
import type { BoundaryFacts } from "../boundary-facts.ts";
import { placeTree } from "../store/place-tree.ts";
import type { Artefact } from "../store/store.ts";
import { artefactsIn, type OfTask, rolesOf } from "./by-task.ts";
import { checkpointIn, type PlanNode } from "./context.ts";

/** search.json: every value that was tried, by the value, and the one that was chosen. */
export const searchSchema = z.object({
  parameter: z.string(),
  chosen: z.number(),
  split: z.literal("validation"),
  points: z.array(searchPointSchema),
});
export type Search = z.infer<typeof searchSchema>;

/**
 * Of a method trained with several distances of the boundary, the one that answers most validation questions
 * rightly: its checkpoint/ (hard links) and its metrics, and search.json with all of them.
 */
export function searchNode(
  name: string,
  parameter: string,
  points: readonly { beta: number; align: PlanNode; evaluate: readonly OfTask[] }[],
  seed: number,
): PlanNode {
  const ordered = points.toSorted((a, b) => a.beta - b.beta);
  return {
    stage: "search",
    method: name,
    seed,
    settings: { parameter, split: "validation", values: ordered.map(({ beta }) => beta) },
    inputs: Object.assign(
      {},
      ...ordered.map(({ beta, align, evaluate }) => ({
        [`align ${beta}`]: align,
        ...rolesOf(`evaluate ${beta}`, evaluate),
      })),
    ) as Record<string, PlanNode>,
    async work({ directory }, inputs) {
      const measured: SearchPoint[] = [];
      for (const { beta } of ordered)
        measured.push(await measure(beta, artefactsIn(`evaluate ${beta}`, inputs), seed));
      const { beta } = best(measured);
      const align = inputs[`align ${beta}`]!;
      await placeTree(checkpointIn(align), checkpointIn({ directory }));
      for (const file of ["metrics.jsonl", "before.json"])
        if (existsSync(join(align.directory, file)))
          await copyFile(join(align.directory, file), join(directory, file));
      const found: Search = { parameter, chosen: beta, split: "validation", points: measured };
      await writeFileAtomic(join(directory, "search.json"), `${JSON.stringify(found, null, 2)}\n`);
      // What went through the model is counted where it was done.
      const { tokens: _, ...facts } = align.manifest.facts;
      return { ...facts, boundary: { beta, rule: "search" } satisfies BoundaryFacts };
    },
  };
}

/** All validation questions alike, whatever their task. */
async function measure(beta: number, evaluations: readonly Artefact[], seed: number): Promise<SearchPoint> {
  const rows = async <T>(name: string, schema: z.ZodType<T>): Promise<T[]> =>
    (await Promise.all(evaluations.map(({ directory }) => readJsonl(join(directory, name), schema)))).flat();
  const predictions = await rows("predictions.jsonl", predictionSchema);
  const correct = predictions.filter((prediction) => prediction.correct).length;
  const questions = predictions.length;
  const { assessmentMicro, perplexityPositive } = heldOutShares(
    await rows("heldout.jsonl", groupSchema),
    seed,
  );
  return {
    beta,
    accuracy: questions === 0 ? null : correct / questions,
    correct,
    questions,
    interval: wilsonInterval(correct, questions),
    assessmentMicro: assessmentMicro.value,
    assessmentInterval: assessmentMicro.interval,
    pairs: assessmentMicro.n,
    perplexityPositive: perplexityPositive.value,
    perplexityInterval: perplexityPositive.interval,
    rightCots: perplexityPositive.n,
  };
}

/** Most validation questions answered rightly; of equals the smaller beta, which keeps worse COTs closer. */
export function best(points: readonly SearchPoint[]): SearchPoint {
  if (points.every(({ questions }) => questions === 0))
    throw failure({
      what: "a search has no validation questions to choose by",
      expected: "a task with validation questions",
    });
  return points.reduce((a, b) =>
    b.correct > a.correct || (b.correct === a.correct && b.beta < a.beta) ? b : a,
  );
}
