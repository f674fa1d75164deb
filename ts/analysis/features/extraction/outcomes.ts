import { type Block, type Content, details, heading, tableOf } from "../../document/blocks.ts";
import { plural, whole } from "../../format.ts";
import type { RunSummary, RunSummaryAnswer } from "../../generated/report.ts";

const outcomes = [
  ["right", "right"],
  ["wrong", "wrong"],
  ["unparsed", "unparsed"],
  ["ambiguous", "ambiguous"],
  ["notStated", "none stated"],
] as const;

/** What became of the answers, and what was not understood. */
export function outcomesTable({ answers }: RunSummary): Content {
  if (answers.length === 0) return null;
  const isAny = (field: "notJudged" | "partlyRead"): boolean => answers.some((of) => of[field] > 0);
  return [
    heading("What became of the answers", "outcomes"),
    tableOf(
      answers,
      [
        ["Texts", ({ label }) => label],
        ...outcomes.map(([field, name]) => [name, (of: RunSummaryAnswer) => whole(of[field])] as const),
        isAny("notJudged") && ["not judged", ({ notJudged }) => whole(notJudged)],
        isAny("partlyRead") && ["read in part", ({ partlyRead }) => whole(partlyRead)],
      ],
      {
        label: "What became of the answers",
        caption:
          "Training samples, and each method’s greedy answers, over all seeds. Unparsed: an answer is stated in a form that the rule does not understand; ambiguous: several are. All but the right ones count as not right." +
          (isAny("partlyRead")
            ? " Read in part: a published pattern takes something else than the text states; the verdict is the published one."
            : ""),
      },
    ),
    ...answers.flatMap(examplesOf),
  ];
}

function examplesOf({ label, examples }: RunSummaryAnswer): Block[] {
  if (examples.length === 0) return [];
  return [
    details(
      `${label}: ${plural(examples.length, "example")} of what was not understood`,
      tableOf(
        examples,
        [
          ["stated", ({ stated }) => stated],
          ["taken for the answer", ({ extracted }) => extracted ?? "none", "text"],
          ["right answer", ({ answer }) => answer, "text"],
          ["question", ({ questionId }) => questionId, "text"],
        ],
        {
          label: `Not understood: ${label}`,
          caption: "What was stated and not understood, and the right answer",
        },
      ),
    ),
  ];
}
