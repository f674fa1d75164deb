/** What came out, in one sentence: on top of the report, at the end of a run, in lists of runs. */
import { percent, plural, points } from "../../format.ts";
import type { Difference, MethodSummary, RunSummary } from "../../generated/report.ts";
import { directionOf } from "../../measure/verdicts.ts";
import {
  continuedOf,
  differenceTo,
  highest,
  inPoints,
  inWords,
  isAligned,
  questionsAsked,
  shareText,
  startOf,
} from "../methods.ts";

export interface Verdict {
  /** With its numbers and how sure they are. */
  sentence: string;
  /** `gain`: some method is better than the baseline; `loss`: none is, and some are worse; `none`: nothing was compared. */
  tone: "gain" | "loss" | "unclear" | "none";
  /** What it rests on: `400 test questions, 3 seeds`. */
  basis: string;
}

/** The same numbers always give the same sentence. It says no more than the intervals that the report shows. */
export function verdictOf(summary: RunSummary): Verdict {
  const { methods, split, seeds } = summary;
  const [first] = methods;
  if (first === undefined) return { sentence: "No method was evaluated.", tone: "none", basis: "" };
  const questions = questionsAsked(first);
  const asked = plural(questions, `${split} question`);
  const basis = `${asked}, ${plural(seeds.length, "seed")}`;
  const [sentence, tone] = said(summary, { questions, asked });
  return { sentence, tone, basis };
}

/** Alone: for a terminal, or a list of runs. */
export const verdictSentence = (summary: RunSummary): string => verdictOf(summary).sentence;

interface Asked {
  questions: number;
  /** `400 test questions`. */
  asked: string;
}

type Said = [sentence: string, tone: Verdict["tone"]];

function said(summary: RunSummary, { questions, asked }: Asked): Said {
  const { methods } = summary;
  const answering = methods.filter(({ metrics }) => metrics.accuracy.value !== null);
  if (answering.length === 0)
    return ["No method gave greedy answers, so none can be held against another.", "none"];
  const all = (value: number): boolean => answering.every(({ metrics }) => metrics.accuracy.value === value);
  const every =
    answering.length === 1 ? answering[0]!.label : `Every one of the ${plural(answering.length, "method")}`;
  if (all(0) && answering.length > 1)
    return [
      `None of the ${plural(answering.length, "method")} answers any of the ${asked} rightly.`,
      "unclear",
    ];
  if (all(0)) return [`${every} answers none of the ${asked} rightly.`, "none"];
  if (all(1)) return [`${every} answers all ${asked} rightly.`, answering.length > 1 ? "unclear" : "none"];
  const aligned = answering.filter(isAligned);
  const others = aligned.length > 0 ? aligned : answering.filter(({ role }) => role === "continued");
  const baseline = (aligned.length > 0 ? continuedOf(summary) : undefined) ?? startOf(summary);
  if (baseline?.metrics.accuracy.value == null || others.length === 0) return alone(answering, asked);
  return held(others, baseline, { questions, asked });
}

/** Nothing to hold it against. */
function alone(methods: readonly MethodSummary[], asked: string): Said {
  const best = highest(methods, "accuracy")!;
  const share = shareText(best.metrics.accuracy);
  return methods.length === 1
    ? [`${best.label} answers ${share} of ${asked} rightly; there is nothing to hold it against.`, "none"]
    : [
        `Of ${plural(methods.length, "method")} ${best.label} answers most of ${asked} rightly, ${share}; there is no baseline to hold it against.`,
        "none",
      ];
}

interface Gain {
  label: string;
  accuracy: number;
  difference: Difference;
  value: number;
}

/** Fewer questions have no interval. */
const fewestWithInterval = 5;

function held(others: readonly MethodSummary[], baseline: MethodSummary, { questions, asked }: Asked): Said {
  const gains = others
    .flatMap((method): Gain[] => {
      const difference = differenceTo(method, baseline);
      return difference?.value == null
        ? []
        : [
            {
              label: method.label,
              accuracy: method.metrics.accuracy.value!,
              difference,
              value: difference.value,
            },
          ];
    })
    .sort((a, b) => b.value - a.value);
  const of = (direction: ReturnType<typeof directionOf>): Gain[] =>
    gains.filter(({ difference }) => directionOf(difference) === direction);
  const [better, worse, unclear] = [of("gain"), of("loss").reverse(), of("unclear")];
  const base = `${baseline.label} (${percent(baseline.metrics.accuracy.value)} %)`;
  const [best] = gains;
  if (best === undefined || questions < fewestWithInterval)
    return [
      `${asked} are too few to tell ${others.length === 1 ? others[0]!.label : "any method"} from ${base}.`,
      "unclear",
    ];
  const total = others.length;
  if (better.length > 0) {
    const { names, leading } = listed(better, total, "the most");
    return [`${names} more of ${asked} rightly than ${base}${leading}${rest(unclear, worse)}.`, "gain"];
  }
  if (others.length === 1 && worse.length === 0)
    return [
      `${best.label} (${percent(best.accuracy)} %) cannot be told from ${base} by ${asked}: ${inPoints(best.difference)}.`,
      "unclear",
    ];
  if (unclear.length === 0) {
    const { names, leading } = listed(worse, total, "the fewest");
    return [
      `${names} fewer of ${asked} rightly than ${base}${leading}${total > 1 ? ", and none answers more" : ""}.`,
      "loss",
    ];
  }
  const level = unclear.filter(({ value }) => value === best.value).map(({ label }) => label);
  const highestOf = `${level.length > 1 ? `the best, ${inWords(level)}, are` : `the best, ${best.label}, is`} at ${inPoints(best.difference)}`;
  return [
    `No method answers significantly more of ${asked} rightly than ${base}: ${highestOf}${rest([], worse)}.`,
    worse.length > 0 ? "loss" : "unclear",
  ];
}

/** So many methods are named; the table has all. */
const mostNamed = 3;

/** `AFT-DC (55.4 %, +4.4 points [+1.2, +7.6]) and RFT (...) answer`, or of many `8 of 15 methods answer`, and the one that leads. */
function listed(gains: readonly Gain[], total: number, extreme: string): { names: string; leading: string } {
  const verb = gains.length === 1 ? "answers" : "answer";
  const numbers = (gain: Gain): string => `(${percent(gain.accuracy)} %, ${inPoints(gain.difference)})`;
  const text = (gain: Gain): string => `${gain.label} ${numbers(gain)}`;
  return gains.length > mostNamed
    ? {
        names: `${gains.length} of ${total} methods ${verb}`,
        leading: `, ${gains[0]!.label} ${extreme} ${numbers(gains[0]!)}`,
      }
    : { names: `${inWords(gains.map(text))} ${verb}`, leading: "" };
}

/** What is said of the others, in few words. */
function rest(unclear: readonly Gain[], worse: readonly Gain[]): string {
  const names = (gains: readonly Gain[], text: (gain: Gain) => string): string =>
    gains.length > mostNamed ? String(gains.length) : inWords(gains.map(text));
  const parts = [
    ...(unclear.length === 0 ? [] : [`${names(unclear, ({ label }) => label)} cannot be told from it`]),
    ...(worse.length === 0
      ? []
      : [
          `${names(worse, ({ label, value }) => `${label} (${points(value)} points)`)} ${worse.length === 1 ? "answers" : "answer"} fewer`,
        ]),
  ];
  return parts.map((part) => `; ${part}`).join("");
}
