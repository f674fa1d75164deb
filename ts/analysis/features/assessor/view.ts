import type { PanelPoint } from "../../charts/panels.ts";
import { ranksChart } from "../../charts/ranks.ts";
import { reliabilityChart } from "../../charts/reliability.ts";
import {
  type Block,
  type Cell,
  type ColumnOf,
  chart,
  details,
  link,
  note,
  paragraph,
  small,
  tableOf,
  text,
} from "../../document/blocks.ts";
import { decimal } from "../../format.ts";
import type { Reliability, RunSummary, Share } from "../../generated/report.ts";
import { missing, shareCell } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { type Panels, panelsAgainst } from "../panels.ts";
import { reliability as numbers } from "./numbers.ts";

/** Is the score a good assessor? Shares of right COTs by score; nothing where no COT was scored. */
export const assessor: Feature = {
  section: { id: "assessor", title: () => "Is the score a good assessor?" },
  numbers,
  view: ({ summary }) => {
    const { reliability = [], methods, seeds, split } = summary;
    if (reliability.length === 0) return null;
    const scores = scorePanels(summary);
    const places = placePanels(summary);
    const hasPlaces = places.panels.length > 0;
    return [
      paragraph(
        `A model that assesses well gives right COTs higher scores than wrong ones. The COTs seen here are those that the VFT model sampled on the ${split} questions, each text once a question.${methods.length > 1 ? " All methods score the very same texts, so that only the order differs between them." : ""}`,
      ),
      scores.panels.length > 0 &&
        chart({
          title: "Share of right COTs by score",
          caption: `All COTs of all questions in equal parts by their score, the lowest first. A good assessor’s line climbs steeply from near 0 to near 100 %; a flat line at the share of right COTs is a score that says nothing. ${methods.length > 1 ? "The dotted line is the VFT model as it was. " : ""}An easy question lifts all of its COTs, so part of the climb tells questions apart rather than COTs${hasPlaces ? ": the next chart holds the question fixed" : ""}.`,
          svg: reliabilityChart(scores.panels, { width: 860, reference: scores.reference }),
          file: "reliability",
        }),
      hasPlaces &&
        chart({
          title: "Share of right COTs by place within the question",
          caption:
            "Only questions with both a right and a wrong COT. Place 1 is each question’s best-scored COT, and so on; the dashed line is the share right of any COT of these questions. The steeper the fall, the better the score picks a right solution among several; a flat line is assessing by chance, a rising one misalignment at its worst.",
          svg: ranksChart(places.panels, { width: 860, reference: places.reference }),
          file: "ranks",
        }),
      hasPlaces && placeTable(reliability),
      scores.panels.length > 0 && scoreTable(reliability),
      note(
        text`Intervals are Wilson’s, 95 %. Each question counts once for a place, so that these intervals are valid${
          seeds.length > 1
            ? " for one seed; here the seeds’ counts are added up, which makes them too narrow"
            : ""
        }. Where all COTs count, by score and in the column “any COT”, those of one question hang together: there they are somewhat too narrow. No test is made here; the tested number is the assessment accuracy in ${link("#results", "the results")}.`,
      ),
    ];
  },
};

const pointOf = (at: number, { value, interval }: Share): PanelPoint => ({
  at: String(at),
  value: value!,
  interval,
});

export const scorePanels = (summary: RunSummary): Panels =>
  panelsAgainst(
    summary,
    "kept",
    (summary.reliability ?? [])
      .filter(({ byScore }) => byScore.length > 0)
      .map(({ name, label, byScore }) => ({
        name,
        label,
        points: byScore.map((bin) => pointOf(bin.bin, bin)),
      })),
  );

export const placePanels = (summary: RunSummary): Panels =>
  panelsAgainst(
    summary,
    "kept",
    (summary.reliability ?? [])
      .filter(({ byRank }) => byRank.length > 0)
      .map(({ name, label, byRank, any }) => ({
        name,
        label,
        points: byRank.map((place) => pointOf(place.rank, place)),
        level: any.value,
      })),
  );

function placeTable(reliability: readonly Reliability[]): Block {
  const most = Math.max(...reliability.map(({ byRank }) => byRank.length));
  return tableOf(
    reliability,
    [
      ["Method", ({ label }) => label],
      ...Array.from(
        { length: most },
        (_, at): ColumnOf<Reliability> => [
          at === 0 ? "best-scored" : `place ${at + 1}`,
          ({ byRank }) => (byRank[at] === undefined ? missing : shareCell(byRank[at])),
        ],
      ),
      ["any COT", ({ any }) => shareCell(any)],
    ],
    {
      label: "Share right by place within the question",
      caption:
        "Share of right COTs by place within the question, percent; n: questions that have so many different COTs",
      kind: "results",
    },
  );
}

function scoreTable(reliability: readonly Reliability[]): Block {
  const most = Math.max(...reliability.map(({ byScore }) => byScore.length));
  return details(
    "The same by score, in numbers",
    tableOf(
      reliability,
      [
        ["Method", ({ label }) => label],
        ...Array.from(
          { length: most },
          (_, at): ColumnOf<Reliability> => [`part ${at + 1}`, ({ byScore }) => binCell(byScore[at])],
        ),
      ],
      {
        label: "Share right by score",
        caption: `Share of right COTs by score, percent, in ${most} equal parts from the lowest scores to the highest; n: COTs; below it the part’s scores (nats a token)`,
        kind: "results",
      },
    ),
  );
}

const binCell = (bin: Reliability["byScore"][number] | undefined): Cell =>
  bin === undefined ? missing : [shareCell(bin), small(`${decimal(bin.low)} to ${decimal(bin.high)}`)];
