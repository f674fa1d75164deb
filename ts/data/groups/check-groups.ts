/** Whether groups of a user's own, judged and ranked elsewhere, say one thing only: what is checked before training. */
import type { Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import { type Group, isUnchecked, type JudgedCandidate } from "../../core/records.ts";
import { oneOf } from "../../core/words.ts";
import { refuse, repeats } from "../problems.ts";
import type { Feedback } from "./members.ts";
import { ranksByAnswer } from "./ranking.ts";

export interface OwnGroupsOptions {
  /** The experiment's, which are trained on. */
  tasks: readonly string[];
  feedback: Feedback;
  /** Where the groups stand. */
  file: string;
}

/**
 * Refuses groups that cannot be trained on, or that contradict themselves: all mistakes in one input error, each with
 * its row, value and what was expected. Ranks must be on all candidates of all groups (those too long to be looked at
 * apart) or, under binary feedback, on none, and may contradict neither the rewards nor, unless the group's `ranking`
 * names something else that they go by, the labels.
 */
export function checkOwnGroups(rows: readonly Row<Group>[], options: OwnGroupsOptions): void {
  if (rows.length === 0)
    refuse([{ what: "no group in this file", where: options.file, expected: "one group a row" }]);
  const problems = [
    ...rows.flatMap(({ value, where }) =>
      [...groupProblems(value, options)].map((problem) => ({ ...problem, where })),
    ),
    ...repeats(rows, ({ id }) => id, "field id: this id comes twice"),
    ...rankProblems(rows, options),
  ];
  const order = new Map(rows.map(({ where }, at) => [where, at]));
  const placeOf = ({ where }: Problem): number => order.get(where!) ?? -1;
  refuse(problems.sort((a, b) => placeOf(a) - placeOf(b)));
}

function* groupProblems(group: Group, { tasks, feedback }: OwnGroupsOptions): Generator<Problem> {
  const { task, candidates, reference, ranking } = group;
  if (!tasks.includes(task))
    yield { what: "field task: a group of another task", found: task, expected: oneOf(tasks) };
  if (reference === undefined || reference.trim() === "")
    yield {
      what: reference === undefined ? "missing field reference" : "field reference: it is empty",
      found: reference,
      expected: "the reference COT: the VFT loss of every method trains on it",
    };
  for (const [at, { text, correct }] of candidates.entries())
    if (text === reference && !correct)
      yield {
        what: `field candidates.${at}.correct: the reference COT itself, called wrong`,
        found: correct,
        expected: "true",
      };
  yield* repeatedTexts(candidates, feedback);
  if (feedback === "ranked" && ranksByAnswer(ranking)) yield* contradictedLabels(candidates);
  yield* rewardProblems(candidates, feedback);
}

/** Training takes each text once: two that are equal must have the same labels. */
function* repeatedTexts(candidates: readonly JudgedCandidate[], feedback: Feedback): Generator<Problem> {
  const first = new Map<string, number>();
  const fields = feedback === "ranked" ? ["correct", "rank", "reward"] : ["correct", "reward"];
  for (const [at, candidate] of candidates.entries()) {
    const before = first.get(candidate.text);
    if (before === undefined) {
      first.set(candidate.text, at);
      continue;
    }
    const earlier = candidates[before]!;
    for (const field of fields)
      if (candidate[field] !== earlier[field])
        yield {
          what: `field candidates.${at}.${field}: the text of candidates.${before} again, with another ${field === "correct" ? "label" : field}`,
          found: candidate[field] ?? `no ${field}`,
          expected: String(earlier[field] ?? `no ${field}`),
        };
  }
}

function* contradictedLabels(candidates: readonly JudgedCandidate[]): Generator<Problem> {
  const ranked = candidates.flatMap(({ rank, correct }, at) =>
    rank === undefined ? [] : [{ at, rank, correct }],
  );
  const wrong = ranked.filter(({ correct }) => !correct).sort((a, b) => a.rank - b.rank)[0];
  const right = ranked.filter(({ correct }) => correct).sort((a, b) => b.rank - a.rank)[0];
  if (wrong !== undefined && right !== undefined && wrong.rank < right.rank)
    yield {
      what: `field candidates.${wrong.at}.rank: a wrong COT ranked above a right one (candidates.${right.at})`,
      found: wrong.rank,
      expected: `at least ${right.rank}, the rank of candidates.${right.at}; 1 is the best`,
    };
}

/** Rewards are finite numbers, on all candidates or on none, and say the same as the ranks (or right and wrong). */
function* rewardProblems(candidates: readonly JudgedCandidate[], feedback: Feedback): Generator<Problem> {
  const rewarded = candidates.findIndex(({ reward }) => reward !== undefined);
  if (rewarded === -1) return;
  let isRight = true;
  for (const [at, { reward }] of candidates.entries()) {
    if (typeof reward === "number" && Number.isFinite(reward)) continue;
    isRight = false;
    if (reward === undefined)
      yield {
        what: `field candidates.${at}.reward: no reward, and candidates.${rewarded} has one`,
        expected: "a reward on every candidate of a group, or on none",
      };
    else
      yield {
        what: `bad value for field candidates.${at}.reward`,
        found: reward,
        expected: "a number, greater is better",
      };
  }
  if (isRight) yield* contradictedRewards(candidates, feedback);
}

function* contradictedRewards(
  candidates: readonly JudgedCandidate[],
  feedback: Feedback,
): Generator<Problem> {
  const isRanked = feedback === "ranked";
  const placed = candidates
    .flatMap(({ rank, correct, reward }, at) => {
      const place = isRanked ? rank : correct ? 1 : 2;
      return place === undefined ? [] : [{ at, place, reward: reward as number }];
    })
    .sort((a, b) => a.place - b.place);
  const isContradicted = (below: (typeof placed)[number], above: (typeof placed)[number]): boolean =>
    below.place === above.place ? below.reward !== above.reward : below.reward >= above.reward;
  const number = placed.findIndex((member, at) => at > 0 && isContradicted(member, placed[at - 1]!));
  if (number === -1) return;
  const { at, place, reward } = placed[number]!;
  const above = placed[number - 1]!;
  const isLevel = place === above.place;
  const relation = isRanked
    ? `which ${isLevel ? "has the same rank" : "ranks above it"}`
    : isLevel
      ? `which is ${place === 1 ? "right" : "wrong"} too`
      : "which is right where this one is wrong";
  yield {
    what: `field candidates.${at}.reward: not ${isLevel ? "" : "below "}the reward of candidates.${above.at}, ${relation}`,
    found: reward,
    expected: `${isLevel ? "" : "less than "}${above.reward}`,
    fix:
      isRanked || !isLevel
        ? undefined
        : "rewards of more than two levels need a `rank` beside them and stages.judge.feedback: ranked",
  };
}

/** Ranks where there should be none, and none where there should be some. */
function* rankProblems(
  rows: readonly Row<Group>[],
  { feedback, file }: OwnGroupsOptions,
): Generator<Problem> {
  const rankedAt = ({ candidates }: Group): number => candidates.findIndex(({ rank }) => rank !== undefined);
  const ranked = rows.find(({ value }) => rankedAt(value) >= 0);
  if (ranked === undefined) {
    if (feedback === "ranked")
      yield {
        what: "the groups have no ranks, and stages.judge.feedback is ranked",
        where: file,
        expected: "a `rank` on every candidate (1 is the best), or stages.judge.feedback: binary",
      };
    return;
  }
  if (feedback === "binary") {
    const at = rankedAt(ranked.value);
    yield {
      what: `field candidates.${at}.rank: the groups have ranks, and stages.judge.feedback is binary`,
      where: ranked.where,
      found: ranked.value.candidates[at]!.rank,
      expected: "no ranks: right and wrong alone",
      fix: "set stages.judge.feedback: ranked",
    };
    return;
  }
  for (const { value, where } of rows) {
    const rankedIndex = rankedAt(value);
    if (rankedIndex === -1 && !value.candidates.every(isUnchecked)) {
      yield {
        what: `no ranks, and the group of ${ranked.where} has some`,
        where,
        expected: "ranks in every row",
      };
      continue;
    }
    for (const [at, candidate] of value.candidates.entries())
      if (candidate.rank === undefined && !isUnchecked(candidate))
        yield {
          what: `field candidates.${at}.rank: no rank, and candidates.${rankedIndex} has one`,
          where,
          expected: "a rank on every candidate",
        };
  }
}
