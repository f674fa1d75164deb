/** What training told, added to an invented run: looks, a searched and an automatic beta, a stop, warnings. */
import type { RunData } from "../../../ts/analysis/index.ts";
import type { HeldOut } from "../../../ts/analysis/run/run-data.ts";
import { wilsonInterval } from "../../../ts/analysis/statistics/interval.ts";
import { randomFrom } from "../../../ts/core/random.ts";

const values = [0, 0.1, 0.2, 0.4, 0.8];

/** The run with a look at every twentieth step; the worse a method, the more its looks fall. */
export function withLooks(run: RunData): RunData {
  const look = (method: string, seed: number, done: number): HeldOut => {
    const random = randomFrom("look", method, seed, done);
    const falls = method === "none" || /^(rrhf|pro|dpo)-none$/.test(method);
    return {
      questions: 200,
      accuracy: 0.55 + (falls ? -0.15 : 0.05) * done + 0.02 * random.next(),
      assessmentMicro: 0.7 + 0.08 * done + 0.02 * random.next(),
      pairs: 900,
      perplexityPositive: 1.07 + (falls ? 0.1 : -0.01) * done,
      perplexityNegative: 1.16 + 0.2 * done,
      perplexityReference: 1.08,
    };
  };
  return {
    ...run,
    arms: run.arms.map((arm) =>
      arm.method === "kept" ? arm : { ...arm, before: look(arm.method, arm.seed, 0) },
    ),
    training: run.training.map(({ method, seed, steps }) => ({
      method,
      seed,
      steps: steps.map((step) => ({
        ...step,
        ...(step.meanPositive === undefined
          ? {}
          : {
              meanReference: step.meanTarget,
              margin: step.meanPositive - step.meanNegative!,
              assessmentAccuracy: 0.75,
            }),
        ...(method !== "VFT" && step.step % 20 === 0
          ? { heldOut: look(method, seed, step.step / steps.length) }
          : {}),
      })),
    })),
  };
}

/** The run with AFT-BC's beta searched, and a second AFT-BC whose beta is automatic. */
export function withBetas(run: RunData): RunData {
  const searched = run.methods.find(({ name }) => name === "bc")!;
  const auto = { ...searched, name: "bc-auto", label: "AFT-BC, auto" };
  return {
    ...run,
    methods: [...run.methods, auto],
    arms: run.arms.flatMap((arm) => {
      if (arm.method !== "bc") return [arm];
      const right = (beta: number) =>
        Math.round(104 - 90 * (beta - 0.2) ** 2 + ((7 * arm.seed * beta * 10) % 5));
      const points = values.map((beta) => ({
        beta,
        accuracy: right(beta) / 200,
        correct: right(beta),
        questions: 200,
        interval: wilsonInterval(right(beta), 200),
        assessmentMicro: 0.75 + beta / 10 + arm.seed / 100,
        assessmentInterval: { low: 0.7 + beta / 10, high: 0.81 + beta / 10 },
        pairs: 1234,
        perplexityPositive: 1.07 + beta / 20 + arm.seed / 200,
        perplexityInterval: { low: 1.06 + beta / 20, high: 1.09 + beta / 20 },
        rightCots: 567,
      }));
      const chosen = points.reduce((a, b) => (b.correct > a.correct ? b : a)).beta;
      return [
        {
          ...arm,
          boundary: { beta: chosen, rule: "search" as const },
          search: { parameter: "beta", chosen, points },
        },
        {
          ...arm,
          method: "bc-auto",
          boundary: {
            beta: 0.2 + arm.seed / 50,
            rule: "auto" as const,
            quantile: 0.9,
            negatives: 6992,
            below: 0.1,
          },
        },
      ];
    }),
  };
}

/** The run with one method stopped early, and two that warned. */
export const withTrouble = (run: RunData): RunData => ({
  ...run,
  arms: run.arms.map((arm) => {
    if (arm.method === "none")
      return {
        ...arm,
        warnings: [
          { step: 40, kind: "overfit-to-assessing", text: "it over-fits to assessing <b>" },
          { step: 60, kind: "positives-sink", text: "right COTs sink" },
        ],
      };
    return arm.method === "dc"
      ? {
          ...arm,
          stopped: { bestStep: 20, lastStep: 60, reason: "no better validation accuracy in 2 looks" },
        }
      : arm;
  }),
});
