/** Whether groups of a user's own, judged and ranked elsewhere, say one thing only: what is checked before training. */
import type { Problem } from "../../core/errors.ts";
import type { Row } from "../../core/jsonl.ts";
import type { Group, JudgedCandidate } from "../../core/records.ts";
import { oneOf } from "../../core/words.ts";
import { refuse } from "../problems.ts";
import type { Feedback } from "./placed.ts";
import { ranksByAnswer } from "./ranking.ts";
import { isUnchecked } from "./unchecked.ts";

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
    refuse([() => ({ what: "no group in this file", where: options.file, expected: "one group a row" })]);
  const problems = [
    ...rows.flatMap(({ value, where }) =>
      rowProblems(value, options).map((problem) => ({ ...problem, where })),
    ),
    ...repeatedIds(rows),
    ...rankProblems(rows, options),
  ];
  const order = new Map(rows.map(({ where }, at) => [where, at]));
  const placeOf = ({ where }: Problem): number => order.get(where!) ?? -1;
  refuse(problems.sort((a, b) => placeOf(a) - placeOf(b)).map((problem) => () => problem));
}

function rowProblems(group: Group, { tasks, feedback }: OwnGroupsOptions): Problem[] {
  const { candidates, reference } = group;
  return [
    ...(tasks.includes(group.task)
      ? []
      : [{ what: "field task: a group of another task", found: group.task, expected: oneOf(tasks) }]),
    ...(reference === undefined || reference.trim() === ""
      ? [
          {
            what: reference === undefined ? "missing field reference" : "field reference: it is empty",
            found: reference,
            expected: "the reference COT: the VFT loss of every method trains on it",
          },
        ]
      : []),
    ...wrongReferences(group),
    ...repeatedTexts(candidates, feedback),
    ...(feedback === "ranked" && ranksByAnswer(group.ranking) ? contradictedLabels(candidates) : []),
    ...rewardProblems(candidates, feedback),
  ];
}

const wrongReferences = ({ reference, candidates }: Group): Problem[] =>
  candidates.flatMap(({ text, correct }, at) =>
    text === reference && !correct
      ? [
          {
            what: `field candidates.${at}.correct: the reference COT itself, called wrong`,
            found: correct,
            expected: "true",
          },
        ]
      : [],
  );

/** Training takes each text once: two that are equal must be told the same of. */
function repeatedTexts(candidates: readonly JudgedCandidate[], feedback: Feedback): Problem[] {
  const first = new Map<string, number>();
  return candidates.flatMap((candidate, at) => {
    const before = first.get(candidate.text);
    if (before === undefined) first.set(candidate.text, at);
    if (before === undefined) return [];
    const fields = feedback === "ranked" ? ["correct", "rank", "reward"] : ["correct", "reward"];
    return fields
      .filter((field) => candidate[field] !== candidates[before]![field])
      .map((field) => ({
        what: `field candidates.${at}.${field}: the text of candidates.${before} again, with another ${field === "correct" ? "label" : field}`,
        found: candidate[field] ?? `no ${field}`,
        expected: String(candidates[before]![field] ?? `no ${field}`),
      }));
  });
}

function contradictedLabels(candidates: readonly JudgedCandidate[]): Problem[] {
  const ranked = candidates.flatMap(({ rank, correct }, at) =>
    rank === undefined ? [] : [{ at, rank, correct }],
  );
  const wrong = ranked.filter(({ correct }) => !correct).sort((a, b) => a.rank - b.rank)[0];
  const right = ranked.filter(({ correct }) => correct).sort((a, b) => b.rank - a.rank)[0];
  if (wrong === undefined || right === undefined || wrong.rank >= right.rank) return [];
  return [
    {
      what: `field candidates.${wrong.at}.rank: a wrong COT ranked above a right one (candidates.${right.at})`,
      found: wrong.rank,
      expected: `at least ${right.rank}, the rank of candidates.${right.at}; 1 is the best`,
    },
  ];
}

