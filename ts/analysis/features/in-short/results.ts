/** "What came out". */
import { percent, plural } from "../../format.ts";
import type { Difference, MethodSummary, RunSummary } from "../../generated/report.ts";
import { holds } from "../../measure/verdicts.ts";
import { ablationOf, constraintEffects } from "../ablation/numbers.ts";
import { against } from "../cells.ts";
import { type Chapter, defineFinding, ofEach } from "../findings/catalogue.ts";
import {
  continuedOf,
  furtherTraining,
  highest,
  inPoints,
  isAligned,
  shareText,
  startOf,
} from "../methods.ts";
import { misalignment } from "./misalignment.ts";

/** The methods that learn from the model's own solutions, and what they are held against. */
interface Compared {
  summary: RunSummary;
  aligned: readonly MethodSummary[];
  /** Continued VFT, or else VFT as it is. */
  baseline: MethodSummary;
  /** Answers most questions rightly, of the aligned ones. */
  best: MethodSummary | undefined;
}

/** None without either. */
function comparedIn(summary: RunSummary): Compared[] {
  const aligned = summary.methods.filter(isAligned);
  const baseline = continuedOf(summary) ?? startOf(summary);
  return aligned.length === 0 || baseline === undefined
    ? []
    : [{ summary, aligned, baseline, best: highest(aligned, "accuracy") }];
}

const isContinued = ({ baseline }: Compared): boolean => baseline.role === "continued";

/** The answer to the question that comes first. */
const gains = defineFinding({
  id: "gains",
  numbers: (compared: Compared) => {
    if (compared.best === undefined || !isContinued(compared)) return undefined;
    const better = compared.aligned.filter((method) => {
      const accuracy = against(method, "continued")?.differences.accuracy;
      return accuracy !== undefined && holds(accuracy) && (accuracy.value ?? 0) > 0;
    });
    const further = furtherTraining(compared.summary);
    return { better: better.length, aligned: compared.aligned.length, further };
  },
  template: ({ better, aligned, further }) =>
    `${
      better === 0 ? "No method that learns" : `${plural(better, "method")} of ${aligned} that learn`
    } from the model’s own solutions gave clearly better greedy answers than continued VFT, ${further}.`,
});

/** So many methods are named in a sentence; the tables have all. */
const mostNamed = 4;

interface Labelled {
  label: string;
  difference: Difference;
}

/** Which methods differ from continued VFT after the adjustment for many, and how the others stand. */
const differing = (metric: "accuracy" | "sampledAccuracy", words: string) =>
  defineFinding({
    id: `differing-${metric}`,
    numbers: (compared: Compared) => {
      const { methods, seeds } = compared.summary;
      if (!isContinued(compared) || (metric === "accuracy" && compared.best === undefined)) return undefined;
      const tested = methods.flatMap((method): Labelled[] => {
        const difference = against(method, "continued")?.differences[metric];
        return difference === undefined || difference.p === null ? [] : [{ label: method.label, difference }];
      });
      return tested.length === 0 ? undefined : { tested, seeds: seeds.length };
    },
    template: ({ tested, seeds }) => {
      const measure = `by intervals for all of them together${seeds > 1 ? ", and for other seeds" : ""}`;
      const clear = tested.filter(({ difference }) => holds(difference));
      if (clear.length === 0)
        return `In ${words} none of the ${plural(tested.length, "method")} compared differs significantly from continued VFT (${measure}).`;
      const sides = [...sideText("better", 1, clear), ...sideText("worse", -1, clear)].join("; ");
      return `In ${words}, ${sides} (${measure})${clear.length === tested.length ? "" : "; the others cannot be told from it"}.`;
    },
  });

function sideText(name: string, sign: 1 | -1, clear: readonly Labelled[]): string[] {
  const side = clear
    .filter(({ difference }) => Math.sign(difference.value ?? 0) === sign)
    .sort((a, b) => Math.abs(b.difference.value!) - Math.abs(a.difference.value!));
  if (side.length === 0) return [];
  // One that is left over is named, too: it takes no more room than its number.
  const shown = side.length === mostNamed + 1 ? side.length : mostNamed;
  const named = side.slice(0, shown).map(({ label, difference }) => `${label} (${inPoints(difference)})`);
  const more = side.length > shown ? ` and ${plural(side.length - shown, "other")}` : "";
  return [`significantly ${name} than continued VFT: ${named.join(", ")}${more}`];
}

