import { consistencyChart } from "../../charts/consistency.ts";
import { familyPlaces } from "../../charts/family-places.ts";
import {
  type Block,
  type Cell,
  type ColumnOf,
  chart,
  details,
  note,
  paragraph,
  tableOf,
} from "../../document/blocks.ts";
import { plural, whole } from "../../format.ts";
import type { Difference, RunSummary, SelfConsistency } from "../../generated/report.ts";
import type { CurveName } from "../../metrics/self-consistency.ts";
import { baselineCell, differenceCell, metricCell, missing, plainCell } from "../cells.ts";
import type { Feature } from "../feature.ts";
import { testFootnote } from "../results/test-footnote.ts";
import { type Decoding, selfConsistency as numbers, testedOf } from "./numbers.ts";

/** What more samples bring, and whether alignment brings the same with one; nothing for fewer than two samples. */
export const selfConsistency: Feature = {
  section: { id: "consistency", title: () => "Against self-consistency" },
  numbers,
  view: ({ summary }) => {
    const { selfConsistency: found, methods, split } = summary;
    const curves = consistencyCurves(summary);
    if (found === undefined || curves.length === 0) return null;
    return [
      paragraph(
        `A model can also be made to answer better without any training: sample several COTs and take the most frequent answer (maj@j, self-consistency), at j times the cost of one answer.${methods.length > 1 ? ` This asks whether alignment reaches with one greedy answer what plain fine-tuning reaches with a vote of ${found.k}, and whether the two add up.` : ""}`,
      ),
      chart({
        title: "Accuracy by the number of samples",
        caption: `Each method’s own ${found.k} samples a question. Vote: the most frequent answer of j samples; best-scored: the answer of the one with the highest score (mean log-probability a token), which is as good as the model assesses; any: at least one is right, which is what a perfect assessor would reach. Every point is the mean over all choices of j of the ${found.k} samples, counted exactly, not drawn; bands are 95 % for the ${split} questions being a sample.`,
        svg: consistencyChart(curves, { width: 860 }),
        file: "consistency",
      }),
      waysOfAnswering(summary, found),
      found.baseline !== undefined && testNote(summary, found),
      curveTable(summary, found),
    ];
  },
};

export function consistencyCurves({ selfConsistency: found, methods }: RunSummary) {
  const places = familyPlaces(methods);
  return (found?.methods ?? [])
    .filter(({ curves }) => curves.pass.length > 0)
    .map(({ name, label, curves, decodings }) => ({
      label,
      place: places.get(name),
      curves,
      greedy: decodings.find(({ decoding }) => decoding === "greedy")?.accuracy.value ?? null,
    }));
}

const decodingText = (decoding: Decoding, k: number): string =>
  ({ greedy: "greedy", majority: `maj@${k}`, best: `best-scored of ${k}` })[decoding];

function waysOfAnswering({ methods, split }: RunSummary, found: SelfConsistency): Block {
  const { k } = found;
  const base = methods.find(({ name }) => name === found.baseline)?.label;
  const questions = methods[0]?.metrics.accuracy.perSeed[0]?.n ?? 0;
  const rows = found.methods.flatMap(({ label, decodings }) =>
    decodings.map((decoding) => ({ label, ...decoding })),
  );
  return tableOf(
    rows,
    [
      ["Method", ({ label }) => label],
      ["answer", ({ decoding }) => decodingText(decoding, k), "text"],
      ["samples a question", ({ samples }) => samples],
      ["right, %", ({ accuracy }) => metricCell(accuracy)],
      base !== undefined && [`minus ${base}, greedy`, ({ againstGreedy }) => minus(againstGreedy)],
      base !== undefined && [`minus ${base}, maj@${k}`, ({ againstMajority }) => minus(againstMajority)],
    ],
    {
      label: "Ways of answering",
      caption: `Ways of answering, by method, on ${plural(questions, `${split} question`)}: percent right${base === undefined ? "" : `, and minus ${base} in points`}`,
      kind: "results",
    },
  );
}

const minus = (difference: Difference | null): Cell =>
  difference === null ? baselineCell : differenceCell(difference);

function testNote({ seeds }: RunSummary, { methods }: SelfConsistency): Block {
  const isSingle = seeds.length === 1;
  const tests = (["againstGreedy", "againstMajority"] as const).map(
    (baseline) => testedOf(methods, baseline).length,
  );
  return note(
    `Intervals: 95 %, ${isSingle ? "Wilson’s for greedy answers, otherwise " : ""}a bootstrap over questions; differences are paired question by question, and their intervals hold for the ${tests[0]} differences of the first column together, and for the ${tests[1]} of the second. ${testFootnote(isSingle)} The samples of a vote are drawn at the experiment’s temperature, the greedy answer is not drawn at all: single samples are often worse than it, and a vote of few can be, too.`,
  );
}

const curveTitles: Record<CurveName, string> = {
  majority: "maj@j",
  best: "best-scored of j",
  pass: "pass@j",
};

function curveTable({ seeds }: RunSummary, { methods }: SelfConsistency): Block {
  const sizes = [...new Set(methods.flatMap(({ curves }) => curves.pass.map(({ size }) => size)))];
  const rows = methods.flatMap(({ label, curves }) =>
    (Object.keys(curveTitles) as CurveName[])
      .filter((name) => curves[name].length > 0)
      .map((name) => ({ label, name, curve: curves[name] })),
  );
  return details(
    "All curves in numbers",
    tableOf(
      rows,
      [
        ["Method", ({ label }) => label],
        ["of j samples", ({ name }) => curveTitles[name], "text"],
        ...sizes.map(
          (size): ColumnOf<(typeof rows)[number]> => [
            `j = ${size}`,
            ({ curve }) => {
              const point = curve.find((candidate) => candidate.size === size);
              return point === undefined ? missing : plainCell(point);
            },
          ],
        ),
        ["n", ({ curve }) => whole(curve[0]!.n)],
      ],
      {
        label: "Curves in numbers",
        caption: `Percent right by the number of samples j, with 95 % intervals; n: questions${seeds.length > 1 ? ", all seeds together" : ""}`,
        kind: "results",
      },
    ),
  );
}
