import { inputError } from "../../core/errors.ts";
import type { Group } from "../../core/records.ts";
import type { MetricName } from "../generated/report.ts";
import { pairTally, questionTally } from "../metrics/assessment.ts";
import { majorityTally } from "../metrics/majority.ts";
import { perplexityTally } from "../metrics/perplexity.ts";
import { mostSamples, passTally, sampledTally } from "../metrics/sampled.ts";
import { scoresOf } from "../metrics/scores.ts";
import { noShare, type Tally } from "../metrics/tally.ts";
import type { Arm, ExtractMode, RunData } from "../run/run-data.ts";

/** An arm's metrics, one tally a test question, all in the order of `questionIds`. */
export interface ArmTallies {
  arm: Arm;
  k: number;
  series: Record<MetricName, Tally[]>;
  /** Greedy accuracy by each rule of extraction; only there when every prediction was judged by both. */
  byMode?: Record<ExtractMode, Tally[]>;
}

/** All test questions of a run, in the order in which they are first met. */
export function questionIds(run: RunData): string[] {
  const ids = new Set<string>();
  for (const { predictions, samples, heldOut } of run.arms) {
    for (const { questionId } of predictions) ids.add(questionId);
    for (const { id } of [...samples, ...heldOut]) ids.add(id);
  }
  return [...ids];
}

/** @throws inputError where a question comes twice, or a held-out candidate has no score. */
export function tallyArm(arm: Arm, ids: readonly string[]): ArmTallies {
  const k = mostSamples(arm.samples);
  const scores = scoresOf(arm.heldOut);
  const align = (keys: readonly string[], tallies: readonly Tally[]): Tally[] => {
    const byId = new Map(keys.map((key, at) => [key, tallies[at]!]));
    if (byId.size < keys.length) throw twice(arm, keys);
    return ids.map((id) => byId.get(id) ?? noShare);
  };
  const idsOf = (groups: readonly Group[]): string[] => groups.map((group) => group.id);
  const sampled = (tally: (candidates: Group["candidates"]) => Tally): Tally[] =>
    align(
      idsOf(arm.samples),
      arm.samples.map((group) => tally(group.candidates)),
    );
  const held = (tally: (scores: { positive: number[]; negative: number[] }) => Tally): Tally[] =>
    align(idsOf(arm.heldOut), scores.map(tally));
  const answered = arm.predictions.map((prediction) => prediction.questionId);
  const accuracy = (correct: readonly boolean[]): Tally[] =>
    align(
      answered,
      correct.map((right) => ({ numerator: right ? 1 : 0, denominator: 1 })),
    );
  const modes = arm.predictions.flatMap(({ byMode }) => byMode ?? []);
  const all = answered.length > 0 && modes.length === answered.length;
  const by = (mode: ExtractMode): Tally[] => accuracy(modes.map((judged) => judged[mode].correct));
  return {
    arm,
    k,
    ...(all ? { byMode: { strict: by("strict"), flexible: by("flexible") } } : {}),
    series: {
      accuracy: accuracy(arm.predictions.map(({ correct }) => correct)),
      sampledAccuracy: sampled(sampledTally),
      majority: sampled((candidates) => majorityTally(candidates, k)),
      passAtMost: sampled((candidates) => passTally(candidates, k)),
      assessmentMicro: held(pairTally),
      assessmentMacro: held(questionTally),
      perplexityPositive: held(({ positive }) => perplexityTally(positive)),
      perplexityNegative: held(({ negative }) => perplexityTally(negative)),
    },
  };
}

function twice(arm: Arm, keys: readonly string[]): Error {
  const seen = new Set<string>();
  const repeated = keys.find((key) => seen.size === seen.add(key).size);
  return inputError({
    what: `method ${JSON.stringify(arm.method)}, seed ${arm.seed}: a test question comes twice`,
    found: repeated,
    expected: "each question id once",
  });
}
