import { type Block, preformatted, small, tableOf } from "../../document/blocks.ts";
import { decimal, percent, plural, points, range, whole } from "../../format.ts";
import type { MethodSummary, MetricName, RunSummary } from "../../generated/report.ts";
import { testedAgainst } from "../../measure/paired-tests.ts";
import { shownInterval } from "../../measure/verdicts.ts";
import { against, terminalCell, terminalMark } from "../cells.ts";

/** Answers and assessing, under 100 columns, with counts and intervals. */
export function resultsTables({ methods, seeds }: RunSummary): Block[] {
  const k = Math.max(0, ...methods.map((method) => method.k));
  return [
    tableOf(
      methods,
      [
        ["Answers, % right", ({ label }) => label],
        ["greedy", ({ metrics }) => terminalCell(metrics.accuracy)],
        seeds.length > 1 && ["std", ({ metrics }) => percent(metrics.accuracy.overSeeds?.std)],
        ["vs continued VFT", gain],
        ["sampled", marked("sampledAccuracy")],
        [`maj@${k}`, ({ metrics }) => percent(metrics.majority.value)],
        [`pass@${k}`, ({ metrics }) => percent(metrics.passAtMost.value)],
      ],
      { label: "Answers", caption: "" },
    ),
    tableOf(
      methods,
      [
        ["Assessment accuracy, VFT samples", ({ label }) => label],
        [
          "micro %",
          (method) => terminalCell(method.metrics.assessmentMicro, markOf(method, "assessmentMicro")),
        ],
        ["macro %", marked("assessmentMacro")],
        ["ppl right", ({ metrics }) => decimal(metrics.perplexityPositive.value)],
        ["ppl wrong", ({ metrics }) => decimal(metrics.perplexityNegative.value)],
      ],
      { label: "Assessing", caption: "" },
    ),
  ];
}

/** The one table at the end of a run; the others are in table.txt and in the report. */
export function endTable({ methods }: RunSummary): Block {
  const k = Math.max(0, ...methods.map((method) => method.k));
  return tableOf(
    methods,
    [
      ["", ({ label }) => label],
      ["greedy, % right", ({ metrics }) => terminalCell(metrics.accuracy)],
      methods.some(({ role }) => role === "continued") && ["vs continued VFT", gain],
      k > 0 && ["one sample", marked("sampledAccuracy")],
      k > 1 && [`maj@${k}`, ({ metrics }) => percent(metrics.majority.value)],
      hasPairs(methods) && ["assessing, %", marked("assessmentMicro")],
    ],
    { label: "Results", caption: "" },
  );
}

/** One sample a question has none: there is nothing to assess. */
const hasPairs = (methods: readonly MethodSummary[]): boolean =>
  methods.some(({ metrics }) => metrics.assessmentMicro.value !== null);

/** In a line: what the table is over, and what its mark means. */
export function endNote({ methods, tasks, seeds, split }: RunSummary): string {
  const [first] = methods;
  if (first === undefined) return "no method was evaluated";
  const { accuracy, assessmentMicro } = first.metrics;
  const k = Math.max(0, ...methods.map((method) => method.k));
  const count = (metric: typeof accuracy): string => whole(metric.perSeed[0]?.n ?? 0);
  return [
    `${count(accuracy)} ${split} questions${tasks.length > 1 ? " of the trained tasks, pooled" : ""}`,
    ...(hasPairs(methods)
      ? [
          `assessing: of ${count(assessmentMicro)} pairs of a right and a wrong sample those scored in the right order`,
        ]
      : []),
    ...(k > 1 ? [`maj@${k}: the most frequent answer of ${k} samples`] : []),
    `${plural(seeds.length, "seed")}; [95 % interval]`,
    ...(testedAgainst(methods, "continued", "accuracy").length > 0
      ? ["*: significantly other than continued VFT"]
      : []),
  ].join("; ");
}

function gain(method: MethodSummary) {
  const difference = against(method, "continued")?.differences.accuracy;
  return [
    method.role === "continued" ? "baseline " : `${points(difference?.value)}${markOf(method, "accuracy")}`,
    small(range(difference === undefined ? null : shownInterval(difference), points)),
  ];
}

const markOf = (method: MethodSummary, name: MetricName): string =>
  terminalMark(against(method, "continued")?.differences[name]);

const marked =
  (name: MetricName) =>
  (method: MethodSummary): string =>
    `${percent(method.metrics[name].value)}${markOf(method, name)}`;

/** What the tables are over and how they are to be read, last of all. */
export function resultsNotes(summary: RunSummary): Block {
  const { methods, tasks, split, seeds, resamples } = summary;
  const first = methods[0];
  if (first === undefined) return preformatted("no method was evaluated");
  const { accuracy, sampledAccuracy, assessmentMicro, assessmentMacro } = first.metrics;
  const count = (metric: typeof accuracy): string => whole(metric.perSeed[0]?.n ?? 0);
  const trained = tasks.filter(({ use }) => use === "train").map(({ name }) => name);
  const tested = testedAgainst(methods, "continued", "accuracy").length;
  return preformatted(
    [
      tasks.length > 1 &&
        `The first two tables are over the ${split} questions of ${trained.length > 1 ? `the ${trained.length} trained tasks, pooled` : trained[0]}.`,
      `n: ${count(accuracy)} ${split} questions greedy, ${count(sampledAccuracy)} samples (${first.k} a question), ` +
        `${count(assessmentMicro)} pairs of ${count(assessmentMacro)} questions;`,
      `   ${seeds.length === 1 ? `one seed (${seeds[0]}): nothing is known about the spread between seeds.` : `${plural(seeds.length, "seed")}: the counts are those of the first, the values are means over seeds, std is over seeds.`}`,
      `[low, high]: 95 % interval for the ${split} questions being a sample; ${
        accuracy.intervalMethod === "wilson" ? "Wilson for greedy accuracy, else" : "of the mean over seeds,"
      } bootstrap`,
      `   over questions (${whole(resamples)} resamples), paired for differences, which are in points.`,
      "ppl: perplexity of right and wrong COTs.",
      tested > 0 &&
        `*: differs from continued VFT: the interval of the difference, which is for the ${plural(tested, "method")} compared together${seeds.length === 1 ? "" : "\n   and for other seeds"},${seeds.length === 1 ? "\n  " : ""} leaves out 0.`,
    ]
      .filter(Boolean)
      .join("\n"),
  );
}
