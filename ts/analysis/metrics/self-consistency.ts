import type { JudgedCandidate } from "../../core/records.ts";
import { ballotOf } from "./majority.ts";
import { scoreOf } from "./scores.ts";
import { noShare, type Tally } from "./tally.ts";

/** What is made of j samples: the most frequent answer, the best-scored one, or whether any is right. */
export const curveNames = ["majority", "best", "pass"] as const;
export type CurveName = (typeof curveNames)[number];

/**
 * maj@j of one question for j = 1..n of its n samples: the expectation over all subsets of j samples, a tie broken at
 * random, an answer that could not be extracted without a vote. Exact, by counting subsets: for every answer that is
 * right and every number of votes, in how many ways the other answers get no more, and how many of them as many. The
 * counts stay whole up to 2^53 and lose the last digits after; they overflow at 1,030 samples.
 */
export function majorityBySize(candidates: readonly JudgedCandidate[]): number[] {
  const n = candidates.length;
  const { ballots, silent } = ballotsOf(candidates);
  const choose = binomials(n);
  const expected = new Array<number>(n).fill(0);
  for (const [at, { votes: most, correct }] of ballots.entries()) {
    if (correct === 0) continue;
    const rivals = ballots.filter((_, other) => other !== at).map(({ votes }) => votes);
    for (let votes = 1; votes <= most; votes++) {
      const ways = waysOfOthers(rivals, silent, votes, n, choose);
      for (let size = votes; size <= n; size++)
        for (const [ties, row] of ways.entries())
          expected[size - 1]! +=
            ((choose[most]![votes]! * row[size - votes]!) / (ties + 1) / choose[n]![size]!) *
            (correct / most);
    }
  }
  return expected;
}

/**
 * In how many ways `u` samples of the others can be chosen so that no other answer has more than `votes`:
 * [answers that have as many][u].
 */
function waysOfOthers(
  others: readonly number[],
  silent: number,
  votes: number,
  n: number,
  choose: readonly Float64Array[],
): Float64Array[] {
  const most = Math.min(others.length, Math.floor(n / votes));
  const empty = () => Array.from({ length: most + 1 }, () => new Float64Array(n + 1));
  let ways = empty();
  ways[0]![0] = 1;
  const add = (count: number, limit: number, tied: number): void => {
    const next = empty();
    for (let ties = 0; ties <= most; ties++)
      for (let used = 0; used <= n; used++) {
        const before = ways[ties]![used]!;
        if (before === 0) continue;
        for (let taken = 0; taken <= Math.min(limit, count, n - used); taken++) {
          const row = next[ties + (taken === tied ? 1 : 0)];
          if (row !== undefined) row[used + taken]! += before * choose[count]![taken]!;
        }
      }
    ways = next;
  };
  for (const count of others) add(count, votes, votes);
  add(silent, silent, -1);
  return ways;
}

/**
 * Best of j by score, for j = 1..n: the chance that the highest-scored of j samples that has an answer is right, over all
 * subsets; equal scores count by their share of right ones. Null where a sample has no score: it was cut, or not kept.
 */
export function bestBySize(candidates: readonly JudgedCandidate[]): number[] | null {
  const n = candidates.length;
  const scored = candidates.map((candidate) => ({ ...candidate, score: scoreOf(candidate) }));
  if (scored.some(({ score }) => score === undefined)) return null;
  const ranked = scored
    .filter(({ extracted }) => extracted !== null)
    .sort((a, b) => b.score! - a.score!)
    .map(({ score, correct }, _, answered) => {
      const equal = answered.filter((other) => other.score === score);
      return equal.length === 1
        ? Number(correct)
        : equal.filter((other) => other.correct).length / equal.length;
    });
  const choose = binomials(n);
  return Array.from({ length: n }, (_, at) => {
    const size = at + 1;
    // The i-th best is the best chosen one when none of the i above it is.
    return ranked.reduce(
      (sum, right, above) => sum + (right * (choose[n - 1 - above]![size - 1] ?? 0)) / choose[n]![size]!,
      0,
    );
  });
}

/** One question's share in a metric of j samples: none where it has fewer. */
export const sizeTally = (values: readonly number[] | null, size: number): Tally =>
  values === null || values.length < size ? noShare : { numerator: values[size - 1]!, denominator: 1 };

/** All sizes up to twelve, then ever fewer: what a curve needs. */
export const curveSizes = (k: number): number[] =>
  Array.from({ length: k }, (_, at) => at + 1).filter(
    (size) => size <= 12 || size === k || size % 2 ** (Math.floor(Math.log2(size)) - 2) === 0,
  );

function ballotsOf(candidates: readonly JudgedCandidate[]) {
  const ballots = new Map<string, { votes: number; correct: number }>();
  let silent = 0;
  for (const { extracted, correct } of candidates) {
    if (extracted === null) {
      silent++;
      continue;
    }
    const ballot = ballots.get(ballotOf(extracted)) ?? { votes: 0, correct: 0 };
    ballots.set(ballotOf(extracted), ballot);
    ballot.votes++;
    if (correct) ballot.correct++;
  }
  return { ballots: [...ballots.values()], silent };
}

const triangles = new Map<number, Float64Array[]>();

/** Pascal's triangle down to row n: [n][k]. */
function binomials(n: number): Float64Array[] {
  const known = triangles.get(n);
  if (known !== undefined) return known;
  const rows = Array.from({ length: n + 1 }, (_, row) => new Float64Array(row + 1));
  for (const [row, values] of rows.entries())
    for (let at = 0; at <= row; at++)
      values[at] = at === 0 || at === row ? 1 : rows[row - 1]![at - 1]! + rows[row - 1]![at]!;
  triangles.set(n, rows);
  return rows;
}
