import {
  type Block,
  type Cell,
  type Column,
  type Content,
  code,
  details,
  heading,
  link,
  list,
  note,
  small,
  table,
  text,
} from "../../document/blocks.ts";
import { boldCell, missing } from "../../features/cells.ts";
import { plural, points, pValue, whole } from "../../format.ts";
import { shownInterval } from "../../measure/verdicts.ts";
import { includes } from "../../statistics/interval.ts";
import { isLower } from "../against-best.ts";
import { valueText } from "../axes.ts";
import { format, type Measure } from "../measures.ts";
import { type BestCell, methodIn, type SweepNumbers } from "../numbers.ts";
import type { CellMethod, CellResult } from "../results.ts";

/** One row a cell for the method that is followed, then every method of every cell. */
export const cells = (sweep: SweepNumbers): Content => [
  sweep.best !== undefined && [followedTable(sweep, sweep.best), explanation(sweep, sweep.best)],
  unfinished(sweep.results.cells),
  sweep.done.length > 0 && details("Every method in every cell", everyMethodTable(sweep)),
];

/** Without anything that varies, the cell's name stands in its place. */
const settingColumns = ({ axes }: SweepNumbers): string[] =>
  axes.length === 0 ? ["cell"] : axes.map(({ name }) => name);

/** The first of them is the row's head, and leads to the cell's own report. */
function settingsIn({ axes }: SweepNumbers, cell: CellResult) {
  const [first = cell.cell, ...others] = axes.map(({ keys }) =>
    keys.map((key) => valueText(cell, key)).join(", "),
  );
  return { head: link(address(cell), first, `${first}: the report of ${cell.cell}`), others };
}

/** Relative to the sweep's folder. Names are made of letters, digits and marks, of which some mean something in an address. */
const address = ({ run }: CellResult): string =>
  `${run.split("/").map(encodeURIComponent).join("/")}/report.html`;

function followedTable(sweep: SweepNumbers, best: BestCell): Block {
  const { done, measures } = sweep;
  const { words } = best.measure;
  const isCompared = done.some((cell) => cell.againstBest !== undefined);
  return table({
    label: `${best.label} in every cell`,
    caption: `${best.label} in every cell, with 95 % intervals; n: ${counts(sweep, best)}. Each row leads to the cell’s own report`,
    columns: [
      ...settingColumns(sweep),
      ...measures.map(({ label }) => label),
      `${words}, minus continued VFT of the same cell, points`,
      ...(isCompared ? [`${words}, minus the best cell’s, points`] : []),
    ],
    rows: done.map((cell) => {
      const method = methodIn(cell, best.method);
      const isBest = cell === best.result;
      const { head, others } = settingsIn(sweep, cell);
      return {
        head,
        baseline: isBest,
        cells: [
          ...others,
          ...measures.map((measure) => measured(method, measure)),
          againstContinued(method, best.metric),
          ...(isCompared ? [againstBest(cell, isBest)] : []),
        ],
      };
    }),
    kind: "results",
  });
}

const countedAs: Partial<Record<Measure["name"], (count: number) => string>> = {
  accuracy: (count) => plural(count, "question"),
  sampledAccuracy: (count) => plural(count, "sample"),
  assessmentMicro: (count) => `${whole(count)} pairs of a right and a wrong COT`,
  perplexityPositive: (count) => `${whole(count)} right COTs`,
};

function counts({ done, measures }: SweepNumbers, best: BestCell): string {
  const { metrics } = done.flatMap((cell) => methodIn(cell, best.method) ?? [])[0]!;
  const texts = measures.flatMap(({ name }) => countedAs[name]?.(metrics[name]?.n ?? 0) ?? []);
  return `${texts.join(", ")} (first seed, first cell)`;
}

const measured = (method: CellMethod | undefined, measure: Measure): Cell =>
  boldCell(method?.metrics[measure.name] ?? { value: null, interval: null }, (value) =>
    format(measure, value),
  );

function againstContinued(method: CellMethod | undefined, metric: string): Cell {
  const difference = method?.againstContinued?.[metric];
  if (difference === undefined) return missing;
  const { interval, value } = difference;
  const isClear = interval !== null && value !== null && !includes(interval, 0);
  return {
    content: boldCell(difference, points),
    mark: !isClear ? "unclear" : value > 0 ? "gain" : "loss",
  };
}

function againstBest({ againstBest: difference }: CellResult, isBest: boolean): Cell {
  if (isBest) return { content: "best", mark: "quiet" };
  if (difference === undefined) return { content: "not comparable", mark: "quiet" };
  const { p, pHolm } = difference;
  return {
    content: [
      boldCell({ value: difference.value, interval: shownInterval(difference) }, points),
      p !== null && small(pValue(p)),
      pHolm !== null && small(pValue(pHolm, "Holm")),
    ],
    mark: isLower(difference) ? "loss" : "unclear",
  };
}

function explanation({ done }: SweepNumbers, { measure }: BestCell): Block {
  const tested = done.filter((cell) => cell.againstBest?.p != null).length;
  return note([
    `The best cell has the highest ${measure.words}; its row is shaded. Differences are paired question by question. `,
    tested > 0 &&
      `p: a paired sign-flip test over questions (McNemar’s exact one for the greedy answers of a single seed), two-sided; Holm: adjusted for the ${plural(tested, "cell")} compared with the best. An interval reaches to 0 where that test does not rule 0 out, and a cell is worse where it does not. `,
    "Against continued VFT, a difference is coloured where its interval does not include 0; as in the cell’s own report it is for all methods of the cell together, not for all cells.",
  ]);
}

function unfinished(results: readonly CellResult[]): Content {
  const open = results.filter(({ status }) => status !== "done");
  return (
    open.length > 0 && [
      heading("Cells without numbers"),
      list(
        open.map(
          ({ cell, error }) => text`${code(cell)}: ${error === undefined ? "not done" : `failed: ${error}`}`,
        ),
      ),
      note("The same command goes on with them: what is done is not done again."),
    ]
  );
}

function everyMethodTable(sweep: SweepNumbers): Block {
  const { done, measures } = sweep;
  const method: Column = { head: "method", kind: "text" };
  return table({
    label: "Every method in every cell",
    caption: "Every method in every cell, with 95 % intervals",
    columns: [...settingColumns(sweep), method, ...measures.map(({ label }) => label), "questions"],
    rows: done.flatMap((cell) => {
      const { head, others } = settingsIn(sweep, cell);
      return cell.methods.map((row) => ({
        head,
        cells: [
          ...others,
          row.label,
          ...measures.map((measure) => measured(row, measure)),
          whole(row.metrics.accuracy?.n ?? 0),
        ],
      }));
    }),
  });
}
