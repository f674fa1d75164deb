import type { Group } from "../../core/records.ts";
import { type Assessment, assess } from "../assess/groups.ts";
import { columns } from "../document/columns.ts";
import { decimal, percent, plural, whole } from "./format.ts";

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

/** Groups of several tasks: each task's numbers, and their mean. Undefined for groups of one task. */
export function describeByTask(groups: readonly Group[]): string | undefined {
  const names = [...new Set(groups.map(({ task }) => task))];
  if (names.length < 2) return undefined;
  const all = names.map((name) => assess(groups.filter(({ task }) => task === name)));
  const mean = (of: (one: Assessment) => number | null): number | null => {
    const values = all.map(of);
    return values.some((value) => value === null)
      ? null
      : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
  };
  const numbers = (number: (of: (one: Assessment) => number | null) => number | null): string[] => [
    percent(number(({ sampledAccuracy }) => sampledAccuracy)),
    percent(number(({ majority }) => majority.accuracy)),
    percent(number(({ assessmentAccuracy }) => assessmentAccuracy.micro)),
    decimal(number(({ perplexity }) => perplexity.positive)),
    decimal(number(({ perplexity }) => perplexity.negative)),
  ];
  return columns(
    ["task", "questions", "sampled %", "maj %", "AAcc micro %", "ppl right", "ppl wrong"],
    [
      ...all.map((one, at) => [names[at]!, whole(one.questions), ...numbers((of) => of(one))]),
      ["mean of the tasks (macro)", "", ...numbers(mean)],
    ],
  );
}
