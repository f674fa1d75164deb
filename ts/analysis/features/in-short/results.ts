/** "What came out". */

import { percent, plural, points, range } from "../../format.ts";
import type { Difference, MethodSummary, RunSummary } from "../../generated/report.ts";
import { holds } from "../../measure/paired-tests.ts";
import { ablationOf, constraintEffects } from "../ablation/numbers.ts";
import { type Chapter, kind } from "../findings/catalogue.ts";
import { continuedOf, furtherTraining, highest, isAligned, shareText, startOf } from "./methods.ts";
import { misalignment } from "./misalignment.ts";

/** The methods that learn from the model's own solutions, and what they are held against; undefined without either. */
function comparisonIn(summary: RunSummary) {
  const aligned = summary.methods.filter(isAligned);
  const baseline = continuedOf(summary) ?? startOf(summary);
  return aligned.length === 0 || baseline === undefined
    ? undefined
    : { aligned, baseline, best: highest(aligned, "accuracy") };
}

const againstContinued = (
  { comparisons }: MethodSummary,
  metric: "accuracy" | "sampledAccuracy",
): Difference | undefined => comparisons.find(({ role }) => role === "continued")?.differences[metric];

/** The answer to the question that comes first. */
const gains = kind({
  id: "gains",
  numbers: (summary: RunSummary) => {
    const { aligned, best } = comparisonIn(summary) ?? {};
    if (aligned === undefined || best === undefined || continuedOf(summary) === undefined) return undefined;
    const better = aligned.filter((method) => {
      const accuracy = againstContinued(method, "accuracy");
      return accuracy !== undefined && holds(accuracy) && (accuracy.value ?? 0) > 0;
    });
    return { better: better.length, aligned: aligned.length, further: furtherTraining(summary) };
  },
  template: ({ better, aligned, further }) =>
    better === 0
      ? `No method that learns from the model’s own solutions gave clearly better greedy answers than continued VFT, ${further}.`
      : `${plural(better, "method")} of ${aligned} that learn from the model’s own solutions gave clearly better greedy answers than continued VFT, ${further}.`,
});

/** So many methods are named in a sentence; the tables have all. */
const mostNamed = 4;

interface Compared {
  label: string;
  difference: Difference;
}

/** Which methods differ from continued VFT after the adjustment for many, and how the others stand. */
const differing = (metric: "accuracy" | "sampledAccuracy", words: string) =>
  kind({
    id: `differing-${metric}`,
    numbers: (summary: RunSummary) => {
      const comparison = comparisonIn(summary);
      if (comparison === undefined || continuedOf(summary) === undefined) return undefined;
      if (metric === "accuracy" && comparison.best === undefined) return undefined;
      const compared = summary.methods.flatMap((method): Compared[] => {
        const difference = againstContinued(method, metric);
        return difference === undefined || difference.p === null ? [] : [{ label: method.label, difference }];
      });
      return compared.length === 0 ? undefined : { compared, seeds: summary.seeds.length };
    },
    template: ({ compared, seeds }) => {
      const measure = `Holm-adjusted p below 0.05${seeds > 1 ? ", and an interval over the seeds without 0" : ""}`;
      const clear = compared.filter(({ difference }) => holds(difference));
      if (clear.length === 0)
        return `In ${words} none of the ${plural(compared.length, "method")} compared differs from continued VFT by more than chance explains (${measure}).`;
      const isAll = clear.length === compared.length;
      return `In ${words}, ${[...sideText("better", 1, clear), ...sideText("worse", -1, clear)].join("; ")} (${measure})${isAll ? "" : "; the others cannot be told from it"}.`;
    },
  });

function sideText(name: string, sign: 1 | -1, clear: readonly Compared[]): string[] {
  const side = clear
    .filter(({ difference }) => Math.sign(difference.value ?? 0) === sign)
    .sort((a, b) => Math.abs(b.difference.value!) - Math.abs(a.difference.value!));
  if (side.length === 0) return [];
  // One that is left over is named, too: it takes no more room than its number.
  const shown = side.length === mostNamed + 1 ? side.length : mostNamed;
  const named = side
    .slice(0, shown)
    .map(
      ({ label, difference }) =>
        `${label} (${points(difference.value)} points ${range(difference.interval, points)})`,
    );
  const more = side.length > shown ? ` and ${plural(side.length - shown, "other")}` : "";
  return [`${name} than continued VFT beyond chance: ${named.join(", ")}${more}`];
}

