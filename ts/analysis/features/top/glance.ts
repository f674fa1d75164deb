import {
  type Block,
  badge,
  type Cell,
  hint,
  type Inline,
  quiet,
  small,
  strong,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, plural, points, range } from "../../format.ts";
import type { Difference, MethodSummary, MetricName, RunSummary } from "../../generated/report.ts";
import { directionOf, shownInterval } from "../../measure/verdicts.ts";
import { describeMethod } from "../../run/method-words.ts";
import { withHints } from "../../words/index.ts";
import { against, asPercent, baselineCell, missing, plainCell } from "../cells.ts";
import { questionsAsked } from "../methods.ts";

/** One line a method: what most readers want to know, with a verdict. */
export function glance({ methods, seeds, split }: RunSummary): Block {
  const isCompared = methods.some((method) => against(method, "continued") !== undefined);
  const n = questionsAsked(methods[0]!);
  const seedsText = seeds.length > 1 ? ` with each of ${seeds.length} seeds` : "";
  const measured = (name: MetricName): boolean => methods.some(({ metrics }) => metrics[name].value !== null);
  const head = (words: string): Inline => withHints(words, methods);
  return tableOf(
    methods,
    [
      ["Method", (method) => hint(method.label, describeMethod(method))],
      [head("greedy answers right, %"), ({ metrics }) => plainCell(metrics.accuracy)],
      isCompared && [head("minus continued VFT, points"), gain],
      isCompared && ["verdict", verdict, "text"],
      measured("sampledAccuracy") && ["single samples right, %", beside("sampledAccuracy")],
      measured("assessmentMicro") && [head("assessment accuracy, %"), beside("assessmentMicro")],
      measured("perplexityPositive") && [
        head("perplexity of right COTs"),
        beside("perplexityPositive", decimal),
      ],
    ],
    {
      label: "Results at a glance",
      caption: `On ${plural(n, `${split} question`)}${seedsText}; in brackets: 95 % intervals${isCompared ? "; ▲ significantly better, ▼ significantly worse than continued VFT" : ""}`,
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

const arrows = { gain: " ▲", loss: " ▼", unclear: "" };

/** A value by itself, which says where it differs from the baseline's. */
const beside =
  (name: "sampledAccuracy" | "assessmentMicro" | "perplexityPositive", format = asPercent) =>
  (method: MethodSummary): Cell => {
    const difference = against(method, "continued")?.differences[name];
    const direction = difference == null ? "unclear" : directionOf(difference, name === "perplexityPositive");
    const { value, interval } = method.metrics[name];
    return {
      content: [`${format(value)}${arrows[direction]}`, small(range(interval, format))],
      mark: direction === "unclear" ? undefined : direction,
    };
  };

/** By the interval beside it. */
function verdict(method: MethodSummary): Inline {
  const difference = gainOf(method);
  if (isBaseline(method)) return "";
  if (difference?.value == null) return "–";
  return { gain: badge("gain", "better"), loss: badge("loss", "worse"), unclear: quiet("unclear") }[
    directionOf(difference)
  ];
}
