import type { Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import { type Group, isUnchecked, type JudgedCandidate, type Question } from "../../core/records.ts";
import { refuse } from "../problems.ts";
import type { Task } from "../task.ts";
import { taskNamed } from "../tasks/registry.ts";
import { type Key, type Ranking, rankingProblem, recipeOf, referenceGenerator } from "./ranking.ts";

/**
 * The candidates of a question, each with its `rank`: 1 is the best, equals share one, no place is left empty. A text
 * that comes twice has the better of its places. What was not looked at to its end has no rank. Where the ranking
 * asks for it, the reference comes first, as a candidate of the generator `reference`.
 */
export function withRanks(
  question: Question,
  judged: readonly JudgedCandidate[],
  task: Task,
  ranking: Ranking,
): JudgedCandidate[] {
  const candidates = [...referenceOf(question, judged, ranking), ...judged];
  const recipe = recipeOf(ranking);
  const keys = candidates.map((candidate) =>
    isUnchecked(candidate) ? undefined : recipe(candidate, question, task),
  );
  const best = new Map<string, Key>();
  for (const [at, key] of keys.entries()) {
    const { text } = candidates[at]!;
    const known = best.get(text);
    if (key !== undefined && (known === undefined || compare(key, known) < 0)) best.set(text, key);
  }
  const places = placesOf([...best.values()]);
  return candidates.map(({ rank: _, ...candidate }, at) =>
    keys[at] === undefined
      ? candidate
      : { ...candidate, rank: places.get(best.get(candidate.text)!.join())! },
  );
}

function referenceOf(
  { reference, answer }: Question,
  judged: readonly JudgedCandidate[],
  ranking: Ranking,
): JudgedCandidate[] {
  if (typeof ranking === "string" || !ranking.reference || reference === undefined) return [];
  if (judged.some(({ text, generator }) => text === reference && generator === referenceGenerator)) return [];
  return [{ text: reference, extracted: answer, correct: true, generator: referenceGenerator }];
}

/** The better key first. */
function compare(a: Key, b: Key): number {
  for (const [at, value] of a.entries()) if (value !== b[at]!) return b[at]! - value;
  return 0;
}

/** The place of each key, by its numbers joined: 1 for the best. */
function placesOf(keys: readonly Key[]): Map<string, number> {
  const levels = [...new Map(keys.map((key) => [key.join(), key])).values()].sort(compare);
  return new Map(levels.map((key, at) => [key.join(), at + 1]));
}

/** The recipes that go by what the candidates carry: groups judged elsewhere can be ranked by these. */
export type ColumnRanking = Exclude<Ranking, "steps">;

/**
 * Groups judged elsewhere, ranked by what their candidates carry; the recipe is recorded in them. A candidate without it
 * is an input error, all of them reported together.
 */
export function rankedGroups(rows: readonly Row<Group>[], ranking: ColumnRanking): Row<Group>[] {
  const problems = rows.flatMap(({ value, where }) =>
    value.candidates.flatMap((candidate, at): Problem[] => {
      const problem = isUnchecked(candidate) ? undefined : rankingProblem(candidate, ranking);
      return problem === undefined ? [] : [{ ...problem, what: `candidates.${at}: ${problem.what}`, where }];
    }),
  );
  refuse(problems);
  return rows.map(({ value, where }) => {
    const { prompt: question, candidates, ...group } = value;
    const ranked = withRanks({ ...group, question }, candidates, taskNamed(group.task, where), ranking);
    return { where, value: { ...value, ranking, candidates: ranked } };
  });
}
