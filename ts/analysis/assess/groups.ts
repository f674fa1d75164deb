import type { Group } from "../../core/records.ts";
import { columns } from "../document/columns.ts";
import { decimal, percent, plural, whole } from "../format.ts";
import { pairTally, questionTally } from "../metrics/assessment.ts";
import { majorityTally } from "../metrics/majority.ts";
import { perplexityTally } from "../metrics/perplexity.ts";
import { mostSamples, passTally, sampledTally } from "../metrics/sampled.ts";
import { scoresOf } from "../metrics/scores.ts";
import { ratio, type Tally, total } from "../metrics/tally.ts";

/** What `aft assess --json` prints. Shares in [0, 1]; null where nothing defines the number. */
export interface Assessment {
  /** How many groups there are. */
  questions: number;
  /** Their samples. */
  candidates: number;
  /** Share of right answers among all samples. */
  sampledAccuracy: number | null;
  /** `questions`: those that have a pair; the others are left out of micro and macro. */
  assessmentAccuracy: { micro: number | null; macro: number | null; pairs: number; questions: number };
  /** `k`: the most samples that any question has; `questions`: those that have so many, which it is over. */
  majority: { k: number; accuracy: number | null; questions: number };
  /** pass@j by j, from 1 to k: the unbiased estimator. */
  passAtK: Record<string, number | null>;
  /** How many questions have j samples or more, by j: what pass@j is over. */
  passAtKQuestions: Record<string, number>;
  /** Mean over candidates of exp(-score). */
  perplexity: { positive: number | null; negative: number | null };
}

/** What only asks whether each of a question's samples is right: they need no scores. */
export function assessSamples(
  groups: readonly Group[],
): Pick<Assessment, "sampledAccuracy" | "majority" | "passAtK" | "passAtKQuestions"> {
  const samples = groups.map((group) => group.candidates);
  const k = mostSamples(groups);
  const votes = samples.map((candidates) => majorityTally(candidates, k));
  const passes = Array.from({ length: k }, (_, at) =>
    samples.map((candidates) => passTally(candidates, at + 1)),
  );
  const bySize = <T>(of: (tallies: readonly Tally[]) => T): Record<string, T> =>
    Object.fromEntries(passes.map((tallies, at) => [at + 1, of(tallies)]));
  return {
    sampledAccuracy: ratio(samples.map(sampledTally)),
    majority: { k, accuracy: ratio(votes), questions: total(votes) },
    passAtK: bySize(ratio),
    passAtKQuestions: bySize(total),
  };
}

/**
 * All metrics of judged and scored groups. Pairs and perplexity look at G_P and G_N, where each text stands
 * once; the sampled metrics look at all samples.
 * @throws inputError naming the group and the candidate that has no score.
 */
export function assess(groups: readonly Group[]): Assessment {
  const scores = scoresOf(groups);
  const pairs = scores.map(pairTally);
  const questions = scores.map(questionTally);
  const { sampledAccuracy, ...bySamples } = assessSamples(groups);
  return {
    questions: groups.length,
    candidates: groups.reduce((sum, { candidates }) => sum + candidates.length, 0),
    sampledAccuracy,
    assessmentAccuracy: {
      micro: ratio(pairs),
      macro: ratio(questions),
      pairs: total(pairs),
      questions: total(questions),
    },
    ...bySamples,
    perplexity: {
      positive: ratio(scores.map(({ positive }) => perplexityTally(positive))),
      negative: ratio(scores.map(({ negative }) => perplexityTally(negative))),
    },
  };
}

/** An assessment as lines for a terminal, each number with its count. */
export function describeAssessment(assessment: Assessment): string {
  const { questions, candidates, sampledAccuracy, assessmentAccuracy, majority, passAtK, perplexity } =
    assessment;
  const { passAtKQuestions: asked } = assessment;
  const short = questions - majority.questions;
  const passes = Object.entries(passAtK).map(
    ([k, share]) => `${k}: ${percent(share)}${short === 0 ? "" : ` of ${whole(asked[k]!)}`}`,
  );
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
    [`maj@${majority.k}`, `${percent(majority.accuracy)} % of ${plural(majority.questions, "question")}`],
    ["pass@k, %", passes.join("  ") || "–"],
    ...(short === 0
      ? []
      : [
          [
            "fewer samples",
            `${plural(short, "question")} with fewer than ${majority.k}, left out of maj@${majority.k} and of pass@k beyond what they have`,
          ] as [string, string],
        ]),
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
  const assessed = names.map((name) => assess(groups.filter(({ task }) => task === name)));
  const metrics = assessed.map(({ sampledAccuracy, majority, assessmentAccuracy, perplexity }) => [
    sampledAccuracy,
    majority.accuracy,
    assessmentAccuracy.micro,
    perplexity.positive,
    perplexity.negative,
  ]);
  const means = metrics[0]!.map((_, metric) => {
    const values = metrics.map((ofTask) => ofTask[metric] ?? null);
    return values.includes(null)
      ? null
      : values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
  });
  const texts = (values: readonly (number | null)[]): string[] =>
    values.map((value, metric) => (metric < 3 ? percent(value) : decimal(value)));
  return columns(
    ["task", "questions", "sampled %", "maj %", "AAcc micro %", "ppl right", "ppl wrong"],
    [
      ...assessed.map(({ questions }, at) => [names[at]!, whole(questions), ...texts(metrics[at]!)]),
      ["mean of the tasks (macro)", "", ...texts(means)],
    ],
  );
}
