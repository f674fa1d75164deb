import { entryOf } from "../../../config/index.ts";
import type { MethodAccuracy } from "../../charts/accuracy.ts";
import type { MethodCurve } from "../../charts/curves.ts";
import { familyPlaces } from "../../charts/family-places.ts";
import type { MethodScores } from "../../charts/scores.ts";
import type { LossCurve } from "../../charts/vft-loss.ts";
import type { MethodSummary, RunSummary } from "../../generated/report.ts";
import { scoresOf } from "../../metrics/scores.ts";
import { constraintOf } from "../../run/roles.ts";
import { type Arm, type RunData, vftStage } from "../../run/run-data.ts";

/** What the charts draw, from a run: all seeds together. The VFT weights as they are come first: before and after. */
export function methodScores(run: RunData, summary: RunSummary): MethodScores[] {
  const places = familyPlaces(summary.methods);
  const kept = summary.methods.filter(({ role }) => role === "kept");
  const others = summary.methods.filter(({ role }) => role !== "kept");
  return [...kept, ...others].map((method) => {
    const { name, label, metrics } = method;
    const arms = run.arms.filter((arm) => arm.method === name);
    const scores = arms.flatMap(({ heldOut }) => scoresOf(heldOut));
    return {
      label,
      boundary: meanBoundary(method, arms),
      place: places.get(name),
      positive: scores.flatMap(({ positive }) => positive),
      negative: scores.flatMap(({ negative }) => negative),
      assessmentAccuracy: metrics.assessmentMicro.value,
    };
  });
}

/** Mean over the questions with a right COT of the lowest right score minus beta; undefined without such a constraint. */
function meanBoundary(method: MethodSummary, arms: readonly Arm[]): number | undefined {
  if (constraintOf(method) !== "boundary") return undefined;
  const entry = entryOf(method.method);
  const key = entry.kind === "group loss" ? entry.boundaryBeta : undefined;
  const given = key === undefined ? undefined : method.settings[key];
  const boundaries = arms.flatMap(({ heldOut, boundary, search }) => {
    const distance = boundary?.beta ?? search?.chosen ?? given;
    return typeof distance !== "number"
      ? []
      : scoresOf(heldOut)
          .filter(({ positive }) => positive.length > 0)
          .map(({ positive }) => Math.min(...positive) - distance);
  });
  return boundaries.length === 0
    ? undefined
    : boundaries.reduce((sum, value) => sum + value, 0) / boundaries.length;
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
