import { percent, points, type RunSummary } from "../../../analysis/index.ts";
import type { Card } from "./subject.ts";

type Task = RunSummary["tasks"][number];
type Measured = Task["methods"][number];

/** Greedy accuracy of these very weights, task by task, with continued VFT beside it where the run has it. */
export function resultsText(card: Card): string {
  const { record, summary, subject } = card;
  const baseline = summary.methods.find(({ role }) => role === "continued")?.name;
  const beside = baseline === subject.method ? undefined : baseline;
  const head = [
    "task",
    "test questions",
    "right, % [95 %]",
    ...(beside === undefined ? [] : ["continued VFT, %", `difference, points${overSeeds(summary)}`]),
  ];
  const rows = [
    ...tasksOf(card).map(({ name, use, methods }) => row(label(name, use), methods, subject, beside)),
    ...(summary.macro === undefined
      ? []
      : [
          row(
            `mean of ${summary.macro.tasks.length} trained tasks (macro)`,
            summary.macro.methods,
            subject,
            beside,
          ),
        ]),
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, at) => (at === 0 ? "---" : "---:"))),
    ...rows.map(line),
    "",
    `Greedy decoding on held-out questions, seed ${subject.seed}; answers found by the ${record.extract} rule${patterns(card)}. ${
      beside === undefined
        ? ""
        : "Continued VFT is the same further training on the reference solutions alone: the fair baseline. Differences are paired question by question; one whose interval includes 0 is noise."
    }`.trimEnd(),
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
  name: string,
  methods: readonly Measured[],
  { method, seed }: Card["subject"],
  baseline: string | undefined,
): string[] {
  const of = (wanted: string | undefined) => methods.find((one) => one.name === wanted);
  const own = accuracyOf(of(method), seed);
  const difference = of(method)?.comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
  return [
    name,
    own === undefined ? "–" : own.n.toLocaleString("en-US"),
    share(own),
    ...(baseline === undefined
      ? []
      : [
          share(accuracyOf(of(baseline), seed)),
          difference === undefined ? "–" : withRange(difference, points),
        ]),
  ];
}

const accuracyOf = (measured: Measured | undefined, seed: number) =>
  measured?.metrics.accuracy.perSeed.find((one) => one.seed === seed && one.value !== null);

const share = (own: ReturnType<typeof accuracyOf>): string =>
  own === undefined ? "not measured" : withRange(own, (value) => percent(value));

function withRange(
  { value, interval }: { value: number | null; interval: { low: number; high: number } | null },
  format: (value: number | null) => string,
): string {
  return interval === null
    ? format(value)
    : `${format(value)} [${format(interval.low)}, ${format(interval.high)}]`;
}

function patterns({ record, summary }: Card): string {
  const all = summary.tasks.flatMap(({ patterns: own }) => own?.[record.extract] ?? []);
  const distinct = [...new Set(all)];
  return distinct.length === 0 ? "" : ` (${distinct.map((pattern) => `\`${pattern}\``).join(", ")})`;
}
