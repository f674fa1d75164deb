/**
 * What was measured in the form in which the hub shows results on a model's page and on a benchmark's leaderboard:
 * `.eval_results/*.yaml` (huggingface.co/docs/hub/eval-results). Such a leaderboard compares whole benchmarks, so only an
 * evaluation on all of the benchmark's test questions goes there; the model card has the others.
 */
import { stringify } from "yaml";
import { percent, type RunSummary } from "../../../analysis/index.ts";
import { datasetOf } from "../../../data/index.ts";
import type { RunRecord } from "../../run/run-record.ts";
import type { CardSubject } from "./subject.ts";

export const evalResultsFile = ".eval_results/aft.yaml";

/** The file's text; undefined where nothing was measured on a whole benchmark of the hub. */
export function evalResults(
  record: RunRecord,
  { tasks }: RunSummary,
  { method, seed, repository }: Pick<CardSubject, "method" | "seed" | "repository">,
): string | undefined {
  if (record.split !== undefined && record.split !== "test") return undefined;
  const entries = tasks.flatMap(({ name, methods }) => {
    const kind = record.tasks.find((task) => task.name === name)?.kind ?? "";
    const benchmark = datasetOf(kind)?.benchmark;
    const cell = methods
      .find((measured) => measured.name === method)
      ?.metrics.accuracy.perSeed.find((one) => one.seed === seed);
    if (benchmark === undefined || cell === undefined || cell.value === null) return [];
    if (cell.n !== benchmark.questions) return [];
    const { low, high } = cell.interval ?? { low: null, high: null };
    return {
      dataset: { id: benchmark.dataset, task_id: benchmark.task },
      value: Number(percent(cell.value)),
      date: record.finishedAt.slice(0, 10),
      ...(repository === undefined
        ? {}
        : { source: { url: `https://huggingface.co/${repository}`, name: "Model card" } }),
      notes: `greedy, chain of thought, answers by the ${record.extract} rule; 95 % interval [${percent(low)}, ${percent(high)}]`,
    };
  });
  return entries.length === 0 ? undefined : stringify(entries, { lineWidth: 0 });
}
