/** The first screen of a sweep: which setting is best, how sure that is, and all cells beside each other. */
import { accuracyRows } from "../charts/rows/accuracy.ts";
import { differenceRows } from "../charts/rows/differences.ts";
import { board, chart } from "../document/blocks.ts";
import type { Chart, Top } from "../document/model.ts";
import { plural, range } from "../format.ts";
import { shownInterval } from "../measure/verdicts.ts";
import { withHints, wordsOf } from "../words/index.ts";
import { isLower } from "./against-best.ts";
import { cellText } from "./axes.ts";
import { capitalised, format, formatted } from "./measures.ts";
import { type BestCell, followedValue, methodIn, type SweepNumbers } from "./numbers.ts";
import type { CellResult } from "./results.ts";
import { methodsByValue } from "./views/by-value.ts";

/** So many cells are drawn: the best ones. */
const mostCells = 24;

/** What came out of a sweep, in a sentence. */
function sweepVerdict(sweep: SweepNumbers): string {
  const { best, axes, done } = sweep;
  if (best === undefined)
    return done.length === 0
      ? "No cell is done yet."
      : "No cell has a number by which the best could be chosen.";
  const { label, measure, value, interval, others } = best;
  const brackets = range(interval, (end) => format(measure, end));
  const number = `${formatted(measure, value)}${brackets && ` ${brackets}`}`;
  if (others.length > 0 && others.every((cell) => followedValue(sweep, cell) === value))
    return `All ${done.length} cells have the same ${measure.words} of ${label}, ${number}.`;
  const first = `${cellText(best.result, axes)} has the highest ${measure.words} of ${label}, ${number}`;
  const tested = others.filter(({ againstBest }) => againstBest?.pHolm != null);
  if (tested.length === 0) return `${first}; no other cell was held against it.`;
  const lower = tested.filter(({ againstBest }) => isLower(againstBest!)).length;
  const [rest, all] = [tested.length - lower, plural(tested.length, "other cell")];
  if (lower === 0) return `${first}; none of the ${all} can be told from it.`;
  return `${first}; of the ${all} ${lower} ${lower === 1 ? "is" : "are"} significantly worse${rest === 0 ? "" : `, ${rest} cannot be told from it`}.`;
}

/** Nothing where no cell is done. */
export function sweepTop(sweep: SweepNumbers): Top | undefined {
  const { best, done, results, axes } = sweep;
  if (done.length === 0) return undefined;
  const [first] = done;
  const questions = first?.methods[0]?.metrics.accuracy?.n ?? 0;
  const varied = axes.map(({ name, values }) => `${name} (${plural(values.length, "value")})`).join(" by ");
  return {
    verdict: withHints(sweepVerdict(sweep), sweep.methods, true),
    tone: "none",
    basis: `${plural(results.cells.length, "variant")} of one experiment${varied === "" ? "" : `, ${varied}`}, each on ${plural(questions, `${first!.split} question`)} with ${plural(first!.seeds.length, "seed")}.`,
    warnings: warningsOf(sweep),
    blocks: [
      ...(best === undefined ? [] : [board({ switches: [], tiles: tilesOf(sweep, best) })]),
      ...methodsByValue(sweep),
      wordsOf(sweep.methods, true),
    ],
  };
}

function warningsOf({ results: { cells }, done }: SweepNumbers): Top["warnings"][number][] {
  const failed = cells.filter(({ status }) => status === "failed").length;
  const waiting = cells.filter(({ status }) => status === "waiting").length;
  const onTest = done.some(({ split }) => split === "test");
  return [
    ...(failed > 0
      ? [
          {
            label: `${plural(failed, "cell")} failed`,
            text: "They are missing in all that is compared.",
            address: "#cells",
          },
        ]
      : []),
    ...(waiting > 0
      ? [
          {
            label: `${plural(waiting, "cell")} not done`,
            text: "They are missing in all that is compared.",
            address: "#cells",
          },
        ]
      : []),
    ...(onTest
      ? [
          {
            label: "chosen on the test questions",
            text: "The best of many owes something to chance: to choose settings, use stages.evaluate.split: validation.",
            address: "#in-short",
          },
        ]
      : []),
  ];
}

function tilesOf(sweep: SweepNumbers, best: BestCell): Chart[] {
  const { axes, done } = sweep;
  const cells = [...done]
    .filter((cell) => methodIn(cell, best.method) !== undefined)
    .sort((a, b) => (followedValue(sweep, b) ?? 0) - (followedValue(sweep, a) ?? 0));
  // In the sweep's order where all are drawn, so that neighbours stand beside each other.
  const drawn =
    cells.length > mostCells ? cells.slice(0, mostCells) : done.filter((cell) => cells.includes(cell));
  const rows = drawn.map((cell, at) => ({ cell, key: `c${at + 1}`, label: cellText(cell, axes) }));
  const omitted = cells.length > drawn.length ? ` The best ${drawn.length} of ${cells.length} cells.` : "";
  return [
    ...(best.measure.name === "accuracy"
      ? [
          chart({
            title: `Answers right, ${best.label}`,
            caption: `Greedy answers and single samples, with 95 % intervals of each by itself.${omitted}`,
            file: "cells-accuracy",
            svg: accuracyRows(
              rows.map(({ cell, ...row }) => ({ ...row, ...answersOf(cell, best.method) })),
              { id: "top-accuracy", title: `Accuracy of ${best.label} by cell` },
            ),
          }),
        ]
      : []),
    ...(rows.some(({ cell }) => cell.againstBest !== undefined)
      ? [
          chart({
            title: "Minus the best cell",
            caption: `${capitalised(best.measure.words)} of ${best.label}, paired by question. One that leaves out 0 is significantly worse than the best.${omitted}`,
            file: "cells-against-best",
            svg: differenceRows(
              rows
                .filter(({ cell }) => cell === best.result || cell.againstBest !== undefined)
                .map(({ cell, ...row }) => ({ ...row, ...againstBestOf(cell) })),
              { id: "top-differences", title: "Each cell minus the best one", baseline: "the best cell" },
            ),
          }),
        ]
      : []),
  ];
}

function answersOf(cell: CellResult, method: string) {
  const none = { value: null, interval: null, n: 0 };
  const metrics = methodIn(cell, method)?.metrics;
  return { greedy: metrics?.accuracy ?? none, sampled: metrics?.sampledAccuracy };
}

function againstBestOf({ againstBest: difference }: CellResult) {
  if (difference === undefined)
    return { value: null, interval: null, direction: "unclear" as const, isBaseline: true };
  const direction = isLower(difference) ? ("loss" as const) : ("unclear" as const);
  return { value: difference.value, interval: shownInterval(difference), direction };
}
