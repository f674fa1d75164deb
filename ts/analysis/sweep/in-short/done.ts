/** "What was done". */
import {
  type Chapter,
  defineFinding,
  type FindingKind,
  findingsOf,
} from "../../features/findings/catalogue.ts";
import { exampleQuestion, startingModel, trainingSamples } from "../../features/in-short/done.ts";
import { plural } from "../../format.ts";
import type { RunSummary } from "../../generated/report.ts";
import { type SweepNumbers, sameInAll, summariesOf } from "../numbers.ts";
import type { CellResult } from "../results.ts";

/** What a cell's own report says, where all cells say the same. */
const ofEveryCell = (finding: FindingKind<RunSummary>): FindingKind<SweepNumbers> =>
  defineFinding({
    id: finding.ids[0]!.id,
    numbers: (sweep: SweepNumbers) => ({
      texts: summariesOf(sweep).map((summary) =>
        findingsOf([finding], summary)
          .map(({ text }) => text)
          .join(" "),
      ),
    }),
    template: ({ texts }) => sameInAll(texts),
  });

const variants = defineFinding({
  id: "variants",
  numbers: ({ results: { cells }, axes }: SweepNumbers) => ({
    cells: cells.length,
    isProduct:
      axes.length > 1 && axes.reduce((count, { values }) => count * values.length, 1) === cells.length,
  }),
  template: ({ cells, isProduct }) =>
    `One experiment was run in ${plural(cells, "variant")}, called cells${isProduct ? ": every combination of the values listed below" : ""}.`,
});

const sharedWork = defineFinding({
  id: "shared-work",
  numbers: (sweep: SweepNumbers) => ({ vft: sameInAll(summariesOf(sweep).map(vftArtefacts)) }),
  template: ({ vft }) =>
    `Everything else is the same in all of them, and what they share${vft === "" ? "" : ", such as the VFT model,"} was made once.`,
});

const vftArtefacts = ({ stages }: RunSummary): string =>
  stages
    .filter(({ stage }) => stage === "vft")
    .map(({ artefact }) => artefact)
    .join(" ");

const measuredOn = defineFinding({
  id: "measured-on",
  numbers: ({ done }: SweepNumbers) => ({ texts: done.map(measuredBy) }),
  template: ({ texts }) =>
    sameInAll(texts) || "The cells differ in what they measure, too: their reports say how.",
});

function measuredBy({ methods, seeds, split }: CellResult): string {
  const questions = methods[0]?.metrics.accuracy?.n || methods[0]?.metrics.majority?.n || 0;
  return `Each cell measures ${plural(methods.length, "method")} on ${questions === 0 ? "" : `${plural(questions, "question")} of `}the ${split} split, with ${plural(seeds.length, "seed")}.`;
}

const unfinished = defineFinding({
  id: "unfinished",
  numbers: ({ results: { cells } }: SweepNumbers) => ({
    failed: cells.filter(({ status }) => status === "failed").length,
    waiting: cells.filter(({ status }) => status === "waiting").length,
  }),
  template: ({ failed, waiting }) =>
    [
      failed > 0 ? `${plural(failed, "cell")} failed.` : "",
      waiting > 0 ? `${plural(waiting, "cell")} ${waiting === 1 ? "is" : "are"} not done yet.` : "",
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
});

/** What the axes are, and which values they take. */
const varied = ({ results, axes }: SweepNumbers): string[] =>
  axes.map(({ keys, values }) => {
    const meaning = keys.length === 1 ? results.about[keys[0]!] : undefined;
    const given = values.map(({ text }) => text).join("; ");
    return `${keys.join(" with ")}${meaning === undefined ? "" : ` (${meaning})`}: ${given}`;
  });

export const done: Chapter<SweepNumbers> = {
  heading: "What was done",
  kinds: [
    ...[startingModel, exampleQuestion, trainingSamples].map(ofEveryCell),
    variants,
    sharedWork,
    measuredOn,
    unfinished,
  ],
  list: varied,
};
