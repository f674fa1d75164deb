import { familiesChart } from "../../charts/families.ts";
import { type Content, chart, heading, list, tableOf } from "../../document/blocks.ts";
import { plural } from "../../format.ts";
import type { RunSummary } from "../../generated/report.ts";
import type { Feature } from "../feature.ts";
import { marginRows, validationRows } from "./curves.ts";
import { training as numbers } from "./numbers.ts";

/** What could be seen while the methods trained: validation, early stops, warnings. */
export const training: Feature = {
  section: { id: "training", title: () => "While training" },
  numbers,
  view: ({ run, summary }) => {
    const validations = validationRows(summary);
    const margins = marginRows(run, summary);
    return [
      takers(summary),
      stops(summary),
      warnings(summary),
      validations.length > 0 &&
        chart({
          title: "Looks at validation questions",
          caption:
            "How each method’s weights score the VFT model’s samples on validation questions, and where it was measured how many they answer rightly, from the weights it starts from (step 0) on. A thin line is one seed, a thick one the mean of the seeds. Assessment accuracy that rises while accuracy falls is over-fitting to assessing; a perplexity of right COTs that rises is a constraint that is missing or too weak.",
          svg: familiesChart(
            {
              id: "looks",
              title: "Looks at validation questions while training",
              description: validationInWords(summary),
            },
            validations,
            { width: 860 },
          ),
          file: "looks",
        }),
      margins.length > 0 &&
        chart({
          title: "Margin, assessment accuracy and loss of the training groups",
          caption:
            "Of the groups of each step: the mean score of right COTs minus that of wrong ones (nats a token), the share of their pairs that the model orders rightly, and the method’s own loss over groups, whose scale differs from family to family. A running mean over a twenty-fifth of the steps. A margin that grows without end is what the constraints are there to prevent.",
          svg: familiesChart(
            {
              id: "margins",
              title: "Margin, assessment accuracy and group loss while training",
              description: "By optimizer step, one column a family of methods.",
            },
            margins,
            { width: 860 },
          ),
          file: "margins",
        }),
    ];
  },
};

const labelOf = ({ methods }: RunSummary, name: string): string =>
  methods.find((method) => method.name === name)?.label ?? name;

/** Losses without pairs, whose questions are others than those of the losses that stand beside them. */
function takers(summary: RunSummary): Content {
  const sentences = summary.training.flatMap(({ method, seed, taken: counted }) => {
    if (counted === undefined) return [];
    const { questions, paired, taken } = counted;
    return `${labelOf(summary, method)}, seed ${seed}: ${taken} of ${plural(questions, "question")}; ${paired} of them with a better and a worse solution.`;
  });
  return sentences.length > 0 && [heading("Questions with a part in the loss"), list(sentences)];
}

function stops(summary: RunSummary): Content {
  const sentences = summary.training.flatMap(({ method, seed, stopped }) => {
    if (stopped === undefined) return [];
    const { bestStep, lastStep, reason } = stopped;
    const kept =
      bestStep === 0
        ? "the weights it started from are kept, no later look was better"
        : `the weights of step ${bestStep} are kept`;
    return `${labelOf(summary, method)}, seed ${seed}: stopped after step ${lastStep} (${reason}); ${kept}.`;
  });
  return sentences.length > 0 && [heading("Stopped early"), list(sentences)];
}

function warnings(summary: RunSummary): Content {
  const warned = summary.training.flatMap(({ method, seed, warnings: ofArm = [] }) =>
    ofArm.map((warning) => ({ ...warning, label: labelOf(summary, method), seed })),
  );
  if (warned.length === 0) return null;
  const rows = tableOf(
    warned,
    [
      ["method", ({ label }) => label],
      ["seed", ({ seed }) => seed],
      ["step", ({ step }) => step],
      ["warning", ({ text }) => text, "text"],
    ],
    { label: "Warnings", caption: "Warnings, each kind once a training" },
  );
  const counted = `${plural(warned.length, "warning")} while training`;
  return { block: "details", summary: counted, isOpen: true, blocks: [rows] };
}

const validationInWords = (summary: RunSummary): string =>
  summary.training
    .filter(({ looks }) => looks.length > 1)
    .map(({ method, seed, looks }) => {
      const [first, last] = [looks[0]!, looks.at(-1)!];
      const change = (name: "assessmentMicro" | "perplexityPositive"): string =>
        `${first[name]?.toFixed(3) ?? "none"} to ${last[name]?.toFixed(3) ?? "none"}`;
      return `${labelOf(summary, method)}, seed ${seed}: assessment accuracy ${change("assessmentMicro")}, perplexity of right COTs ${change("perplexityPositive")}.`;
    })
    .join(" ");
