import { isRanked } from "../../../config/index.ts";
import {
  type Block,
  type Cell,
  type Content,
  type Inline,
  note,
  small,
  styled,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, plural, points, whole } from "../../format.ts";
import type { Comparison, MethodSummary, MetricName, RunSummary } from "../../generated/report.ts";
import { testedAgainst } from "../../measure/paired-tests.ts";
import { directionOf } from "../../measure/verdicts.ts";
import { against, baselineCell, differenceCell, metricCell, spread, testLines } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { paperGsm8k } from "../paper/numbers.ts";
import { results as numbers } from "./numbers.ts";
import { testFootnote } from "./test-footnote.ts";

/** Every method with every number, the paper's beside; the first screen has them at a glance. */
export const results: Feature = {
  section: { id: "results", title: () => "Every number, with its test", contentsTitle: "Results" },
  numbers,
  view: ({ summary }) => [everyNumber(summary), intervalNote(summary), testNote(summary)],
};

const isBaseline = ({ role }: MethodSummary): boolean => role === "continued";

function everyNumber(summary: RunSummary): Block {
  const { methods } = summary;
  const k = Math.max(0, ...methods.map((method) => method.k));
  return tableOf(
    methods,
    [
      ["Method", ({ label }) => label],
      ["accuracy, %", ({ metrics }) => metricCell(metrics.accuracy)],
      ["minus continued VFT, points", minus("continued")],
      ["minus VFT kept, points", minus("kept")],
      ["assessment accuracy, micro, %", tested("assessmentMicro")],
      ["macro, %", tested("assessmentMacro")],
      ["perplexity of right COTs", ({ metrics }) => metricCell(metrics.perplexityPositive, decimal)],
      ["of wrong COTs", ({ metrics }) => metricCell(metrics.perplexityNegative, decimal)],
      ["single samples, %", tested("sampledAccuracy")],
      [`maj@${k}, %`, ({ metrics }) => metricCell(metrics.majority)],
      [`pass@${k}, %`, ({ metrics }) => metricCell(metrics.passAtMost)],
      ["other models and data: 7B / 13B, %", paperCell, "paper"],
    ],
    {
      label: "Every number",
      caption: counts(summary),
      kind: "results",
      isBaseline,
      groups: [
        { head: "Greedy decoding", columns: 3 },
        { head: "Assessing the VFT model’s COTs", columns: 4 },
        { head: `Sampled, ${k} a question`, columns: 3 },
        { head: "The paper, GSM8K", columns: 1, kind: "paper" },
      ],
    },
  );
}

function counts({ methods: [first], seeds, split, tasks }: RunSummary): string {
  if (first === undefined) return "No method was evaluated.";
  const n = (name: MetricName): string => whole(first.metrics[name].perSeed[0]?.n ?? 0);
  const trained = tasks.filter(({ use }) => use === "train").map(({ name }) => name);
  const pooled = trained.length === 1 ? trained[0] : `the questions of ${trained.join(", ")}, pooled`;
  return (
    `${tasks.length < 2 ? "" : `${pooled}; each task is apart below. `}` +
    `n for ${seeds.length === 1 ? "one seed" : `each of ${seeds.length} seeds`}: ${n("accuracy")} ${split} questions, ${n("sampledAccuracy")} samples, ` +
    `${n("assessmentMicro")} pairs of a right and a wrong COT from ${n("assessmentMacro")} questions.`
  );
}

const minus =
  (role: Comparison["role"]) =>
  (method: MethodSummary): Cell =>
    method.role === role ? baselineCell : differenceCell(against(method, role)?.differences.accuracy);

/** A metric with its difference to continued VFT, which is tested. */
const tested =
  (name: MetricName) =>
  (method: MethodSummary): Cell => {
    const difference = against(method, "continued")?.differences[name];
    const content: Inline = [
      metricCell(method.metrics[name]),
      difference !== undefined &&
        difference.p !== null && [
          styled("difference", `vs cont. ${points(difference.value)}`),
          spread(difference),
          testLines(difference),
        ],
    ];
    return { content, mark: difference?.p == null ? undefined : directionOf(difference) };
  };

function paperCell({ role, settings }: MethodSummary): Cell {
  // The paper's numbers on GSM8K are those of right and wrong COTs; by ranks it measured other data.
  const byRanks = isRanked(settings.constraint);
  const paper = byRanks ? undefined : paperGsm8k[role];
  return paper === undefined
    ? "–"
    : [`${paper.size7B.toFixed(2)} / ${paper.size13B.toFixed(2)}`, small(paper.method)];
}

function intervalNote({ seeds, split, resamples }: RunSummary): Content {
  const isSingle = seeds.length === 1;
  return note(
    `[low, high] is a 95 % interval for the ${split} questions being a sample of all such questions: ${
      isSingle ? "Wilson’s for greedy accuracy, otherwise a" : "a"
    } percentile bootstrap over questions (${plural(resamples, "resample")})${
      isSingle ? "" : " of the mean over the seeds"
    }, or, where all questions agree, Wilson’s limit for none that departs; differences are paired question by question. ${
      isSingle
        ? "One seed was run: how much another seed would move these numbers is not known."
        : "std is over the seeds."
    }`,
  );
}

function testNote({ methods, seeds }: RunSummary): Content {
  const count = testedAgainst(methods, "continued", "accuracy").length;
  const isSingle = seeds.length === 1;
  return (
    count > 0 &&
    note(
      `The interval below a difference to a baseline decides what it is called: a gain or a loss (coloured) where it leaves out 0, unclear (grey) otherwise. Among many comparisons some look like a gain by chance; so it is a 95 % interval for all methods compared with the same baseline together (${plural(count, "method")} with continued VFT), as many standard errors to either side as the largest deviation among them does not exceed in 95 % of the resamples (the bootstrap max-t of Westfall and Young, 1993)${isSingle ? "" : "; it is as wide as Student’s 95 % interval over the seeds where that is wider"}. Resampling is too sure of itself where few questions differ, so the interval reaches to 0 where the exact test does not rule 0 out. “alone”: the interval of this difference by itself${isSingle ? "" : "; “seeds”: Student’s over the seeds"}. ${testFootnote(isSingle)} “vs cont.” is the difference to continued VFT in points.`,
    )
  );
}
