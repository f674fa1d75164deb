import { type Block, strong, tableOf } from "../../document/blocks.ts";
import type { MethodSummary } from "../../generated/report.ts";
import { withHints } from "../../words/index.ts";
import { capitalised, format, metricOf } from "../measures.ts";
import { methodIn, type SweepNumbers } from "../numbers.ts";

/** More columns than this find no room beside each other. */
const mostValues = 10;

/** Where one thing varies and there are several methods: every method at every value, which lines over each other hide. */
export function methodsByValue({ axes, methods, best }: SweepNumbers): Block[] {
  const [axis, ...others] = axes;
  if (best === undefined || axis === undefined || others.length > 0 || methods.length < 2) return [];
  const columns = axis.values.filter(({ cells }) => cells.some(({ status }) => status === "done"));
  if (columns.length < 2 || columns.length > mostValues) return [];
  const { measure } = best;
  const numbersOf = ({ name }: MethodSummary): (number | null)[] =>
    columns.map(({ cells: [cell] }) => metricOf(cell && methodIn(cell, name), measure));
  return [
    tableOf(
      methods.map((method) => ({ ...method, numbers: numbersOf(method) })),
      [
        ["Method", ({ label }) => label],
        ...columns.map(
          ({ text }, at) =>
            [
              text,
              ({ numbers }: { numbers: (number | null)[] }) => {
                const value = numbers[at] ?? null;
                const isBest = value !== null && isHighest(value, numbers);
                return isBest ? strong(format(measure, value)) : format(measure, value);
              },
            ] as const,
        ),
      ],
      {
        kind: "grid",
        label: "Every method at every value",
        caption: [
          withHints(
            `${capitalised(measure.words)} by ${axis.name}${measure.isShare ? ", %" : ""}`,
            methods,
            true,
          ),
          "; bold: a method’s highest, which owes something to chance",
        ],
      },
    ),
  ];
}

/** Of a method that comes to the same everywhere no value is. */
function isHighest(value: number, numbers: readonly (number | null)[]): boolean {
  const all = numbers.filter((one) => one !== null);
  return value === Math.max(...all) && value > Math.min(...all);
}
