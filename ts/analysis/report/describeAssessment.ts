import type { Assessment } from "../metrics/assess.ts";
import { decimal, percent, plural } from "./format.ts";

/** An assessment as lines for a terminal, each number with its count. */
export function describeAssessment(assessment: Assessment): string {
  const { questions, candidates, sampledAccuracy, assessmentAccuracy, majority, passAtK, perplexity } =
    assessment;
  const passes = Object.entries(passAtK).map(([k, share]) => `${k}: ${percent(share)}`);
  const rows: [string, string][] = [
    ["questions", `${plural(questions, "question")}, ${plural(candidates, "sample")}`],
    ["sampled accuracy", `${percent(sampledAccuracy)} %`],
    [
      "assessment accuracy",
      `${percent(assessmentAccuracy.micro)} % of ${plural(assessmentAccuracy.pairs, "pair")} (micro), ` +
        `${percent(assessmentAccuracy.macro)} % over ${plural(assessmentAccuracy.questions, "question")} (macro)`,
    ],
    [
      "without a pair",
      `${plural(questions - assessmentAccuracy.questions, "question")}, left out of assessment accuracy`,
    ],
    [`maj@${majority.k}`, `${percent(majority.accuracy)} %`],
    ["pass@k, %", passes.join("  ") || "–"],
    [
      "perplexity",
      `${decimal(perplexity.positive)} of right COTs, ${decimal(perplexity.negative)} of wrong COTs`,
    ],
  ];
  return rows.map(([name, text]) => `${name.padEnd(20)} ${text}`).join("\n");
}
