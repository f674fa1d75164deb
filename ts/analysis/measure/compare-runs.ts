import type { Metric, MetricName } from "../generated/report.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";
import { defaultResamples } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/interval.ts";
import { signFlipTest } from "../statistics/sign-flip.ts";
import { compare, drawAll, type MethodDraws, metricOf } from "./draws.ts";
import { adjustTogether } from "./paired-tests.ts";
import { metricNames } from "./schema.ts";
import { type ArmTallies, questionIds, tallyArm } from "./tallies.ts";

/** A number with what it was measured on; shares in [0, 1]. */
export interface Measured {
  value: number | null;
  interval: Interval | null;
  /** Questions, samples or pairs of the first seed. */
  n: number;
}

export interface MetricOfBoth {
  a: Measured;
  b: Measured;
  /** b - a, of the seeds that both have where the difference is paired; else of the means. */
  difference: number | null;
  /** 95 %, paired bootstrap over questions; null where the questions or the seeds are others. */
  interval: Interval | null;
  /** Two-sided, paired over questions: McNemar's for the greedy answers of one seed, else sign flips. */
  p: number | null;
  /** Holm-adjusted over the methods that both have. */
  pHolm: number | null;
}

export interface MethodOfBoth {
  name: string;
  label: string;
  /** That both ran with. */
  seeds: number[];
  metrics: Record<MetricName, MetricOfBoth>;
  /** For each seed that both ran with, where the questions are the same. */
  mcnemar: { seed: number; onlyA: number; onlyB: number; p: number }[];
}

export interface RunsComparison {
  /** Both evaluated the very same questions, which a paired test needs. */
  sameQuestions: boolean;
  questions: { a: number; b: number };
  /** That both have, in the order of a. */
  methods: MethodOfBoth[];
  onlyIn: { a: string[]; b: string[] };
}

/**
 * Two runs held against each other, method by method, on the questions of the tasks that each trained on.
 * @param only these methods; left out: all
 */
export function compareRuns(
  first: RunData,
  second: RunData,
  { resamples = defaultResamples, only }: { resamples?: number; only?: readonly string[] } = {},
): RunsComparison {
  const [a, b] = [headlineRun(first), headlineRun(second)];
  const questions = { a: questionsOf(a), b: questionsOf(b) };
  const sameQuestions =
    questions.a.size === questions.b.size &&
    [...questions.a].every(([id, text]) => questions.b.get(id) === text);
  const has = ({ arms }: RunData, name: string): boolean => arms.some(({ method }) => method === name);
  const names = (run: RunData): string[] =>
    run.methods.map(({ name }) => name).filter((name) => has(run, name));
  const both = names(a).filter((name) => names(b).includes(name) && only?.includes(name) !== false);
  const drawn = sameQuestions ? drawTogether(a, b, both, resamples) : drawApart(a, b, both, resamples);
  const test = signFlipTest(questions.a.size, pairName(a, b));
  const methods = both.map((name, at): MethodOfBoth => {
    const [mine, theirs] = drawn[at]!;
    const paired = sameQuestions ? compare(theirs, { name, role: "kept", drawn: mine }, test) : undefined;
    const seeds = seedsOf(mine).filter((seed) => seedsOf(theirs).includes(seed));
    const metrics = metricNames.map((metric) => {
      const [left, right] = [metricOf(mine, metric), metricOf(theirs, metric)];
      const pair = seeds.length === 0 ? undefined : paired?.differences[metric];
      const of = {
        a: measured(left),
        b: measured(right),
        difference: pair?.value ?? minus(right.value, left.value),
        interval: pair?.interval ?? null,
        p: pair?.p ?? null,
        pHolm: null,
      };
      return [metric, of] as const;
    });
    return {
      name,
      label: a.methods.find((method) => method.name === name)!.label,
      seeds,
      metrics: Object.fromEntries(metrics) as unknown as Record<MetricName, MetricOfBoth>,
      mcnemar: (paired?.mcnemar ?? []).map(({ seed, onlyThis, onlyBaseline, p }) => ({
        seed,
        onlyA: onlyBaseline,
        onlyB: onlyThis,
        p,
      })),
    };
  });
  adjust(methods);
  return {
    sameQuestions,
    questions: { a: questions.a.size, b: questions.b.size },
    methods,
    onlyIn: {
      a: names(a).filter((name) => !both.includes(name)),
      b: names(b).filter((name) => !both.includes(name)),
    },
  };
}

const pairName = (a: RunData, b: RunData): string => `${a.name} and ${b.name}`;
const seedsOf = ({ arms }: MethodDraws): number[] => arms.map(({ arm }) => arm.seed);
const minus = (b: number | null, a: number | null): number | null =>
  a === null || b === null ? null : b - a;
const measured = ({ value, interval, perSeed }: Metric): Measured => ({
  value,
  interval,
  n: perSeed[0]?.n ?? 0,
});

/** What was asked, by the question's id: text and right answer, from the greedy answers or else from the samples. */
function questionsOf({ arms }: RunData): Map<string, string> {
  const found = new Map<string, string>();
  for (const { predictions, samples } of arms) {
    for (const { questionId, question, answer } of predictions)
      found.set(questionId, JSON.stringify([question, answer]));
    if (predictions.length === 0)
      for (const { id, prompt, answer } of samples) found.set(id, JSON.stringify([prompt, answer]));
  }
  return found;
}

const talliesOf = (run: RunData, name: string, ids: readonly string[]): ArmTallies[] =>
  run.arms.filter(({ method }) => method === name).map((arm) => tallyArm(arm, ids));

/** One bootstrap for both: each resample of questions is the same for a and b, so that differences are paired. */
function drawTogether(
  a: RunData,
  b: RunData,
  names: readonly string[],
  resamples: number,
): [MethodDraws, MethodDraws][] {
  const ids = [...new Set([...questionIds(a), ...questionIds(b)])];
  const tallies = [a, b].flatMap((run) => names.map((name) => talliesOf(run, name, ids)));
  const draws = drawAll(tallies, pairName(a, b), resamples);
  return names.map((_, at) => [draws[at]!, draws[names.length + at]!]);
}

function drawApart(
  a: RunData,
  b: RunData,
  names: readonly string[],
  resamples: number,
): [MethodDraws, MethodDraws][] {
  const [left, right] = [a, b].map((run) => {
    const ids = questionIds(run);
    return drawAll(
      names.map((name) => talliesOf(run, name, ids)),
      run.name,
      resamples,
    );
  });
  return names.map((_, at) => [left![at]!, right![at]!]);
}

/** Holm over the methods, for each metric apart. */
function adjust(methods: readonly MethodOfBoth[]): void {
  for (const metric of metricNames) {
    adjustTogether(methods.map(({ metrics }) => metrics[metric]).filter(({ p }) => p !== null));
  }
}
