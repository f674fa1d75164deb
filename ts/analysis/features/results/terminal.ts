import { columns } from "../../document/columns.ts";
import { significant, testedAgainst } from "../../measure/paired-tests.ts";
import { ablationTable } from "../../report/ablationTable.ts";
import { betaTable } from "../../report/betaTable.ts";
import { decimal, percent, plural, points, range, whole } from "../../report/format.ts";
import { modeTable } from "../../report/modeTable.ts";
import type { MethodSummary, MetricName, RunSummary } from "../../report/schema.ts";
import { taskTable } from "../../report/taskTable.ts";

/** The run's numbers as plain tables for a terminal, under 100 columns, with counts and intervals. */
export function renderTable(summary: RunSummary): string {
  const { methods } = summary;
  const k = Math.max(0, ...methods.map((method) => method.k));
  const baseline = methods.find(({ role }) => role === "continued");
  const seeds = summary.seeds.length > 1;
  const answers = columns(
    [
      "Answers, % right",
      ...["greedy", "", ...(seeds ? ["std"] : [])],
      ...["vs continued VFT", ""],
      ...["sampled", `maj@${k}`, `pass@${k}`],
    ],
    methods.map((method) => {
      const difference = againstContinued(method)?.accuracy;
      return [
        method.label,
        ...withInterval(method, "accuracy"),
        ...(seeds ? [percent(method.metrics.accuracy.overSeeds?.std)] : []),
        method === baseline ? "baseline " : `${points(difference?.value)}${mark(method, "accuracy")}`,
        difference === undefined ? "" : range(difference.interval, points),
        marked(method, "sampledAccuracy"),
        ...(["majority", "passAtMost"] as const).map((name) => percent(method.metrics[name].value)),
      ];
    }),
  );
  const assessing = columns(
    ["Assessing the VFT samples", "AAcc micro %", "", "macro %", "ppl right", "ppl wrong"],
    methods.map((method) => [
      method.label,
      marked(method, "assessmentMicro"),
      range(method.metrics.assessmentMicro.interval, (value) => percent(value)),
      marked(method, "assessmentMacro"),
      decimal(method.metrics.perplexityPositive.value),
      decimal(method.metrics.perplexityNegative.value),
    ]),
  );
  return [
    answers,
    "",
    assessing,
    ...betaTable(summary),
    "",
    ...taskTable(summary),
    ...modeTable(summary),
    ...ablationTable(summary),
    ...notes(summary),
  ].join("\n");
}

const againstContinued = ({ comparisons }: MethodSummary) =>
  comparisons.find(({ role }) => role === "continued")?.differences;

/** As wide as the mark, so that the numbers stay under each other. */
function mark(method: MethodSummary, name: MetricName): string {
  const difference = againstContinued(method)?.[name];
  return difference !== undefined && significant(difference) ? "*" : " ";
}

const marked = (method: MethodSummary, name: MetricName): string =>
  `${percent(method.metrics[name].value)}${mark(method, name)}`;

const withInterval = ({ metrics }: MethodSummary, name: MetricName): string[] => [
  percent(metrics[name].value),
  range(metrics[name].interval, (value) => percent(value)),
];

/** What the first tables are over, where a run has several tasks. */
function over({ tasks, split }: RunSummary): string[] {
  const trained = tasks.filter(({ use }) => use === "train").map(({ name }) => name);
  if (tasks.length < 2) return [];
  return [
    `The first two tables are over the ${split} questions of ${trained.length > 1 ? `the ${trained.length} trained tasks, pooled` : trained[0]}.`,
  ];
}

function notes(summary: RunSummary): string[] {
  const first = summary.methods[0];
  if (first === undefined) return ["no method was evaluated"];
  const { accuracy, sampledAccuracy, assessmentMicro, assessmentMacro } = first.metrics;
  const count = (metric: typeof accuracy): string => whole(metric.perSeed[0]?.n ?? 0);
  const seeds = summary.seeds.length;
  const tested = testedAgainst(summary.methods, "continued", "accuracy").length;
  return [
    ...over(summary),
    `n: ${count(accuracy)} ${summary.split} questions greedy, ${count(sampledAccuracy)} samples (${first.k} a question), ` +
      `${count(assessmentMicro)} pairs of ${count(assessmentMacro)} questions;`,
    `   ${seeds === 1 ? `one seed (${summary.seeds[0]}): nothing is known about the spread between seeds.` : `${plural(seeds, "seed")}: the counts are those of the first, the values are means over seeds, std is over seeds.`}`,
    `[low, high]: 95 % interval for the ${summary.split} questions being a sample; ${
      accuracy.intervalMethod === "wilson" ? "Wilson for greedy accuracy, else" : "of the mean over seeds,"
    } bootstrap`,
    `   over questions (${whole(summary.resamples)} resamples), paired for differences, which are in points.`,
    "AAcc: assessment accuracy. ppl: perplexity of right and wrong COTs.",
    ...(tested === 0
      ? []
      : [
          `*: differs from continued VFT with p < .05 by a paired sign-flip test over questions, Holm-adjusted for`,
          `   the ${plural(tested, "method")} compared${seeds === 1 ? "" : "; whether it holds for other seeds, the spread over seeds tells"}.`,
        ]),
  ];
}
