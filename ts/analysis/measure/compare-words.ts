/** Two runs side by side in words and numbers, whatever shows them. */
import { decimal, percent, plural, points, pValue, range } from "../format.ts";
import type { MethodOfBoth, MetricOfBoth, RunsComparison } from "./compare-runs.ts";
import { holds, shownInterval } from "./verdicts.ts";

const rows = [
  ["accuracy", "greedy", false],
  ["sampledAccuracy", "sampled", false],
  ["majority", "majority", false],
  ["assessmentMicro", "assessing, micro", false],
  ["assessmentMacro", "assessing, macro", false],
  ["perplexityPositive", "ppl right", true],
  ["perplexityNegative", "ppl wrong", true],
] as const;

/** The heads of the columns after the first. */
export const comparedHeads: readonly string[] = ["A", "", "n", "B", "", "n", "B − A", "", "p", "Holm p"];

export interface ComparedRow {
  cells: string[];
  /** The difference is more than chance explains: its interval leaves out 0. */
  isClear: boolean;
}

/** A row for each metric of a method. */
export const comparedRows = ({ metrics }: MethodOfBoth): ComparedRow[] =>
  rows.map(([metric, name, perplexity]) => ({
    cells: [name, ...numbers(metrics[metric], perplexity)],
    isClear: holds(metrics[metric]),
  }));

function numbers(metric: MetricOfBoth, perplexity: boolean): string[] {
  const { a, b, difference, p, pHolm } = metric;
  const text = (value: number | null): string => (perplexity ? decimal(value) : percent(value));
  const change = (value: number | null): string =>
    perplexity && value !== null ? `${value > 0 ? "+" : ""}${decimal(value)}` : points(value);
  const pText = (value: number | null): string =>
    value === null ? "" : pValue(value, "").replace(/^ = /, "").trim();
  return [
    text(a.value),
    range(a.interval, text),
    String(a.n),
    text(b.value),
    range(b.interval, text),
    String(b.n),
    change(difference),
    range(shownInterval(metric), change),
    pText(p),
    pText(pHolm),
  ];
}

/** What a method's differences are where no seed is that of both. */
export const noCommonSeed = "no seed in common: differences are between the means, and not tested";

/** How the numbers are to be read. */
export const comparedNotes = ({ sameQuestions, questions }: RunsComparison): string[] => [
  sameQuestions
    ? `The same ${plural(questions.a, "question")}: differences are paired over them (95 % bootstrap, with 0 where the test, Holm-adjusted over the methods, does not rule it out; p: McNemar's for greedy answers of one seed, else sign flips)`
    : `Not the same questions (${questions.a} and ${questions.b}): differences are not paired and not tested`,
  "assessing: assessment accuracy, the share of pairs of a right and a wrong sample that are scored in the right order; ppl: perplexity of right and wrong COTs; values are % and points, means over the seeds; [low, high]: 95 %, for the questions being a sample; perplexity as it is",
];

const longest = 48;

/** A setting's value in a table. */
export function settingText(value: unknown, most = longest): string {
  if (value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
