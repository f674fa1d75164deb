import { decimal, percent } from "../format.ts";
import type { MetricName } from "../generated/report.ts";
import type { CellMethod, SweepResults } from "./results.ts";

/** A number that the report follows through the cells. */
export interface Measure {
  name: MetricName;
  /** With its unit, for axes and heads of columns. */
  label: string;
  /** In a sentence. */
  words: string;
  isShare: boolean;
  /** Shown of every sweep, not only of one whose best cell is chosen by it. */
  isShown: boolean;
}

const share = (name: MetricName, words: string, label = words): Measure => ({
  name,
  label: `${label}, %`,
  words,
  isShare: true,
  isShown: false,
});
const shown = (measure: Measure): Measure => ({ ...measure, isShown: true });

const measures: Measure[] = [
  shown(share("accuracy", "greedy accuracy")),
  shown(share("sampledAccuracy", "accuracy of single samples", "single samples right")),
  share("majority", "accuracy of the majority vote", "maj@k"),
  share("passAtMost", "pass@k"),
  shown(share("assessmentMicro", "assessment accuracy")),
  share("assessmentMacro", "assessment accuracy (macro)"),
  {
    name: "perplexityPositive",
    label: "perplexity of right COTs",
    words: "perplexity of right COTs",
    isShare: false,
    isShown: true,
  },
];

/** Those that say most, the one that the best cell is chosen by among them; what no cell measured is left out. */
export const measuresOf = ({ best, cells }: SweepResults): Measure[] =>
  measures.filter(
    (measure) =>
      (measure.isShown || measure.name === best?.metric) &&
      cells.some(({ methods }) => methods.some((method) => metricOf(method, measure) !== null)),
  );

export const measureNamed = (name: MetricName): Measure => measures.find((measure) => measure.name === name)!;

export const format = ({ isShare }: Measure, value: number | null | undefined): string =>
  isShare ? percent(value) : decimal(value);

/** At the beginning of a sentence. */
export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** With its unit. */
export const formatted = (measure: Measure, value: number | null | undefined): string =>
  `${format(measure, value)}${measure.isShare ? " %" : ""}`;

export const metricOf = (method: CellMethod | undefined, { name }: Measure): number | null =>
  method?.metrics[name]?.value ?? null;
