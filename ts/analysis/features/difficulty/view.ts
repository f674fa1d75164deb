import { difficultyChart } from "../../charts/difficulty.ts";
import type { PanelPoint } from "../../charts/panels.ts";
import { type ColumnOf, chart, note, paragraph, small, tableOf } from "../../document/blocks.ts";
import { plural, whole } from "../../format.ts";
import type { RunSummary } from "../../generated/report.ts";
import { metricWithDifference } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { type Panels, panelsAgainst } from "../panels.ts";
import { fewestInBin, difficulty as numbers, testedOf } from "./numbers.ts";

/** Where the gains lie, on easy questions or on hard ones; nothing where steps are not known or do not differ. */
export const difficulty: Feature = {
  section: { id: "difficulty", title: () => "Easy and hard questions" },
  numbers,
  view: ({ summary }) => {
    if (summary.difficulty === undefined) return null;
    const { bins, unknown } = summary.difficulty;
    const { panels, reference } = difficultyPanels(summary);
    const tests = testedOf(bins).length;
    return [
      paragraph(
        `How hard a question is, is taken to be how many steps its reference solution has. Neighbouring numbers of steps stand together where needed, so that each group has at least ${fewestInBin} questions.${
          unknown > 0
            ? ` ${plural(unknown, "question")} without steps that could be counted ${unknown === 1 ? "is" : "are"} left out.`
            : ""
        }`,
      ),
      chart({
        title: "Greedy accuracy by the number of steps",
        caption: `Accuracy falls with every step that can go wrong.${reference === undefined ? "" : " Where a method’s line leaves the dotted one (continued VFT) only on the right, it helps with long solutions; where it lies apart on the left, with what was easy already."}`,
        svg: difficultyChart(panels, { width: 860, reference }),
        file: "difficulty",
      }),
      tableOf(
        bins[0]!.methods,
        [
          ["Method", ({ label }) => label],
          ...bins.map(
            (bin): ColumnOf<(typeof bin.methods)[number]> => [
              [
                `${stepsText(bin)} ${bin.to === 1 ? "step" : "steps"}`,
                small(plural(bin.questions, "question")),
              ],
              (_, at) => metricWithDifference(bin.methods[at]!.accuracy, bin.methods[at]!.againstContinued),
            ],
          ),
        ],
        {
          label: "Accuracy by the number of steps",
          caption:
            "Greedy accuracy by the number of steps, percent with 95 % intervals; below it minus continued VFT in points",
          kind: "results",
        },
      ),
      tests > 0 &&
        note(
          `Differences are paired question by question; their intervals hold for all ${whole(tests)} differences in this table together, * where one leaves out 0. The groups are small: no clear difference here does not mean that there is none.`,
        ),
    ];
  },
};

/** `3` or `3–5`. */
const stepsText = ({ from, to }: { from: number; to: number }): string =>
  from === to ? String(from) : `${from}–${to}`;

export function difficultyPanels(summary: RunSummary): Panels {
  const { bins = [] } = summary.difficulty ?? {};
  return panelsAgainst(
    summary,
    "continued",
    (bins[0]?.methods ?? []).map(({ name, label }, at) => ({
      name,
      label,
      points: bins.flatMap((bin): PanelPoint[] => {
        const { value, interval } = bin.methods[at]!.accuracy;
        return value === null ? [] : [{ at: stepsText(bin), value, interval }];
      }),
    })),
  );
}
