import { type Difference, percent, points, type RunSummary, shownInterval } from "../../../analysis/index.ts";
import type { Card } from "./subject.ts";

type Task = RunSummary["tasks"][number];
type Measured = Task["methods"][number];

/** Greedy accuracy of these very weights, task by task, with continued VFT beside it where the run has it. */
export function resultsText(card: Card): string {
  const { record, summary, method, seed } = card;
  const continued = summary.methods.find(({ role }) => role === "continued")?.name;
  const baseline = continued === method ? undefined : continued;
  const head = [
    "task",
    "test questions",
    "right, % [95 %]",
    ...(baseline === undefined ? [] : ["continued VFT, %", `difference, points${overSeeds(summary)}`]),
  ];
  const { macro } = summary;
  const rows = [
    ...tasksOf(card).map(({ name, use, methods }) => row(card, baseline, label(name, use), methods)),
    ...(macro === undefined
      ? []
      : [row(card, baseline, `mean of ${macro.tasks.length} trained tasks (macro)`, macro.methods)]),
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const note =
    baseline === undefined
      ? ""
      : " Continued VFT is the same further training on the reference solutions alone: the fair baseline. Differences are paired question by question, and their intervals hold for all methods of the run together; one that includes 0 shows neither a gain nor a loss.";
  return [
    line(head),
    line(head.map((_, column) => (column === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
    `Greedy decoding on held-out questions, seed ${seed}; answers found by the ${record.extract} rule${patterns(card)}.${note}`,
  ].join("\n");
}

/** A report of a time before there were several tasks has none. */
const tasksOf = ({ summary, record: { tasks } }: Card): Pick<Task, "name" | "use" | "methods">[] =>
  summary.tasks.length > 0
    ? summary.tasks
    : [{ name: tasks[0]?.name ?? "test questions", use: "train", methods: summary.methods }];

const label = (name: string, use: Task["use"]): string =>
  use === "evaluate" ? `${name} (not trained on)` : name;

const overSeeds = ({ seeds }: RunSummary): string =>
  seeds.length > 1 ? `, mean of ${seeds.length} seeds [95 %]` : " [95 %]";

function row(
  { method, seed }: Card,
  baseline: string | undefined,
  name: string,
  methods: readonly Measured[],
): string[] {
  const measured = (wanted: string): Measured | undefined => methods.find((other) => other.name === wanted);
  const accuracyOf = (wanted: string) =>
    measured(wanted)?.metrics.accuracy.perSeed.find((cell) => cell.seed === seed && cell.value !== null);
  const accuracy = accuracyOf(method);
  const continued = measured(method)?.comparisons.find(({ role }) => role === "continued");
  return [
    name,
    accuracy?.n.toLocaleString("en-US") ?? "–",
    withRange(accuracy, percent) ?? "not measured",
    ...(baseline === undefined
      ? []
      : [
          withRange(accuracyOf(baseline), percent) ?? "not measured",
          withRange(shownDifference(continued?.differences.accuracy), points) ?? "–",
        ]),
  ];
}

interface Estimate {
  value: number | null;
  interval: { low: number; high: number } | null;
}

/** With the interval that the run's report has: what decides there decides here. */
const shownDifference = (difference: Difference | undefined): Estimate | undefined =>
  difference && { value: difference.value, interval: shownInterval(difference) };

function withRange(
  estimate: Estimate | undefined,
  format: (value: number | null) => string,
): string | undefined {
  if (estimate === undefined) return undefined;
  const { value, interval } = estimate;
  return interval === null
    ? format(value)
    : `${format(value)} [${format(interval.low)}, ${format(interval.high)}]`;
}

function patterns({ record, summary }: Card): string {
  const distinct = new Set(summary.tasks.flatMap((task) => task.patterns?.[record.extract] ?? []));
  return distinct.size === 0 ? "" : ` (${[...distinct].map((pattern) => `\`${pattern}\``).join(", ")})`;
}
