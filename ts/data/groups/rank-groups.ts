import type { Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import type { Group } from "../../core/records.ts";
import { refuse } from "../problems.ts";
import { taskNamed } from "../tasks/registry.ts";
import { withRanks } from "./rank.ts";
import { type Ranking, rankingProblem } from "./ranking.ts";
import { isUnchecked } from "./unchecked.ts";

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
  refuse(problems.map((problem) => () => problem));
  return rows.map(({ value, where }) => {
    const { prompt: question, candidates, ...group } = value;
    const ranked = withRanks({ ...group, question }, candidates, taskNamed(group.task, where), ranking);
    return { where, value: { ...value, ranking, candidates: ranked } };
  });
}
