/** What every round of training came to, where a run has several: each method's weights after each, on the same questions. */
import { z } from "zod";
import { entryOf } from "../../../config/index.ts";
import { defined } from "../../../core/defined.ts";
import type { RoundMeasured, RoundsSummary } from "../../generated/report.ts";
import {
  differenceIn,
  drawAll,
  evaluatedMethods,
  type MethodDraws,
  metricOf,
  type Resampling,
} from "../../measure/draws.ts";
import { count, differencesSchema, label, metricsSchema, name } from "../../measure/schema.ts";
import { questionIds, tallyArm } from "../../measure/tallies.ts";
import { mostSamples } from "../../metrics/sampled.ts";
import { roleOf } from "../../run/roles.ts";
import type { Arm, Evaluated, MethodInfo, RunData } from "../../run/run-data.ts";
import { numbers } from "../feature.ts";

/** What is measured in each round: answers, and the assessment of the VFT model's samples. */
const measured = {
  accuracy: true,
  sampledAccuracy: true,
  majority: true,
  passAtMost: true,
  assessmentMicro: true,
} as const;

export const roundMetrics = Object.keys(measured) as (keyof typeof measured)[];

export const roundMeasuredSchema = z.object({
  round: count.meta({ description: "from 1; 0: the VFT weights as they are" }),
  metrics: metricsSchema.pick(measured).meta({ description: "of the weights after this round" }),
  againstContinued: differencesSchema
    .pick(measured)
    .optional()
    .meta({ description: "minus continued VFT after as many rounds" }),
  learntFrom: z
    .object({
      questions: count.meta({ description: "training questions of the round" }),
      samples: count.optional().meta({ description: "judged samples; left out: references alone" }),
      right: count.optional().meta({ description: "of them: right ones" }),
      withPair: count.optional().meta({ description: "questions with right and wrong ones" }),
    })
    .optional()
    .meta({ description: "what the round was trained on, over all seeds" }),
});

export const roundsSchema = z.object({
  count: count.meta({ description: "how many rounds" }),
  k: count.meta({ description: "samples a question: the k of majority and passAtMost" }),
  start: roundMeasuredSchema
    .optional()
    .meta({ description: "the VFT weights as they are, where a method keeps them" }),
  methods: z
    .array(
      z.object({
        name,
        label,
        fromVft: z.boolean().meta({ description: "whether its first round starts from the VFT weights" }),
        rounds: z
          .array(roundMeasuredSchema)
          .meta({ description: "in their order; the last is the method's result" }),
      }),
    )
    .meta({ description: "those that train, in the order of the table" }),
});

export const rounds = numbers({
  schema: {
    rounds: roundsSchema
      .optional()
      .meta({ description: "every round of training by itself; only where there are several" }),
  },
  compute: ({ headline, ...resampling }) => defined({ rounds: roundsOf(headline, resampling) }),
});

export function roundsOf(run: RunData, { seed, resamples, test }: Resampling): RoundsSummary | undefined {
  const last = Math.max(0, ...run.arms.map(({ rounds: several = [] }) => several.length));
  if (last < 2) return undefined;
  const ids = questionIds(run);
  const kept = run.methods.find((method) => roleOf(method) === "kept");
  const trained = evaluatedMethods(run).filter(({ name }) => armsOf(run, name).some(hasRounds));
  const weights = [
    ...(kept === undefined ? [] : [{ method: kept, round: 0 }]),
    ...trained.flatMap((method) => Array.from({ length: last }, (_, at) => ({ method, round: at + 1 }))),
  ];
  const tallied = weights.map(({ method, round }) =>
    armsOf(run, method.name).flatMap((arm) => {
      const evaluated = afterRound(arm, round);
      return evaluated === undefined ? [] : [tallyArm({ ...arm, ...evaluated }, ids)];
    }),
  );
  // One bootstrap for all, so that every difference is a paired one.
  const draws = drawAll(tallied, seed, resamples, roundMetrics);
  const drawn = (wanted: MethodInfo | undefined, at: number): MethodDraws | undefined =>
    draws[weights.findIndex(({ method, round }) => method === wanted && round === at)];
  const continued = trained.find((method) => roleOf(method) === "continued");
  const measureRound = (method: MethodInfo, round: number): RoundMeasured => {
    const own = drawn(method, round)!;
    const other = method === continued ? undefined : drawn(continued, round);
    return {
      round,
      metrics: ofEach((metric) => metricOf(own, metric)),
      ...defined({
        againstContinued: other && ofEach((metric) => differenceIn(metric, own, other, test)),
        learntFrom: learntFrom(method, armsOf(run, method.name), round),
      }),
    };
  };
  return {
    count: last,
    k: Math.max(0, ...run.arms.map(({ samples }) => mostSamples(samples))),
    ...defined({ start: kept && measureRound(kept, 0) }),
    methods: trained.map((method) => ({
      name: method.name,
      label: method.label,
      fromVft: method.settings.start !== "base",
      rounds: Array.from({ length: last }, (_, at) => measureRound(method, at + 1)),
    })),
  };
}

const armsOf = ({ arms }: RunData, name: string): Arm[] => arms.filter(({ method }) => method === name);

const hasRounds = ({ rounds: several }: Arm): boolean => several !== undefined;

/** What its weights do after a round; before the first they are those of the model that is kept. */
const afterRound = (arm: Arm, round: number): Evaluated | undefined =>
  round === 0 ? arm : arm.rounds?.[round - 1];

const ofEach = <T>(measure: (metric: (typeof roundMetrics)[number]) => T) =>
  Object.fromEntries(roundMetrics.map((metric) => [metric, measure(metric)])) as Record<
    (typeof roundMetrics)[number],
    T
  >;

/** Samples lie beside the first round of a method that learns from references alone, too: they are those of all methods. */
function learntFrom(
  { method }: MethodInfo,
  arms: readonly Arm[],
  round: number,
): RoundMeasured["learntFrom"] {
  const counts = arms.flatMap((arm) => {
    const known = arm.rounds?.[round - 1]?.counts;
    return known === undefined ? [] : [known];
  });
  if (counts.length === 0) return undefined;
  const sum = (of: string): number | undefined =>
    counts.some((known) => known[of] === undefined)
      ? undefined
      : counts.reduce((total, known) => total + known[of]!, 0);
  const questions = sum("questions") ?? 0;
  if (entryOf(method).learnsFrom === "references") return { questions };
  return {
    questions,
    ...defined({ samples: sum("candidates"), right: sum("correct"), withPair: sum("paired") }),
  };
}
