import {
  columns,
  decimal,
  type MetricOfBoth,
  percent,
  plural,
  points,
  pValue,
  range,
} from "../analysis/index.ts";
import type { ComparedRuns, Difference, ListedRun } from "../experiment/index.ts";

/** A line for each run. */
export function describeRuns(runs: readonly ListedRun[], directory: string): string {
  if (runs.length === 0) return `no finished run in ${directory}`;
  return columns(
    ["Run", "finished", "seeds", "methods", "best greedy %", "", "n", "of"],
    runs.map(({ name, finishedAt, seeds, methods, best, problem }) =>
      problem !== undefined
        ? [name, `(${problem})`, "", "", "", "", "", ""]
        : [
            name,
            finishedAt.slice(0, 16).replace("T", " "),
            seeds.join(","),
            String(methods.length),
            percent(best?.value),
            range(best?.interval ?? null, (value) => percent(value)),
            best === null ? "" : String(best.n),
            best?.method ?? "",
          ],
    ),
  );
}

/** What differs, then each method with the numbers of both. */
export function describeComparison(compared: ComparedRuns): string {
  const { a, b, config, environment, methods, onlyIn, sameQuestions, questions } = compared;
  return [
    `A: ${a}`,
    `B: ${b}`,
    "",
    ...section("settings", config),
    "",
    ...section("versions and device", environment),
    "",
    ...methods.flatMap(({ label, metrics, seeds }) => [
      columns(
        [label, "A", "", "n", "B", "", "n", "B − A", "", "p", "Holm p"],
        rows.map(([metric, name, perplexity]) => [name, ...numbers(metrics[metric], perplexity)]),
      ),
      ...(seeds.length === 0 ? ["no seed in common: differences are between the means, and not tested"] : []),
      "",
    ]),
    ...(methods.length === 0 ? ["no method in common", ""] : []),
    ...(["a", "b"] as const).flatMap((side) =>
      onlyIn[side].length === 0 ? [] : [`only in ${side.toUpperCase()}: ${onlyIn[side].join(", ")}`],
    ),
    sameQuestions
      ? `the same ${plural(questions.a, "question")}: differences are paired over them (95 % bootstrap; p: McNemar's for greedy answers of one seed, else sign flips; Holm: over the methods)`
      : `not the same questions (${questions.a} and ${questions.b}): differences are not paired and not tested`,
    "values are % and points, means over the seeds; [low, high]: 95 %, for the questions being a sample; perplexity as it is",
  ].join("\n");
}

const rows = [
  ["accuracy", "greedy", false],
  ["sampledAccuracy", "sampled", false],
  ["majority", "majority", false],
  ["assessmentMicro", "AAcc micro", false],
  ["assessmentMacro", "AAcc macro", false],
  ["perplexityPositive", "ppl right", true],
  ["perplexityNegative", "ppl wrong", true],
] as const;

function numbers({ a, b, difference, interval, p, pHolm }: MetricOfBoth, perplexity: boolean): string[] {
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
    range(interval, change),
    pText(p),
    pText(pHolm),
  ];
}

function section(name: string, differences: readonly Difference[]): string[] {
  if (differences.length === 0) return [`${name}: no difference`];
  return [
    columns(
      [name, "A", "B"],
      differences.map(({ path, a, b }) => [path, shown(a), shown(b)]),
    ),
  ];
}

const longest = 48;

function shown(value: unknown): string {
  if (value === undefined) return "–";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
