import { type Content, note, tableOf } from "../../document/blocks.ts";
import { boldCell } from "../../features/cells.ts";
import { cellText } from "../axes.ts";
import { format } from "../measures.ts";
import type { SweepNumbers } from "../numbers.ts";
import { bestOf } from "../results.ts";

/**
 * The best cell of each method, where the sweep follows no single one: the tuning of all by one rule. Of equal cells the
 * first, which is the smallest value where the values stand in order.
 */
export function bestOfEach({ best, done, methods, axes }: SweepNumbers): Content {
  // More rows than cells: the best was looked for among all methods.
  if (best === undefined || done.length < 2 || best.among <= done.length) return null;
  const { metric, measure } = best;
  const trained = methods.filter(({ role }) => role !== "kept");
  const rows = trained.flatMap(({ name }) => {
    const found = bestOf(done, { metric, method: name });
    const cell = done.find((one) => one.cell === found?.cell);
    return found === null || cell === undefined ? [] : [{ ...found, cell }];
  });
  return [
    tableOf(
      rows,
      [
        ["Method", ({ label }) => label],
        ["its best cell", ({ cell }) => cellText(cell, axes)],
        [measure.label, (row) => boldCell(row, (value) => format(measure, value))],
        ["tries", ({ among }) => among],
      ],
      { label: "Each method at its best", caption: "Each method at its best, with 95 % intervals" },
    ),
    note(
      "The best of several tries looks better than it is, and the more so the more tries: compare the chosen settings on questions and seeds that had no part in the choice.",
    ),
  ];
}
