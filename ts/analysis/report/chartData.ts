import type { MethodAccuracy } from "../charts/accuracy.ts";
import type { MethodCurve } from "../charts/curves.ts";
import type { MethodScores } from "../charts/scores.ts";
import type { LossCurve } from "../charts/vftLoss.ts";
import { scoresOf } from "../metrics/scores.ts";
import { type RunData, vftStage } from "./input.ts";
import type { RunSummary } from "./schema.ts";

/** What the charts draw, from a run: all seeds together. The VFT weights as they are come first: before and after. */
export function methodScores(run: RunData, summary: RunSummary): MethodScores[] {
  const kept = summary.methods.filter(({ role }) => role === "kept");
  const others = summary.methods.filter(({ role }) => role !== "kept");
  return [...kept, ...others].map(({ name, label, metrics }) => {
    const scores = run.arms.filter((arm) => arm.method === name).flatMap(({ heldOut }) => scoresOf(heldOut));
    return {
      label,
      positive: scores.flatMap(({ positive }) => positive),
      negative: scores.flatMap(({ negative }) => negative),
      assessmentAccuracy: metrics.assessmentMicro.value,
    };
  });
}

export const methodAccuracies = (summary: RunSummary): MethodAccuracy[] =>
  summary.methods.map(({ label, metrics }) => ({
    label,
    greedy: metrics.accuracy,
    sampled: metrics.sampledAccuracy,
  }));

export const baselineLabel = (summary: RunSummary): string | undefined =>
  summary.methods.find(({ role }) => role === "continued")?.label;

/** Every method's training but the base stage, in the table's order. */
export const methodCurves = (run: RunData): MethodCurve[] =>
  run.methods.flatMap(({ name, label }) =>
    run.training
      .filter(({ method, steps }) => method === name && name !== vftStage && steps.length > 0)
      .map(({ seed, steps }) => ({ label, seed, steps })),
  );

export const vftCurves = (run: RunData): LossCurve[] =>
  run.training.filter(({ method, steps }) => method === vftStage && steps.length > 0);
