import { percent, whole } from "../../format.ts";
import type { MethodSummary, RunSummary, TrainedArm } from "../../generated/report.ts";

export type Search = NonNullable<TrainedArm["search"]>;
export type Auto = Extract<NonNullable<TrainedArm["boundary"]>, { rule: "auto" }>;

/** A method whose beta was searched, or worked out, in each of its seeds. */
export interface BetaOf<T> {
  method: MethodSummary;
  seeds: (T & { seed: number })[];
}

export const searchedBetas = (summary: RunSummary): BetaOf<Search>[] =>
  byMethod(summary, ({ search }) => search);

export const autoBetas = (summary: RunSummary): BetaOf<Auto>[] =>
  byMethod(summary, ({ boundary }) => (boundary?.rule === "auto" ? boundary : undefined));

function byMethod<T>(
  { methods, training }: RunSummary,
  foundBy: (arm: TrainedArm) => T | undefined,
): BetaOf<T>[] {
  return methods
    .map((method) => ({
      method,
      seeds: training
        .filter((arm) => arm.method === method.name)
        .flatMap((arm) => {
          const found = foundBy(arm);
          return found === undefined ? [] : [{ ...found, seed: arm.seed }];
        }),
    }))
    .filter(({ seeds }) => seeds.length > 0);
}

/** A beta as it is written in words and tables; a value of the user's own keeps its digits. */
export const betaText = (beta: number): string => String(Number(beta.toPrecision(3)));

/** Where `beta: auto` comes from, all seeds in one sentence. */
export function describeAuto({ method, seeds }: BetaOf<Auto>): string {
  const each = (textOf: (auto: Auto) => string): string => [...new Set(seeds.map(textOf))].join(", ");
  return (
    `${method.label}: beta ${seeds.map(({ seed, beta }) => `${betaText(beta)} (seed ${seed})`).join(", ")} – ` +
    `the ${each(({ quantile }) => percent(quantile, 0))} % quantile of (lowest better score − own score) over ` +
    `${each(({ negatives }) => whole(negatives))} worse COTs, as the starting weights score them; ` +
    `${each(({ below }) => percent(below))} % of them lie below that boundary at the start.`
  );
}

/** What the rule found beside what the search chose, for methods that differ in nothing else. */
export function autoAgainstSearch(summary: RunSummary): string[] {
  return searchedBetas(summary).flatMap((searched) =>
    autoBetas(summary)
      .filter(({ method }) => isSameLoss(method, searched.method))
      .flatMap((auto) => compareBetas(auto, searched, summary.split) ?? []),
  );
}

const isSameLoss = (a: MethodSummary, b: MethodSummary): boolean =>
  a.method === b.method && a.settings.constraint === b.settings.constraint;

function compareBetas(auto: BetaOf<Auto>, searched: BetaOf<Search>, split: string): string | undefined {
  const shared = auto.seeds.flatMap(({ seed, beta }) => {
    const search = searched.seeds.find((candidate) => candidate.seed === seed);
    return search === undefined ? [] : [{ seed, beta, search }];
  });
  if (shared.length === 0) return undefined;
  const onTest = ({ metrics }: MethodSummary, seed: number): string =>
    percent(metrics.accuracy.perSeed.find((candidate) => candidate.seed === seed)?.value);
  const bySeed = shared.map(
    ({ seed, beta, search: { chosen } }) =>
      `seed ${seed}: ${betaText(beta)} against ${betaText(chosen)} (${split} accuracy ${onTest(auto.method, seed)} and ${onTest(searched.method, seed)} %)`,
  );
  const near = shared.filter(({ beta, search }) => nearest(search, beta).beta === search.chosen);
  const within = shared.filter(({ beta, search }) => isWithin(search, beta));
  const seeds = shared.length === 1 ? "the one seed" : `${shared.length} seeds`;
  return (
    `What the rule found (${auto.method.label}) against what the search chose (${searched.method.label}): ${bySeed.join("; ")}. ` +
    `Of the values tried, the one nearest to the rule’s is the chosen one in ${near.length} of ${seeds}, ` +
    `and its validation accuracy lies within the chosen one’s 95 % interval in ${within.length}.`
  );
}

const nearest = ({ points }: Search, beta: number): Search["points"][number] =>
  points.reduce((best, point) => (Math.abs(point.beta - beta) < Math.abs(best.beta - beta) ? point : best));

function isWithin(search: Search, beta: number): boolean {
  const interval = search.points.find((point) => point.beta === search.chosen)?.interval;
  const { accuracy } = nearest(search, beta);
  return interval != null && accuracy !== null && accuracy >= interval.low && accuracy <= interval.high;
}
