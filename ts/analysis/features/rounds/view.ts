import { familyPlaces } from "../../charts/family-places.ts";
import { type RoundsPanel, roundsChart } from "../../charts/rounds.ts";
import {
  type Block,
  type Cell,
  type ColumnOf,
  type Content,
  chart,
  note,
  paragraph,
  small,
  tableOf,
} from "../../document/blocks.ts";
import { percent, plural, points, range, whole } from "../../format.ts";
import type { RoundMeasured, RoundsSummary, RunSummary } from "../../generated/report.ts";
import { metricCell, metricWithDifference, missing, terminalCell } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { rounds as numbers, type roundMetrics } from "./numbers.ts";

/** What every round came to; nothing where there is one. */
export const rounds: Feature = {
  section: { id: "rounds", title: () => "Round by round" },
  numbers,
  view: ({ summary }) => {
    const found = summary.rounds;
    if (found === undefined) return null;
    const panels = roundsPanels(summary);
    return [
      paragraph(
        `Each method was trained in ${plural(found.count, "round")}: after each it sampled anew from its own weights, the samples were judged, and it was trained on them. A round has the same steps and as many questions for every method; a method that learns from references alone takes those of its round’s questions. The last round is the method’s result in all other sections.`,
      ),
      panels.length > 0 &&
        chart({
          title: "Accuracy by round",
          caption: `Bars are 95 % intervals for the ${summary.split} questions being a sample. ${found.start === undefined ? "" : "Round 0: the VFT weights that the first round starts from. "}All rounds are measured on the same questions.`,
          svg: roundsChart(panels, { width: 860 }),
          file: "rounds",
        }),
      roundsTable(summary, found),
      note(
        `Below a number: minus continued VFT after as many rounds, in points, paired question by question, with its 95 % interval. These differences are many and not adjusted for it: the tests of the last round stand with the results.`,
      ),
    ];
  },
};

interface Row extends RoundMeasured {
  label: string;
}

/** Each method's rounds, with what those start from that start from VFT. */
const rowsOf = ({ start, methods }: RoundsSummary, startLabel: string): Row[] => [
  ...(start === undefined ? [] : [{ ...start, label: startLabel }]),
  ...methods.flatMap(({ label, rounds: measured }) => measured.map((round) => ({ ...round, label }))),
];

const keptLabel = ({ methods }: RunSummary): string =>
  methods.find(({ role }) => role === "kept")?.label ?? "VFT";

function roundsTable(summary: RunSummary, found: RoundsSummary): Block {
  const { k } = found;
  const column = (title: string, metric: (typeof roundMetrics)[number]): ColumnOf<Row> => [
    title,
    ({ metrics, againstContinued }) => metricWithDifference(metrics[metric], againstContinued?.[metric]),
  ];
  return tableOf(
    rowsOf(found, keptLabel(summary)),
    [
      ["Method", ({ label }) => label],
      ["round", ({ round }) => round],
      ["learnt from", ({ learntFrom }) => learntCell(learntFrom)],
      column("greedy", "accuracy"),
      column("single samples", "sampledAccuracy"),
      column(`maj@${k}`, "majority"),
      column(`pass@${k}`, "passAtMost"),
      ["assessment accuracy, micro", ({ metrics }) => metricCell(metrics.assessmentMicro)],
    ],
    {
      label: "Rounds",
      caption: `Every method after each round, percent with 95 % intervals, on ${plural(summary.methods[0]?.metrics.accuracy.perSeed[0]?.n ?? 0, `${summary.split} question`)}; learnt from: samples of the weights before the round (in the first those of the VFT model), and how many of them were right`,
      kind: "results",
    },
  );
}

function learntCell(learnt: RoundMeasured["learntFrom"]): Cell {
  if (learnt === undefined) return missing;
  const { questions, samples, right } = learnt;
  return [
    samples === undefined ? "references" : `${whole(samples)} samples`,
    small(plural(questions, "question")),
    samples !== undefined &&
      right !== undefined &&
      small(`${percent(samples === 0 ? null : right / samples)} % right`),
  ];
}

const measures = [
  { id: "greedy", metric: "accuracy", title: () => "greedy" },
  { id: "sampled", metric: "sampledAccuracy", title: () => "single samples" },
  { id: "pass", metric: "passAtMost", title: (k: number) => `pass@${k}` },
] as const;

/** What was not measured has no panel. */
export function roundsPanels(summary: RunSummary): RoundsPanel[] {
  const found = summary.rounds;
  if (found === undefined) return [];
  const places = familyPlaces(summary.methods);
  return measures
    .map(({ id, metric, title }) => ({
      id,
      title: title(found.k),
      methods: found.methods.map(({ name, label, fromVft, rounds: measured }) => ({
        label,
        place: places.get(name)!,
        points: [...(fromVft && found.start !== undefined ? [found.start] : []), ...measured].flatMap(
          ({ round, metrics }) => {
            const { value, interval } = metrics[metric];
            return value === null ? [] : [{ round, value, interval }];
          },
        ),
      })),
    }))
    .filter(({ methods }) => methods.some((method) => method.points.length > 0));
}

/** For a terminal: greedy answers and single samples after each round. */
export function roundsTerminal(summary: RunSummary): Content {
  const found = summary.rounds;
  if (found === undefined) return null;
  return tableOf(
    rowsOf(found, keptLabel(summary)),
    [
      ["By round, % right", ({ label }) => label],
      ["round", ({ round }) => round],
      ["greedy", ({ metrics }) => terminalCell(metrics.accuracy)],
      ["vs continued VFT", ({ againstContinued }) => gain(againstContinued)],
      ["sampled", ({ metrics }) => percent(metrics.sampledAccuracy.value)],
      [`maj@${found.k}`, ({ metrics }) => percent(metrics.majority.value)],
      [`pass@${found.k}`, ({ metrics }) => percent(metrics.passAtMost.value)],
    ],
    { label: "Rounds", caption: "" },
  );
}

const gain = (against: RoundMeasured["againstContinued"]): Cell =>
  against === undefined
    ? ""
    : [points(against.accuracy.value), small(range(against.accuracy.interval, points))];
