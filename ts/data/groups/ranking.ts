/** What ranked feedback can go by: each recipe gives every COT of a question a key, the greater the better. */
import type { Ranking } from "../../config/index.ts";
import { nearestName, type Problem } from "../../core/errors.ts";
import type { JudgedCandidate, Question } from "../../core/records.ts";
import type { Task } from "../task.ts";

export type { Ranking } from "../../config/index.ts";

/** Numbers of which the first that differs decides. */
export type Key = readonly number[];

/** The generator that the reference COT is listed under where it is a candidate. */
export const referenceGenerator = "reference";

type Recipe = (candidate: JudgedCandidate, question: Question, task: Task) => Key;

const columns: Readonly<Record<Extract<Ranking, string>, Recipe>> = {
  steps(candidate, question, task) {
    // Checked already: two COTs whose every step is right are equally good.
    if (candidate.stepsValid === true) return [Number(candidate.correct), 1, 0];
    const { valid, progress } = task.quality!(question, candidate.text)!;
    return [Number(candidate.correct), Number(valid), valid ? 0 : progress];
  },
  score: (candidate) => [Number(candidate.correct), candidate.score!],
  reward: ({ reward }) => [reward as number],
  rank: ({ rank }) => [-rank!],
};

/** The recipe of a ranking. Its candidates have passed {@link rankingProblem}. */
export function recipeOf(ranking: Ranking): Recipe {
  if (typeof ranking === "string") return columns[ranking];
  const { generators } = ranking;
  return ({ generator }) =>
    generator === referenceGenerator && !generators.includes(referenceGenerator)
      ? [1] // better than the first of them, which is 0
      : [-generators.indexOf(generator as string)];
}

/** Whether a ranking puts every right COT above every wrong one; a model or a reward can prefer a wrong one. */
export const ranksByAnswer = (ranking: unknown): boolean =>
  ranking === undefined || ranking === "steps" || ranking === "score";

interface Column {
  name: string;
  expected: string;
}
const scoreColumn = { name: "score", expected: "a score, or a logprob and its tokens, on every candidate" };
const numberColumns: Readonly<Record<string, Column>> = {
  score: scoreColumn,
  reward: { name: "reward", expected: "a finite number on every candidate, greater is better" },
  rank: { name: "rank", expected: "a finite number on every candidate, 1 is the best" },
};

/** Why a candidate cannot be ranked so; undefined when it can. Steps are the task's matter, not the candidate's. */
export function rankingProblem(
  candidate: Readonly<Record<string, unknown>>,
  ranking: Ranking,
): Problem | undefined {
  if (ranking === "steps") return undefined;
  if (typeof ranking !== "string") return generatorProblem(candidate.generator, ranking);
  const { name, expected } = numberColumns[ranking]!;
  const value = ranking === "score" ? scoreOf(candidate) : candidate[name];
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  return value === undefined
    ? { what: `missing field ${name}: the ranking goes by it`, expected }
    : { what: `bad value for field ${name}: the ranking goes by it`, found: value, expected };
}

/** The mean log-probability of the tokens; undefined where it is not known. */
export const scoreOf = ({ score, logprob, tokens }: Readonly<Record<string, unknown>>): unknown =>
  typeof logprob === "number" && typeof tokens === "number" && tokens > 0 ? logprob / tokens : score;

function generatorProblem(
  generator: unknown,
  { generators, reference }: Exclude<Ranking, string>,
): Problem | undefined {
  if (reference && generator === referenceGenerator) return undefined;
  if (typeof generator === "string" && generators.includes(generator)) return undefined;
  const expected = `one of ${generators.join(", ")}, which the ranking names`;
  if (generator === undefined) return { what: "missing field generator: the ranking goes by it", expected };
  return {
    what: "field generator: the ranking does not name this one",
    found: generator,
    expected,
    nearest: typeof generator === "string" ? nearestName(generator, generators) : undefined,
  };
}
