import { betaChart } from "../../charts/beta.ts";
import {
  badge,
  type ColumnOf,
  type Content,
  chart,
  details,
  list,
  paragraph,
  small,
  tableOf,
} from "../../document/blocks.ts";
import { decimal, percent, plural, range, whole } from "../../format.ts";
import type { RunSummary, SearchPoint } from "../../generated/report.ts";
import { asPercent, type Format } from "../cells.ts";
import type { Feature } from "../feature.ts";
import {
  type Auto,
  autoAgainstSearch,
  autoBetas,
  type BetaOf,
  betaText,
  describeAuto,
  type Search,
  searchedBetas,
} from "./numbers.ts";

/** Where the boundary's beta comes from, if it was not given as a number; else nothing. */
export const beta: Feature = {
  section: { id: "beta", title: () => "The boundary’s beta" },
  view: ({ summary }) => {
    const searches = searchedBetas(summary);
    const autos = autoBetas(summary);
    if (searches.length + autos.length === 0) return null;
    const rules = [
      searches.length > 0 &&
        "a search trains once with each value and keeps the one that answers most validation questions",
      autos.length > 0 &&
        "the rule (beta: auto) takes it from the starting weights’ own scores, without training",
    ].filter(Boolean);
    return [
      paragraph(
        `The boundary constraint holds a wrong COT at beta (mean log-probability a token) below the lowest right one. Here beta was not given: ${rules.join("; ")}.`,
      ),
      autoAgainstSearch(summary).map(paragraph),
      autos.length > 0 && list(autos.map(describeAuto)),
      searches.map((searched, at) => searchBlocks(searched, at, autos)),
    ];
  },
};

function searchBlocks(
  { method, seeds }: BetaOf<Search>,
  at: number,
  autos: readonly BetaOf<Auto>[],
): Content {
  const same = autos.filter(
    (auto) =>
      auto.method.method === method.method && auto.method.settings.constraint === method.settings.constraint,
  );
  const file = `beta-${at + 1}`;
  return [
    chart({
      title: `${method.label}: validation accuracy by beta`,
      caption: `Each point is a method trained with that beta; bars are 95 % intervals, Wilson’s for the accuracy and else a bootstrap over questions. The ring is the chosen value: most validation questions answered rightly, of equals the smaller beta. ${same.length > 0 ? "Upright dashed lines: what beta: auto found with the same seed. " : ""}Below, how the same weights score the VFT model’s samples on these questions.`,
      svg: betaChart(seeds, { id: file, width: 860, autos: same.flatMap((auto) => auto.seeds) }),
      file,
    }),
    details(
      "Every value that was tried",
      tableOf(
        seeds.flatMap(({ seed, chosen, points }) =>
          points.map((point) => ({ ...point, seed, isChosen: point.beta === chosen })),
        ),
        [
          ["seed", ({ seed }) => seed],
          [seeds[0]!.parameter, (point) => betaText(point.beta)],
          ["right", ({ correct }) => correct],
          ["accuracy, %", ({ accuracy, interval }) => measured(accuracy, interval, asPercent)],
          [
            "assessment accuracy, micro, %",
            (point) => measured(point.assessmentMicro, point.assessmentInterval, asPercent, point.pairs),
          ],
          [
            "perplexity of right COTs",
            (point) => measured(point.perplexityPositive, point.perplexityInterval, decimal, point.rightCots),
          ],
          ["", ({ isChosen }) => isChosen && badge("fine", "chosen")],
        ],
        {
          label: `Values of beta: ${method.label}`,
          caption: `${method.label}: every value that was tried, on ${plural(seeds[0]!.points[0]?.questions ?? 0, "validation question")}; intervals are 95 %, Wilson’s for the accuracy and else a bootstrap over questions; n: pairs, and right COTs`,
        },
      ),
    ),
  ];
}

/** Searches of older versions have neither interval nor count. */
const measured = (
  value: number | null,
  interval: SearchPoint["interval"] | undefined,
  format: Format,
  n?: number,
) => [`${format(value)} `, small(range(interval ?? null, format)), n !== undefined && small(`n ${whole(n)}`)];

/** For a terminal: validation accuracy of every value that was tried, one row a seed; then what the rule found. */
export function betaTables(summary: RunSummary): Content {
  const autos = autoBetas(summary);
  const both = autoAgainstSearch(summary);
  return [
    searchedBetas(summary).map(({ method, seeds }) => {
      const values = [...new Set(seeds.flatMap(({ points }) => points.map((point) => point.beta)))].sort(
        (a, b) => a - b,
      );
      const questions = seeds[0]!.points[0]?.questions ?? 0;
      return tableOf(
        seeds,
        [
          [
            `${method.label}: % right of ${plural(questions, "validation question")}, by ${seeds[0]!.parameter}`,
            ({ seed }) => `seed ${seed}`,
          ],
          ...values.map(
            (value): ColumnOf<(typeof seeds)[number]> => [
              String(value),
              ({ points }) => percent(points.find((point) => point.beta === value)?.accuracy),
            ],
          ),
          ["chosen", ({ chosen }) => String(chosen)],
        ],
        { label: `Values of beta: ${method.label}`, caption: "" },
      );
    }),
    autos.length > 0 && paragraph(autos.map(describeAuto).join("\n")),
    both.length > 0 && paragraph(both.join("\n")),
  ];
}
