import type { Source } from "../features/feature.ts";
import type { RunSummary } from "../generated/report.ts";
import { drawRun, measureAll } from "../measure/draws.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";
import { defaultResamples } from "../statistics/bootstrap.ts";
import { signFlipTest } from "../statistics/sign-flip.ts";
import { inOrder, parts } from "./schema.ts";

/** All numbers of a run: report.json. The same run always gives the same numbers, intervals included. */
export function summarise(run: RunData, resamples = defaultResamples): RunSummary {
  const source = sourceOf(run, resamples);
  const summary: Partial<RunSummary> = {};
  const isFirst = ({ needs = [] }: (typeof parts)[number]): boolean => needs.length === 0;
  for (const part of [...parts.filter(isFirst), ...parts.filter((part) => !isFirst(part))])
    Object.assign(summary, part.compute(source, summary as RunSummary));
  return inOrder(summary as Record<string, unknown>) as unknown as RunSummary;
}

function sourceOf(run: RunData, resamples: number): Source {
  const headline = headlineRun(run);
  const seed = run.name;
  const drawn = drawRun(headline, seed, resamples);
  const test = signFlipTest(drawn.questions, seed);
  return { run, headline, drawn, measured: measureAll(drawn, test), seed, resamples, test };
}
