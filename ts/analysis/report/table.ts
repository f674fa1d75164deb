import { decimal, percent, plural, points, range, whole } from "./format.ts";
import type { MethodSummary, MetricName, RunSummary } from "./schema.ts";

/** The run's numbers as two plain tables for a terminal, under 100 columns, with counts and intervals. */
export function renderTable(summary: RunSummary): string {
  const { methods } = summary;
  const k = Math.max(0, ...methods.map((method) => method.k));
  const baseline = methods.find(({ role }) => role === "continued");
  const answers = columns(
    ["Answers, % right", "greedy", "", "vs continued VFT", "", "sampled", `maj@${k}`, `pass@${k}`],
    methods.map((method) => {
      const difference = method.comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
      return [
        method.label,
        ...withInterval(method, "accuracy"),
        method === baseline ? "baseline" : points(difference?.value),
        difference === undefined ? "" : range(difference.interval, points),
        ...(["sampledAccuracy", "majority", "passAtMost"] as const).map((name) =>
          percent(method.metrics[name].value),
        ),
      ];
    }),
  );
  const assessing = columns(
    ["Assessing the VFT samples", "AAcc micro %", "", "macro %", "ppl right", "ppl wrong"],
    methods.map((method) => [
      method.label,
      ...withInterval(method, "assessmentMicro"),
      percent(method.metrics.assessmentMacro.value),
      decimal(method.metrics.perplexityPositive.value),
      decimal(method.metrics.perplexityNegative.value),
    ]),
  );
  return [answers, "", assessing, "", ...notes(summary)].join("\n");
}

const withInterval = ({ metrics }: MethodSummary, name: MetricName): string[] => [
  percent(metrics[name].value),
  range(metrics[name].interval, (value) => percent(value)),
];

function notes(summary: RunSummary): string[] {
  const first = summary.methods[0];
  if (first === undefined) return ["no method was evaluated"];
  const { accuracy, sampledAccuracy, assessmentMicro, assessmentMacro } = first.metrics;
  const count = (metric: typeof accuracy): string => whole(metric.perSeed[0]?.n ?? 0);
  const seeds = summary.seeds.length;
  return [
    `n: ${count(accuracy)} test questions greedy, ${count(sampledAccuracy)} samples (${first.k} a question), ` +
      `${count(assessmentMicro)} pairs of ${count(assessmentMacro)} questions;`,
    `   ${seeds === 1 ? `one seed (${summary.seeds[0]}): nothing is known about the spread between seeds.` : `${plural(seeds, "seed")}: the counts are those of the first, the values are means over seeds.`}`,
    `[low, high]: 95 % interval for the test questions being a sample; ${
      accuracy.intervalMethod === "wilson" ? "Wilson for greedy accuracy, else" : "of the mean over seeds,"
    } bootstrap`,
    `   over questions (${whole(summary.resamples)} resamples), paired for differences, which are in points. AAcc: assessment accuracy.`,
    ...(seeds < 2 ? [] : [`   std over seeds, greedy: ${spread(summary)}`]),
  ];
}

const spread = ({ methods }: RunSummary): string =>
  methods.map(({ label, metrics }) => `${label} ${percent(metrics.accuracy.overSeeds?.std)}`).join(", ");

/** Left-aligned first column, the others right-aligned under their heads. */
function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("──");
  return [line(head), rule, ...rows.map(line)].join("\n");
}
