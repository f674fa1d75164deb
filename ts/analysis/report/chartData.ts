import type { MethodAccuracy } from "../charts/accuracy.ts";
import type { MethodCurve } from "../charts/curves.ts";
import type { MethodScores } from "../charts/scores.ts";
import type { LossCurve } from "../charts/vftLoss.ts";
import { scoresOf } from "../metrics/scores.ts";
import { familyPlaces } from "./family.ts";
import { type RunData, vftStage } from "./input.ts";
import type { RunSummary } from "./schema.ts";

/** What the charts draw, from a run: all seeds together. The VFT weights as they are come first: before and after. */
export function methodScores(run: RunData, summary: RunSummary): MethodScores[] {
  const places = familyPlaces(summary.methods);
  const kept = summary.methods.filter(({ role }) => role === "kept");
  const others = summary.methods.filter(({ role }) => role !== "kept");
  return [...kept, ...others].map(({ name, label, metrics }) => {
    const scores = run.arms.filter((arm) => arm.method === name).flatMap(({ heldOut }) => scoresOf(heldOut));
    return {
      label,
      place: places.get(name),
      positive: scores.flatMap(({ positive }) => positive),
      negative: scores.flatMap(({ negative }) => negative),
      assessmentAccuracy: metrics.assessmentMicro.value,
    };
  });
}

export function methodAccuracies(summary: RunSummary): MethodAccuracy[] {
  const places = familyPlaces(summary.methods);
  return summary.methods.map(({ name, label, metrics }) => ({
    label,
    place: places.get(name),
    greedy: metrics.accuracy,
    sampled: metrics.sampledAccuracy,
  }));
}

export const baselineLabel = (summary: RunSummary): string | undefined =>
  summary.methods.find(({ role }) => role === "continued")?.label;

/** Every method's training but the base stage, in the table's order. */
export function methodCurves(run: RunData): MethodCurve[] {
  const places = familyPlaces(run.methods);
  return run.methods.flatMap(({ name, label }) =>
    run.training
      .filter(({ method, steps }) => method === name && name !== vftStage && steps.length > 0)
      .map(({ seed, steps }) => ({ label, seed, place: places.get(name), steps })),
  );
}

export const vftCurves = (run: RunData): LossCurve[] =>
  run.training.filter(({ method, steps }) => method === vftStage && steps.length > 0);
