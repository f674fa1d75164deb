import {
  type Cell,
  type ColumnOf,
  type Content,
  heading,
  note,
  paragraph,
  small,
  strong,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, plural, points, range } from "../../format.ts";
import type { MethodSummary, RunSummary } from "../../generated/report.ts";
import { shownInterval } from "../../measure/verdicts.ts";
import { type Constraint, constraints } from "../../run/roles.ts";
import { against, missing, spread, terminalMark } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { type AblationRow, ablationOf, constraintEffects } from "./numbers.ts";

/** Losses by constraints; nothing where the run has no such comparison. */
export const ablation: Feature = {
  view: ({ summary }) => {
    const rows = ablationOf(summary);
    if (rows === null) return null;
    const { methods, split } = summary;
    return [
      heading("Is the constraint what matters?", "ablation"),
      tableOf(
        rows,
        [
          ["Loss", ({ family }) => family],
          ["no constraint", ({ cells }) => cellOf(cells.none)],
          ["detached (DC)", ({ cells }) => cellOf(cells.detached)],
          ["boundary (BC)", ({ cells }) => cellOf(cells.boundary)],
        ],
        {
          label: "Losses by constraints",
          caption: `Each loss with each constraint: greedy accuracy minus continued VFT in points, with its interval for all methods together; below it the perplexity of right COTs with its interval. All on ${plural(methods[0]?.metrics.accuracy.perSeed[0]?.n ?? 0, `${split} question`)}.`,
          kind: "results",
        },
      ),
      paragraph(constraintEffects(rows)),
      note(
        "If the constraint is what matters, every loss does better with one than without, the published baselines included. The reason to expect it: without a constraint, worse COTs are pushed down without a limit, and text that is wrong but well formed goes down with them, which a rising perplexity of right COTs shows.",
      ),
    ];
  },
};

/** Methods that differ in another setting, as in a sweep of beta, share a cell, each with its name. */
const cellOf = (methods: readonly MethodSummary[]): Cell =>
  methods.length === 0
    ? missing
    : methods.map((method) => {
        const { perplexityPositive } = method.metrics;
        const accuracy = against(method, "continued")?.differences.accuracy;
        return [
          methods.length > 1 && small(method.label),
          strong(points(accuracy?.value)),
          accuracy && spread(accuracy),
          small(`perplexity ${decimal(perplexityPositive.value)}`),
          small(range(perplexityPositive.interval, decimal)),
        ];
      });

/** For a terminal. */
export function ablationTable(summary: RunSummary): Content {
  const rows = ablationOf(summary);
  return (
    rows !== null &&
    tableOf(
      rows.flatMap(terminalRows),
      [
        ["Loss", ({ head }) => head],
        ...constraints.map(
          (constraint): ColumnOf<TerminalRow> => [
            constraint,
            ({ cells }) => terminalNumbers(cells[constraint]),
          ],
        ),
      ],
      {
        label: "Losses by constraints",
        caption:
          "Is the constraint what matters? Greedy accuracy minus continued VFT, points; perplexity of right COTs",
      },
    )
  );
}

interface TerminalRow {
  head: string;
  cells: Partial<Record<Constraint, MethodSummary>>;
}

/** A method that shares its cell with others (other settings of the same) has a row of its own, with its name. */
function terminalRows({ family, cells }: AblationRow): TerminalRow[] {
  const alone = constraints.flatMap((constraint) =>
    cells[constraint].length === 1 ? [[constraint, cells[constraint][0]!] as const] : [],
  );
  const shared = constraints.flatMap((constraint) =>
    cells[constraint].length > 1
      ? cells[constraint].map((method) => ({ head: `  ${method.label}`, cells: { [constraint]: method } }))
      : [],
  );
  return [{ head: family, cells: Object.fromEntries(alone) }, ...shared];
}

function terminalNumbers(method: MethodSummary | undefined): Cell {
  const accuracy = against(method, "continued")?.differences.accuracy;
  return accuracy === undefined
    ? ["", small(""), small("")]
    : [
        `${points(accuracy.value)}${terminalMark(accuracy)}`,
        small(range(shownInterval(accuracy), points)),
        small(decimal(method!.metrics.perplexityPositive.value)),
      ];
}
