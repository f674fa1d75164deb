import type { Difference, Metric, MetricName } from "../generated/report.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";
import { defaultResamples } from "../statistics/bootstrap.ts";
import type { Interval } from "../statistics/interval.ts";
import { signFlipTest } from "../statistics/sign-flip.ts";
import {
  compare,
  differenceIn,
  drawAll,
  evaluatedMethods,
  type MethodDraws,
  metricOf,
  ofEachMetric,
} from "./draws.ts";
import { metricNames } from "./schema.ts";
import { type ArmTallies, questionIds, tallyArm } from "./tallies.ts";
import { adjustTogether } from "./verdicts.ts";

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

/** A run as it is compared with others: on the questions of the tasks that it trained on, looked up once. */
export interface Side {
  run: RunData;
  /** What was asked, by the question's id. */
  questions: Map<string, string>;
  ids: string[];
  /** A method's tallies of each question. */
  tallies: (method: string, ids: readonly string[]) => ArmTallies[];
}

export function sideOf(whole: RunData): Side {
  const run = headlineRun(whole);
  const ids = questionIds(run);
  const tallied = new Map<string, ArmTallies[]>();
  return {
    run,
    questions: questionsOf(run),
    ids,
    tallies(method, wanted) {
      // No other question among the wanted ones, which begin with these.
      const known = wanted.length === ids.length ? tallied.get(method) : undefined;
      if (known !== undefined) return known;
      const arms = run.arms.filter((arm) => arm.method === method).map((arm) => tallyArm(arm, wanted));
      if (wanted.length === ids.length) tallied.set(method, arms);
      return arms;
    },
  };
}

/**
 * Two runs held against each other, method by method, on the questions of the tasks that each trained on.
 */
export function compareRuns(
  first: RunData,
  second: RunData,
  { resamples = defaultResamples }: { resamples?: number } = {},
): RunsComparison {
  const [a, b] = [sideOf(first), sideOf(second)];
  const sameQuestions = areSame(a, b);
  const names = ({ run }: Side): string[] => evaluatedMethods(run).map(({ name }) => name);
  const both = names(a).filter((name) => names(b).includes(name));
  const drawn = sameQuestions ? drawTogether(a, b, both, resamples) : drawApart(a, b, both, resamples);
  const test = testOf(a, b);
  const methods = both.map((name, at): MethodOfBoth => {
    const [mine, theirs] = drawn[at]!;
    const paired = sameQuestions ? compare(theirs, { name, role: "kept", drawn: mine }, test) : undefined;
    const seeds = seedsOf(mine).filter((seed) => seedsOf(theirs).includes(seed));
    return {
      name,
      label: a.run.methods.find((method) => method.name === name)!.label,
      seeds,
      metrics: ofEachMetric((metric) => {
        const [left, right] = [metricOf(mine, metric), metricOf(theirs, metric)];
        const pair = seeds.length === 0 ? undefined : paired?.differences[metric];
        return {
          a: measured(left),
          b: measured(right),
          difference: pair?.value ?? minus(right.value, left.value),
          interval: pair?.interval ?? null,
          p: pair?.p ?? null,
          pHolm: null,
        };
      }),
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
    questions: { a: a.questions.size, b: b.questions.size },
    methods,
    onlyIn: {
      a: names(a).filter((name) => !both.includes(name)),
      b: names(b).filter((name) => !both.includes(name)),
    },
  };
}

/** One number of one method: the second run's minus the first one's. Undefined for other questions or other seeds. */
export function pairedDifference(
  first: Side,
  second: Side,
  { method, metric, resamples }: { method: string; metric: MetricName; resamples: number },
): Pick<Difference, "value" | "interval" | "p"> | undefined {
  if (!areSame(first, second)) return undefined;
  const [[mine, theirs] = []] = drawTogether(first, second, [method], resamples, [metric]);
  if (!seedsOf(mine!).some((seed) => seedsOf(theirs!).includes(seed))) return undefined;
  const { value, interval, p } = differenceIn(metric, theirs!, mine!, testOf(first, second));
  const means = [theirs!, mine!].map((drawn) => metricOf(drawn, metric).value);
  return { value: value ?? minus(means[0]!, means[1]!), interval, p };
}

/** By what the resamples of both are drawn. */
const pairName = (a: Side, b: Side): string => `${a.run.name} and ${b.run.name}`;

const testOf = (a: Side, b: Side) => signFlipTest(a.questions.size, pairName(a, b));

const areSame = (a: Side, b: Side): boolean =>
  a.questions.size === b.questions.size &&
  [...a.questions].every(([id, question]) => b.questions.get(id) === question);

const seedsOf = ({ arms }: MethodDraws): number[] => arms.map(({ arm }) => arm.seed);
const minus = (b: number | null, a: number | null): number | null =>
  a === null || b === null ? null : b - a;
const measured = ({ value, interval, perSeed }: Metric): Measured => ({
  value,
  interval,
  n: perSeed[0]?.n ?? 0,
});

/** Text and right answer, from the greedy answers or else from the samples. */
function questionsOf({ arms }: RunData): Map<string, string> {
  const questions = new Map<string, string>();
  for (const { predictions, samples } of arms) {
    for (const { questionId, question, answer } of predictions)
      questions.set(questionId, JSON.stringify([question, answer]));
    if (predictions.length === 0)
      for (const { id, prompt, answer } of samples) questions.set(id, JSON.stringify([prompt, answer]));
  }
  return questions;
}

/** One bootstrap for both: each resample of questions is the same for a and b, so that differences are paired. */
function drawTogether(
  a: Side,
  b: Side,
  methods: readonly string[],
  resamples: number,
  metrics?: readonly MetricName[],
): [MethodDraws, MethodDraws][] {
  const ids = [...new Set([...a.ids, ...b.ids])];
  const tallies = [a, b].flatMap((side) => methods.map((method) => side.tallies(method, ids)));
  const draws = drawAll(tallies, pairName(a, b), resamples, metrics);
  return methods.map((_, at) => [draws[at]!, draws[methods.length + at]!]);
}

function drawApart(
  a: Side,
  b: Side,
  methods: readonly string[],
  resamples: number,
): [MethodDraws, MethodDraws][] {
  const [left, right] = [a, b].map(({ run, ids, tallies }) =>
    drawAll(
      methods.map((method) => tallies(method, ids)),
      run.name,
      resamples,
    ),
  );
  return methods.map((_, at) => [left![at]!, right![at]!]);
}

/** Holm over the methods, for each metric apart. */
function adjust(methods: readonly MethodOfBoth[]): void {
  for (const metric of metricNames) {
    adjustTogether(methods.map(({ metrics }) => metrics[metric]).filter(({ p }) => p !== null));
  }
}
