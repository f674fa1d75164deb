import {
  type Block,
  badge,
  type Cell,
  type Inline,
  quiet,
  small,
  strong,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, plural, points, range } from "../../format.ts";
import type { Difference, MethodSummary, RunSummary } from "../../generated/report.ts";
import { directionOf, shownInterval } from "../../measure/verdicts.ts";
import { against, baselineCell, missing, plainCell } from "../cells.ts";
import { questionsAsked } from "../in-short/methods.ts";

/** One line a method: what most readers want to know, with a verdict. */
export function glance({ methods, seeds, split }: RunSummary): Block {
  const isCompared = methods.some((method) => against(method, "continued") !== undefined);
  const n = questionsAsked(methods[0]!);
  const seedsText = seeds.length > 1 ? ` with each of ${seeds.length} seeds` : "";
  return tableOf(
    methods,
    [
      ["Method", ({ label }) => label],
      ["greedy answers right, %", ({ metrics }) => plainCell(metrics.accuracy)],
      isCompared && ["minus continued VFT, points", gain],
      isCompared && ["verdict", verdict, "text"],
      ["single samples right, %", ({ metrics }) => plainCell(metrics.sampledAccuracy)],
      ["assessment accuracy, %", ({ metrics }) => plainCell(metrics.assessmentMicro)],
      ["perplexity of right COTs", ({ metrics }) => plainCell(metrics.perplexityPositive, decimal)],
    ],
    {
      label: "Results at a glance",
      caption: `On ${plural(n, `${split} question`)}${seedsText}; brackets are 95 % intervals${isCompared ? ", those of differences for all methods together" : ""}`,
      kind: "glance",
      isBaseline,
    },
  );
}

const isBaseline = ({ role }: MethodSummary): boolean => role === "continued";

const gainOf = (method: MethodSummary): Difference | undefined =>
  against(method, "continued")?.differences.accuracy;

function gain(method: MethodSummary): Cell {
  if (isBaseline(method)) return baselineCell;
  const difference = gainOf(method);
  if (difference === undefined) return missing;
  return {
    content: [strong(points(difference.value)), small(range(shownInterval(difference), points))],
    mark: directionOf(difference),
  };
}

/** By the interval beside it. */
function verdict(method: MethodSummary): Inline {
  const difference = gainOf(method);
  if (isBaseline(method)) return "";
  if (difference?.value == null) return "–";
  return { gain: badge("gain", "better"), loss: badge("loss", "worse"), unclear: quiet("unclear") }[
    directionOf(difference)
  ];
}
