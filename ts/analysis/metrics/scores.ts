import { inputError, type Problem } from "../../core/errors.ts";
import { type Group, isUnchecked, type JudgedCandidate, type Prediction } from "../../core/records.ts";

/** Scores (mean log-probability, nats) of G_P and G_N: a question's right and wrong COTs, each text once. */
export interface GroupScores {
  positive: number[];
  negative: number[];
}

const mostProblemsNamed = 5;

/** Scores of groups that come one by one. */
export class Scores {
  readonly #problems: Problem[] = [];
  #missing = 0;

  /** Those of a group's G_P and G_N; a candidate that has none is left out, and told of by {@link check}. */
  of(group: Group): GroupScores {
    const scores: GroupScores = { positive: [], negative: [] };
    const seen = { positive: new Set<string>(), negative: new Set<string>() };
    for (const [at, candidate] of group.candidates.entries()) {
      if (isUnchecked(candidate)) continue;
      const side = candidate.correct ? "positive" : "negative";
      if (candidate.score === undefined) {
        if (++this.#missing <= mostProblemsNamed) this.#problems.push(noScore(group, at));
        continue;
      }
      if (seen[side].has(candidate.text)) continue;
      seen[side].add(candidate.text);
      scores[side].push(candidate.score);
    }
    return scores;
  }

  /** @throws inputError naming the candidates that have no score */
  check(): void {
    if (this.#missing === 0) return;
    const more = this.#missing - mostProblemsNamed;
    const rest = more > 0 ? [{ what: `and ${more} more candidates without a score` }] : [];
    throw inputError([...this.#problems, ...rest]);
  }
}

/** The scores of every group's G_P and G_N; one error names the candidates that have no score. */
export function scoresOf(groups: readonly Group[]): GroupScores[] {
  const scores = new Scores();
  const perGroup = groups.map((group) => scores.of(group));
  scores.check();
  return perGroup;
}

const noScore = (group: Group, at: number): Problem => ({
  what: `group ${JSON.stringify(group.id)}, candidate ${at + 1} of ${group.candidates.length} has no score`,
  expected: "score: the mean log-probability of the response's tokens",
  fix: "aft score --model DIR --in groups.jsonl --out scored.jsonl",
});

/** The mean log-probability of a COT's tokens, nats: given, or from what the sampler noted; undefined where it was not measured. */
export function scoreOf({ score, logprob, tokens }: JudgedCandidate | Prediction): number | undefined {
  if (typeof score === "number") return score;
  return logprob === undefined || tokens === undefined || tokens === 0 ? undefined : logprob / tokens;
}
