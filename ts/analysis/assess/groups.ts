import type { Group } from "../../core/records.ts";
import { columns } from "../document/columns.ts";
import { decimal, percent, plural, whole } from "../format.ts";
import { pairTally, questionTally } from "../metrics/assessment.ts";
import { majorityTally } from "../metrics/majority.ts";
import { perplexityTally } from "../metrics/perplexity.ts";
import { passTally, sampledTally } from "../metrics/sampled.ts";
import { Scores } from "../metrics/scores.ts";
import { Sum } from "../metrics/tally.ts";

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

type Sampled = Pick<Assessment, "sampledAccuracy" | "majority" | "passAtK" | "passAtKQuestions">;

/** What only asks whether each of a question's samples is right: they need no scores. Of the groups only sums are kept. */
class Samples {
  readonly #sampled = new Sum();
  /** Over the questions with the most samples so far. */
  #majority = new Sum();
  /** By j - 1; their number is the most samples so far. */
  readonly #pass: Sum[] = [];

  add({ candidates }: Group): void {
    const n = candidates.length;
    if (n > this.#pass.length) this.#majority = new Sum();
    while (this.#pass.length < n) this.#pass.push(new Sum());
    this.#sampled.add(sampledTally(candidates));
    this.#majority.add(majorityTally(candidates, this.#pass.length));
    for (let j = 1; j <= n; j++) this.#pass[j - 1]!.add(passTally(candidates, j));
  }

  result(): Sampled {
    const bySize = <T>(of: (sum: Sum) => T): Record<string, T> =>
      Object.fromEntries(this.#pass.map((sum, at) => [at + 1, of(sum)]));
    const { ratio: accuracy, denominator: questions } = this.#majority;
    return {
      sampledAccuracy: this.#sampled.ratio,
      majority: { k: this.#pass.length, accuracy, questions },
      passAtK: bySize(({ ratio }) => ratio),
      passAtKQuestions: bySize(({ denominator }) => denominator),
    };
  }
}

export function assessSamples(groups: readonly Group[]): Sampled {
  const samples = new Samples();
  for (const group of groups) samples.add(group);
  return samples.result();
}

/**
 * All metrics of judged and scored groups, which come one by one and of which only sums are kept. Pairs and perplexity look
 * at G_P and G_N, where each text stands once; the sampled metrics look at all samples.
 */
export class Assessing {
  readonly #scores = new Scores();
  readonly #samples = new Samples();
  #questions = 0;
  #candidates = 0;
  readonly #pairs = new Sum();
  readonly #byQuestion = new Sum();
  readonly #positive = new Sum();
  readonly #negative = new Sum();

  add(group: Group): void {
    this.#questions++;
    this.#candidates += group.candidates.length;
    this.#samples.add(group);
    const scores = this.#scores.of(group);
    this.#pairs.add(pairTally(scores));
    this.#byQuestion.add(questionTally(scores));
    this.#positive.add(perplexityTally(scores.positive));
    this.#negative.add(perplexityTally(scores.negative));
  }

  /** @throws inputError naming the groups and the candidates that have no score. */
  result(): Assessment {
    this.#scores.check();
    const { sampledAccuracy, ...bySamples } = this.#samples.result();
    return {
      questions: this.#questions,
      candidates: this.#candidates,
      sampledAccuracy,
      assessmentAccuracy: {
        micro: this.#pairs.ratio,
        macro: this.#byQuestion.ratio,
        pairs: this.#pairs.denominator,
        questions: this.#byQuestion.denominator,
      },
      ...bySamples,
      perplexity: { positive: this.#positive.ratio, negative: this.#negative.ratio },
    };
  }
}

/** {@link Assessing} groups that are all there. */
export function assess(groups: readonly Group[]): Assessment {
  const assessing = new Assessing();
  for (const group of groups) assessing.add(group);
  return assessing.result();
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

/** Groups of several tasks: each task's numbers, and their mean. */
export class AssessingByTask {
  readonly #tasks = new Map<string, Assessing>();

  add(group: Group): void {
    const ofTask = this.#tasks.get(group.task) ?? new Assessing();
    this.#tasks.set(group.task, ofTask);
    ofTask.add(group);
  }

  /** Undefined for groups of one task. */
  describe(): string | undefined {
    return this.#tasks.size < 2 ? undefined : tableOf(this.#tasks);
  }
}

function tableOf(tasks: ReadonlyMap<string, Assessing>): string {
  const names = [...tasks.keys()];
  const assessed = [...tasks.values()].map((ofTask) => ofTask.result());
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
    ["task", "questions", "sampled %", "maj %", "assessing %", "ppl right", "ppl wrong"],
    [
      ...assessed.map(({ questions }, at) => [names[at]!, whole(questions), ...texts(metrics[at]!)]),
      ["mean of the tasks (macro)", "", ...texts(means)],
    ],
  );
}