/** Rewards are finite numbers, on all candidates or on none, and say the same as the ranks (or right and wrong). */
function rewardProblems(candidates: readonly JudgedCandidate[], feedback: Feedback): Problem[] {
  const having = candidates.findIndex(({ reward }) => reward !== undefined);
  if (having === -1) return [];
  const bad = candidates.flatMap(({ reward }, at): Problem[] => {
    if (typeof reward === "number" && Number.isFinite(reward)) return [];
    return reward === undefined
      ? [
          {
            what: `field candidates.${at}.reward: no reward, and candidates.${having} has one`,
            expected: "a reward on every candidate of a group, or on none",
          },
        ]
      : [
          {
            what: `bad value for field candidates.${at}.reward`,
            found: reward,
            expected: "a number, greater is better",
          },
        ];
  });
  return bad.length > 0 ? bad : contradictedRewards(candidates, feedback);
}

function contradictedRewards(candidates: readonly JudgedCandidate[], feedback: Feedback): Problem[] {
  const placeOf = ({ rank, correct }: JudgedCandidate): number | undefined =>
    feedback === "ranked" ? rank : correct ? 1 : 2;
  const given = candidates
    .flatMap((candidate, at) => {
      const place = placeOf(candidate);
      return place === undefined ? [] : [{ at, place, reward: candidate.reward as number }];
    })
    .sort((a, b) => a.place - b.place);
  for (const [number, { at, place, reward }] of given.entries()) {
    const above = given[number - 1];
    if (above === undefined || (place === above.place ? reward === above.reward : reward < above.reward))
      continue;
    const other = `candidates.${above.at}`;
    const sentence =
      feedback === "ranked"
        ? place === above.place
          ? `not the reward of ${other}, which has the same rank`
          : `not below the reward of ${other}, which ranks above it`
        : place === above.place
          ? `not the reward of ${other}, which is ${place === 1 ? "right" : "wrong"} too`
          : `not below the reward of ${other}, which is right where this one is wrong`;
    return [
      {
        what: `field candidates.${at}.reward: ${sentence}`,
        found: reward,
        expected: `${place === above.place ? "" : "less than "}${above.reward}`,
        ...(feedback === "binary" && place === above.place
          ? {
              fix: "rewards of more than two levels need a `rank` beside them and stages.judge.feedback: ranked",
            }
          : {}),
      },
    ];
  }
  return [];
}

function repeatedIds(rows: readonly Row<Group>[]): Problem[] {
  const first = new Map<string, string>();
  return rows.flatMap(({ value: { id }, where }) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, where);
    return before === undefined
      ? []
      : [
          {
            what: "field id: this id comes twice",
            where,
            found: id,
            expected: `another than that of ${before}`,
          },
        ];
  });
}

/** Ranks where there should be none, and none where there should be some. */
function rankProblems(rows: readonly Row<Group>[], { feedback, file }: OwnGroupsOptions): Problem[] {
  const rankedAt = ({ candidates }: Group): number => candidates.findIndex(({ rank }) => rank !== undefined);
  const some = rows.find(({ value }) => rankedAt(value) >= 0);
  if (some === undefined)
    return feedback === "binary"
      ? []
      : [
          {
            what: "the groups have no ranks, and stages.judge.feedback is ranked",
            where: file,
            expected: "a `rank` on every candidate (1 is the best), or stages.judge.feedback: binary",
          },
        ];
  const at = rankedAt(some.value);
  if (feedback === "binary")
    return [
      {
        what: `field candidates.${at}.rank: the groups have ranks, and stages.judge.feedback is binary`,
        where: some.where,
        found: some.value.candidates[at]!.rank,
        expected: "no ranks: right and wrong alone",
        fix: "set stages.judge.feedback: ranked",
      },
    ];
  return rows.flatMap(({ value, where }): Problem[] => {
    const having = rankedAt(value);
    if (having === -1 && !value.candidates.every(isUnchecked))
      return [
        { what: `no ranks, and the group of ${some.where} has some`, where, expected: "ranks in every row" },
      ];
    return value.candidates.flatMap((candidate, at) =>
      candidate.rank === undefined && !isUnchecked(candidate)
        ? [
            {
              what: `field candidates.${at}.rank: no rank, and candidates.${having} has one`,
              where,
              expected: "a rank on every candidate",
            },
          ]
        : [],
    );
  });
}