const mostAnswered = defineFinding({
  id: "most-answered",
  numbers: ({ best, ...compared }: Compared) =>
    best && { ...compared, best, start: startOf(compared.summary) },
  template: ({ best, baseline, summary, start }) => {
    const further = baseline === start ? "" : `, ${furtherTraining(summary)}`;
    const without =
      start === undefined || baseline === start
        ? ""
        : `, and ${shareText(start.metrics.accuracy)} of ${start.label}, without any`;
    return `Of the methods that learn from the model’s own solutions, ${best.label} answers most questions rightly (greedy decoding): ${shareText(best.metrics.accuracy)}, against ${shareText(baseline.metrics.accuracy)} of ${baseline.label}${further}${without}.`;
  },
});

const effectOfConstraints = defineFinding({
  id: "effect-of-constraints",
  numbers: ({ summary }: Compared) => ({ rows: ablationOf(summary) ?? [] }),
  template: ({ rows }) => constraintEffects(rows),
});

const bestAssessing = defineFinding({
  id: "best-assessing",
  numbers: ({ aligned, baseline }: Compared) => {
    const best = highest(aligned, "assessmentMicro");
    const [mostRight, before] = [best?.metrics.assessmentMicro, baseline.metrics.assessmentMicro];
    // Of too few questions for an interval there is nothing to say.
    if (best === undefined || !mostRight?.interval || !before.interval) return undefined;
    const comparison = best.comparisons.find(({ role }) => role === baseline.role);
    return { best, baseline, mostRight, before, difference: comparison?.differences.assessmentMicro };
  },
  template: ({ best, baseline, mostRight, before, difference }) => {
    const by =
      difference === undefined
        ? ""
        : `: ${inPoints(difference)}, ${holds(difference) ? "a significant difference" : "no clear difference"}`;
    return `${best.label} tells right from wrong best: it scores the right one of two solutions higher in ${shareText(mostRight)} of the pairs, ${baseline.label} in ${shareText(before)}${by}.`;
  },
});

/** One answer of each kind beside the vote: whatever beats it may owe that to greedy decoding alone. */
const againstVotes = defineFinding({
  id: "against-votes",
  numbers: ({ summary: { selfConsistency, methods }, best }: Compared) => {
    const voting = methods.find(({ name }) => name === selfConsistency?.baseline);
    return best === undefined || voting === undefined || voting.metrics.majority.value === null
      ? undefined
      : { best, voting, k: selfConsistency!.k };
  },
  template: ({ best, voting: { label, metrics }, k }) =>
    `A vote of ${k} samples of ${label}, at ${k} times the cost of an answer, is right for ${shareText(metrics.majority)}; one greedy answer of ${label} for ${percent(metrics.accuracy.value)} %, of ${best.label} for ${percent(best.metrics.accuracy.value)} %.`,
});

/** Where there is nothing to compare with: each method by itself. */
const alone = defineFinding({
  id: "alone",
  numbers: (summary: RunSummary) =>
    comparedIn(summary).length > 0
      ? undefined
      : summary.methods.filter(({ metrics }) => metrics.accuracy.value !== null),
  template: ({ label, metrics }) =>
    `${label}: one greedy answer is right for ${shareText(metrics.accuracy)} of the questions.`,
});

export const results: Chapter<RunSummary> = {
  heading: "What came out",
  hasResults: true,
  kinds: [
    ofEach(
      comparedIn,
      gains,
      differing("accuracy", "greedy accuracy"),
      mostAnswered,
      differing("sampledAccuracy", "the accuracy of single samples"),
      effectOfConstraints,
    ),
    misalignment,
    ofEach(comparedIn, bestAssessing, againstVotes),
    alone,
  ],
};
