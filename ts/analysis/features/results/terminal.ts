import { type Block, preformatted, small, tableOf } from "../../document/blocks.ts";
import { terminalWidth } from "../../document/terminal.ts";
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

/** The one table at the end of a run, and in a line what it is over; the others are in table.txt and in the report. */
export interface EndTable {
  table: Block;
  note: string;
}

/** In the order in which a narrow terminal leaves columns out: what is left out is not told of either. */
const leftOut = ["majority", "assessing", "sampled", "gain"] as const;

type EndColumn = (typeof leftOut)[number];

/** @param width columns of letters; greedy answers are shown however few there are */
export function endTable(summary: RunSummary, width: number): EndTable {
  const { methods } = summary;
  const k = Math.max(0, ...methods.map((method) => method.k));
  const tableWithout = (without: readonly EndColumn[]): EndTable => {
    const has = (column: EndColumn, isThere: boolean): boolean => isThere && !without.includes(column);
    const shown = {
      gain: has(
        "gain",
        methods.some(({ role }) => role === "continued"),
      ),
      sampled: has("sampled", k > 0),
      majority: has("majority", k > 1),
      assessing: has("assessing", hasPairs(methods)),
    };
    const table = tableOf(
      methods,
      [
        ["", ({ label }) => label],
        ["greedy, % right", ({ metrics }) => terminalCell(metrics.accuracy)],
        shown.gain && ["vs continued VFT", gain],
        shown.sampled && ["one sample", marked("sampledAccuracy")],
        shown.majority && [`maj@${k}`, ({ metrics }) => percent(metrics.majority.value)],
        shown.assessing && ["assessing, %", marked("assessmentMicro")],
      ],
      { label: "Results", caption: "" },
    );
    return { table, note: endNote(summary, shown) };
  };
  const all = leftOut.map((_, count) => tableWithout(leftOut.slice(0, count)));
  return all.find(({ table }) => terminalWidth([table]) <= width) ?? tableWithout(leftOut);
}

/** One sample a question has none: there is nothing to assess. */
const hasPairs = (methods: readonly MethodSummary[]): boolean =>
  methods.some(({ metrics }) => metrics.assessmentMicro.value !== null);

/** What the table is over, and what its columns and its mark mean. */
function endNote({ methods, tasks, seeds, split }: RunSummary, shown: Record<EndColumn, boolean>): string {
  const { accuracy, assessmentMicro } = methods[0]!.metrics;
  const k = Math.max(0, ...methods.map((method) => method.k));
  const count = (metric: typeof accuracy): string => whole(metric.perSeed[0]?.n ?? 0);
  const isMarked =
    (shown.gain || shown.sampled || shown.assessing) &&
    testedAgainst(methods, "continued", "accuracy").length > 0;
  return [
    `${count(accuracy)} ${split} questions${tasks.length > 1 ? " of the trained tasks, pooled" : ""}`,
    ...(shown.assessing
      ? [
          `assessing: of ${count(assessmentMicro)} pairs of a right and a wrong sample those scored in the right order`,
        ]
      : []),
    ...(shown.majority ? [`maj@${k}: the most frequent answer of ${k} samples`] : []),
    `${plural(seeds.length, "seed")}; [95 % interval]`,
    ...(isMarked ? ["*: significantly other than continued VFT"] : []),
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
