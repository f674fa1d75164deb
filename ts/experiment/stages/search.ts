/**
 * Of a method trained with several distances of the boundary, the one that answers most validation questions
 * rightly: its weights (hard links) and its metrics, and search.json with all of them.
 */
import { copyFile } from "node:fs/promises";
import { z } from "zod";
import { heldOutShares, type SearchPoint, searchPointSchema, wilsonInterval } from "../../analysis/index.ts";
import { defined } from "../../core/defined.ts";
import { failure } from "../../core/errors.ts";
import { sumOf } from "../../core/sum.ts";
import { JsonFile, weightsIn } from "../store/files.ts";
import { placeTree } from "../store/place-tree.ts";
import type { Artefact } from "../store/store.ts";
import { align } from "./align.ts";
import type { OfTask } from "./by-task.ts";
import { evaluate } from "./evaluate.ts";
import type { PlanNode } from "./node.ts";
import { defineStage } from "./stage.ts";

export interface SearchParams {
  parameter: string;
  /** Each value's training, and its evaluation on the validation questions of each task. */
  points: readonly { beta: number; align: PlanNode; evaluate: readonly OfTask[] }[];
  seed: number;
}

/** Every value that was tried, by the value, and the one that was chosen. */
export const searchSchema = z.object({
  parameter: z.string(),
  chosen: z.number(),
  split: z.literal("validation"),
  points: z.array(searchPointSchema),
});
export type Search = z.infer<typeof searchSchema>;

const files = {
  metrics: align.files.metrics,
  before: align.files.before,
  search: new JsonFile("search.json", searchSchema),
};

export const search = defineStage({
  name: "search",
  codeVersion: 2,
  files,
  // Those of the chosen training.
  facts: align.facts.omit({ tokens: true }).partial(),
  settings: ({ parameter, points }: SearchParams) => ({
    parameter,
    split: "validation",
    values: betasOf(points),
  }),
  inputs: ({ points }: SearchParams) =>
    Object.fromEntries(
      betasOf(points).flatMap((beta) => {
        const point = points.find((candidate) => candidate.beta === beta)!;
        return [
          [`align ${beta}`, point.align],
          [`evaluate ${beta}`, point.evaluate],
        ];
      }),
    ) as { [align: `align ${number}`]: PlanNode; [evaluate: `evaluate ${number}`]: readonly OfTask[] },
  async run(context, { parameter, points, seed }, inputs) {
    const measured: SearchPoint[] = [];
    for (const beta of betasOf(points)) measured.push(await measure(beta, inputs[`evaluate ${beta}`]!, seed));
    const { beta } = best(measured);
    const chosen = inputs[`align ${beta}`]!;
    await placeTree(weightsIn(chosen), weightsIn(context));
    for (const file of [files.metrics, files.before])
      if (file.isIn(chosen)) await copyFile(file.pathIn(chosen), file.pathIn(context));
    await files.search.write(context, { parameter, chosen: beta, split: "validation", points: measured }, 2);
    // What went through the model is counted where it was done.
    const { tokens: _, ...facts } = align.factsOf(chosen);
    const { environment, memory } = chosen.manifest.facts;
    return { ...facts, ...defined({ environment, memory }), boundary: { beta, rule: "search" as const } };
  },
});

const betasOf = (points: SearchParams["points"]): number[] =>
  points.map(({ beta }) => beta).sort((a, b) => a - b);

/** All validation questions alike, whatever their task. */
async function measure(beta: number, evaluations: readonly Artefact[], seed: number): Promise<SearchPoint> {
  const predictions = await evaluate.files.predictions.readAll(evaluations);
  const questions = predictions.length;
  const correct = sumOf(predictions, (prediction) => Number(prediction.correct));
  const heldOut = await evaluate.files.heldOut.readAll(evaluations);
  const { assessmentMicro, perplexityPositive } = heldOutShares(heldOut, seed);
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