const mostAnswered = kind({
  id: "most-answered",
  numbers: (summary: RunSummary) => {
    const { best, baseline } = comparisonIn(summary) ?? {};
    if (best === undefined || baseline === undefined) return undefined;
    const isContinued = baseline.role === "continued";
    return {
      best,
      baseline,
      further: isContinued ? furtherTraining(summary) : undefined,
      start: isContinued ? startOf(summary) : undefined,
    };
  },
  template: ({ best, baseline, further, start }) =>
    `Of the methods that learn from the model’s own solutions, ${best.label} answers most questions rightly (greedy decoding): ${shareText(best.metrics.accuracy)}, against ${shareText(baseline.metrics.accuracy)} of ${baseline.label}${further === undefined ? "" : `, ${further}`}${start === undefined ? "" : `, and ${shareText(start.metrics.accuracy)} of ${start.label}, without any`}.`,
});

const effectOfConstraints = kind({
  id: "effect-of-constraints",
  numbers: (summary: RunSummary) =>
    comparisonIn(summary) === undefined ? undefined : { rows: ablationOf(summary) ?? [] },
  template: ({ rows }) => constraintEffects(rows),
});

const bestAssessing = kind({
  id: "best-assessing",
  numbers: (summary: RunSummary) => {
    const { aligned, baseline } = comparisonIn(summary) ?? {};
    const best = aligned && highest(aligned, "assessmentMicro");
    // Of too few questions for an interval there is nothing to say.
    if (!best?.metrics.assessmentMicro.interval || !baseline?.metrics.assessmentMicro.interval)
      return undefined;
    const comparison = best.comparisons.find(({ role }) => role === baseline.role);
    return { best, baseline, difference: comparison?.differences.assessmentMicro };
  },
  template: ({ best, baseline, difference }) =>
    `${best.label} tells right from wrong best: it scores the right one of two solutions higher in ${shareText(best.metrics.assessmentMicro)} of the pairs, ${baseline.label} in ${shareText(baseline.metrics.assessmentMicro)}${
      difference === undefined
        ? ""
        : `: ${points(difference.value)} points ${range(difference.interval, points)}, ${holds(difference) ? "more than chance explains" : "no clear difference"}`
    }.`,
});

/** One answer of each kind beside the vote: whatever beats it may owe that to greedy decoding alone. */
const againstVotes = kind({
  id: "against-votes",
  numbers: (summary: RunSummary) => {
    const { selfConsistency, methods } = summary;
    const best = comparisonIn(summary)?.best;
    const baseline = methods.find(({ name }) => name === selfConsistency?.baseline);
    return best === undefined || baseline === undefined || baseline.metrics.majority.value === null
      ? undefined
      : { best, baseline, k: selfConsistency!.k };
  },
  template: ({ best, baseline, k }) =>
    `A vote of ${k} samples of ${baseline.label}, at ${k} times the cost of an answer, is right for ${shareText(baseline.metrics.majority)}; one greedy answer of ${baseline.label} for ${percent(baseline.metrics.accuracy.value)} %, of ${best.label} for ${percent(best.metrics.accuracy.value)} %.`,
});

/** Where there is nothing to compare with: each method by itself. */
const alone = kind({
  id: "alone",
  numbers: (summary: RunSummary) =>
    comparisonIn(summary) === undefined
      ? summary.methods.filter(({ metrics }) => metrics.accuracy.value !== null)
      : undefined,
  template: ({ label, metrics }) =>
    `${label}: one greedy answer is right for ${shareText(metrics.accuracy)} of the questions.`,
});

export const results: Chapter<RunSummary> = {
  heading: "What came out",
  hasResults: true,
  kinds: [
    gains,
    differing("accuracy", "greedy accuracy"),
    mostAnswered,
    differing("sampledAccuracy", "the accuracy of single samples"),
    effectOfConstraints,
    ...misalignment,
    bestAssessing,
    againstVotes,
    alone,
  ],
};
