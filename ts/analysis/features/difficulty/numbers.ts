/** Greedy accuracy by how many steps the reference solution has. */
import { z } from "zod";
import { defined } from "../../../core/defined.ts";
import type { Difference, Difficulty } from "../../generated/report.ts";
import { evaluatedMethods, type Resampling } from "../../measure/draws.ts";
import { count, differenceSchema, label, metricSchema, name } from "../../measure/schema.ts";
import { differenceOfSeries, measure, pairedSeeds, type SeedSeries } from "../../measure/series.ts";
import { judgeTogether } from "../../measure/verdicts.ts";
import type { Tally } from "../../metrics/tally.ts";
import { roleOf } from "../../run/roles.ts";
import type { RunData } from "../../run/run-data.ts";
import { bootstrapRatios } from "../../statistics/bootstrap.ts";
import { numbers } from "../feature.ts";

const inBinSchema = z.object({
  name,
  label,
  accuracy: metricSchema.meta({ description: "greedy, on the questions of this bin" }),
  againstContinued: differenceSchema
    .nullable()
    .meta({ description: "minus continued VFT; pHolm over all methods in all bins" }),
});

/** Greedy accuracy by how many steps the reference solution has. */
export const difficultySchema = z.object({
  unknown: count.meta({ description: "questions whose reference has no steps that could be counted" }),
  bins: z
    .array(
      z.object({
        from: count.meta({ description: "fewest steps" }),
        to: count.meta({ description: "most steps" }),
        questions: count.meta({ description: "test questions with so many steps" }),
        methods: z.array(inBinSchema).meta({ description: "in the order of the table" }),
      }),
    )
    .meta({ description: "from the fewest steps to the most" }),
});

export const difficulty = numbers({
  schema: {
    difficulty: difficultySchema
      .optional()
      .meta({ description: "accuracy by steps; only where questions differ in them" }),
  },
  compute: ({ headline, ...resampling }) => defined({ difficulty: difficultyOf(headline, resampling) }),
});

/** A bin has so many questions at least: fewer give intervals as wide as the scale. */
export const fewestInBin = 30;

/** Undefined where the questions do not differ in steps, or are too few to be split. */
export function difficultyOf(run: RunData, { seed, resamples, test }: Resampling): Difficulty | undefined {
  const steps = stepsOf(run);
  const bins = binsOf([...steps.values()]);
  if (bins.length < 2) return undefined;
  const questionIds = new Set(
    run.arms.flatMap(({ predictions }) => predictions.map(({ questionId }) => questionId)),
  );
  const methods = evaluatedMethods(run);
  const base = methods.findIndex((method) => roleOf(method) === "continued");
  const measured = bins.map(({ from, to }) => {
    const ids = [...steps].filter(([, value]) => value >= from && value <= to).map(([id]) => id);
    const series = seriesOf(run, methods, ids, `${seed}, ${from} to ${to} steps`, resamples);
    return {
      from,
      to,
      questions: ids.length,
      methods: methods.map(({ name, label }, at) => ({
        name,
        label,
        accuracy: measure(series[at]!, true),
        againstContinued:
          base < 0 || base === at ? null : differenceOfSeries(pairedSeeds(series[at]!, series[base]!), test),
      })),
    };
  });
  judgeTogether(testedOf(measured));
  return { unknown: questionIds.size - steps.size, bins: measured };
}

/** Every difference of every bin: what Holm's adjustment goes over. */
export const testedOf = (bins: Difficulty["bins"]): Difference[] =>
  bins.flatMap(({ methods }) =>
    methods.flatMap(({ againstContinued }) => (againstContinued?.p == null ? [] : [againstContinued])),
  );

/** Steps of the reference by question, where they are known. */
function stepsOf({ arms }: RunData): Map<string, number> {
  const stepsById = new Map<string, number>();
  for (const { questionId, steps } of arms.flatMap(({ predictions }) => predictions))
    if (steps !== undefined) stepsById.set(questionId, steps);
  return stepsById;
}

/** Neighbouring numbers of steps together until a bin has questions enough; what is left joins the last one. */
export function binsOf(steps: readonly number[]): { from: number; to: number }[] {
  const counts = new Map<number, number>();
  for (const value of steps) counts.set(value, (counts.get(value) ?? 0) + 1);
  const bins: { from: number; to: number; n: number }[] = [];
  for (const [value, n] of [...counts].sort(([a], [b]) => a - b)) {
    const last = bins.at(-1);
    if (last === undefined || last.n >= fewestInBin) bins.push({ from: value, to: value, n });
    else Object.assign(last, { to: value, n: last.n + n });
  }
  const last = bins.at(-1);
  if (bins.length > 1 && last!.n < fewestInBin) Object.assign(bins.at(-2)!, { to: bins.pop()!.to });
  return bins.map(({ from, to }) => ({ from, to }));
}

/** Greedy answers to these questions: for each method one series a seed, all from the same resamples. */
function seriesOf(
  { arms }: RunData,
  methods: RunData["methods"],
  ids: readonly string[],
  seed: string,
  resamples: number,
): SeedSeries[][] {
  const tallied = methods.map(({ name }) =>
    arms
      .filter(({ method }) => method === name)
      .map((arm) => {
        const correct = new Map(arm.predictions.map(({ questionId, correct: right }) => [questionId, right]));
        const tallies = ids.map((id): Tally => {
          const right = correct.get(id);
          return { numerator: right === true ? 1 : 0, denominator: right === undefined ? 0 : 1 };
        });
        return { seed: arm.seed, tallies };
      }),
  );
  const draws = bootstrapRatios(
    tallied.flat().map(({ tallies }) => tallies),
    seed,
    resamples,
  );
  let next = 0;
  return tallied.map((seeds) => seeds.map((series) => ({ ...series, draws: draws[next++]! })));
}
