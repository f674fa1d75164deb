import { decimal, percent } from "../report/format.ts";
import type { MetricName } from "../report/schema.ts";
import type { CellMethod, SweepResults } from "./results.ts";

/** A number that the page follows through the cells. */
export interface Measure {
  name: MetricName;
  /** With its unit, for axes and heads of columns. */
  label: string;
  /** In a sentence. */
  words: string;
  isShare: boolean;
}

const all: Measure[] = [
  { name: "accuracy", label: "greedy accuracy, %", words: "greedy accuracy", isShare: true },
  {
    name: "sampledAccuracy",
    label: "single samples right, %",
    words: "accuracy of single samples",
    isShare: true,
  },
  { name: "majority", label: "maj@k, %", words: "accuracy of the majority vote", isShare: true },
  { name: "passAtMost", label: "pass@k, %", words: "pass@k", isShare: true },
  { name: "assessmentMicro", label: "assessment accuracy, %", words: "assessment accuracy", isShare: true },
  {
    name: "assessmentMacro",
    label: "assessment accuracy (macro), %",
    words: "assessment accuracy (macro)",
    isShare: true,
  },
  {
    name: "perplexityPositive",
    label: "perplexity of right COTs",
    words: "perplexity of right COTs",
    isShare: false,
  },
];
const always: readonly MetricName[] = [
  "accuracy",
  "sampledAccuracy",
  "assessmentMicro",
  "perplexityPositive",
];

/** Those that say most, the one that the best cell is chosen by among them; what no cell measured is left out. */
export const measuresOf = ({ best, cells }: SweepResults): Measure[] =>
  all.filter(
    ({ name }) =>
      (always.includes(name) || name === best?.metric) &&
      cells.some(({ methods }) => methods.some(({ metrics }) => metrics[name]?.value != null)),
  );

export const measureNamed = (name: string): Measure => all.find((measure) => measure.name === name)!;

export const format = ({ isShare }: Measure, value: number | null | undefined): string =>
  isShare ? percent(value) : decimal(value);

export const numberOf = (method: CellMethod | undefined, { name }: Measure): number | null =>
  method?.metrics[name]?.value ?? null;
