/**
 * Groups to and from the rows that other trainers read: TRL's preference rows (`prompt/chosen/rejected`, for DPO)
 * and unpaired rows (`prompt/completion/label`, for KTO), and RRHF's `query/responses/scores`. Texts are
 * kept as they are. What such rows cannot hold (reference, answer, token ids) is lost on the way out; on the way in
 * a candidate has no extracted answer and the group an empty one.
 */
import { z } from "zod";
import { inputError } from "../../core/errors.ts";
import type { Group, JudgedCandidate } from "../../core/records.ts";
import type { PreferenceRow, RrhfRow, UnpairedRow } from "../generated/rows.ts";
import { grouped } from "../problems.ts";
import { placed, sides } from "./members.ts";

export type { PreferenceRow, RrhfRow, UnpairedRow } from "../generated/rows.ts";

export const preferenceRowSchema = z.looseObject({
  prompt: z.string().meta({ description: "the exact text the model is given" }),
  chosen: z.string().meta({ description: "the better response" }),
  rejected: z.string().meta({ description: "the worse response" }),
});

export const unpairedRowSchema = z.looseObject({
  prompt: z.string().meta({ description: "the exact text the model is given" }),
  completion: z.string().meta({ description: "one response to it" }),
  label: z.boolean().meta({ description: "whether it is right" }),
});

export const rrhfRowSchema = z.looseObject({
  query: z.string().meta({ description: "the exact text the model is given" }),
  responses: z.array(z.string()).meta({ description: "several responses to it" }),
  scores: z.array(z.number()).meta({ description: "how good each is, in the same order" }),
});

/** Each distinct text once, the right ones first. */
const distinctOf = (group: Group): JudgedCandidate[] => {
  const { positives, negatives } = sides(group);
  return [...positives, ...negatives];
};

/**
 * Each distinct text and how good it is, the best first: by the rewards where all have one, else by the ranks where
 * the group has some (as -rank; a text without one is left out, as in training), else 1 for right and 0 for wrong.
 */
function rewarded(group: Group): { text: string; reward: number }[] {
  const ranked = group.candidates.some(({ rank }) => rank !== undefined);
  const members = placed(group, ranked ? "ranked" : "binary");
  const rewards = members
    .map(({ candidate }) => candidate.reward)
    .filter((reward) => typeof reward === "number");
  return members.map(({ candidate: { text, correct }, rank }, at) => ({
    text,
    reward: rewards.length === members.length ? rewards[at]! : ranked ? -rank : Number(correct),
  }));
}

/** One row for each pair of which one text is better than the other; none for a group without such a pair. */
export function toPreferenceRows(group: Group): PreferenceRow[] {
  const candidates = rewarded(group);
  return candidates.flatMap((better) =>
    candidates
      .filter((worse) => better.reward > worse.reward)
      .map((worse) => ({ prompt: group.prompt, chosen: better.text, rejected: worse.text })),
  );
}

/** One row for each distinct text, `label` saying whether its answer is right. */
export const toUnpairedRows = (group: Group): UnpairedRow[] =>
  distinctOf(group).map(({ text, correct }) => ({ prompt: group.prompt, completion: text, label: correct }));

/** One row with all distinct texts; scores are the rewards, or follow the ranks, or are 1 and 0. */
export function toRrhfRow(group: Group): RrhfRow {
  const candidates = rewarded(group);
  return {
    query: group.prompt,
    responses: candidates.map(({ text }) => text),
    scores: candidates.map(({ reward }) => reward),
  };
}

/** Rows of equal prompt make one group: what was ever chosen is right, what was only rejected is wrong. */
export const fromPreferenceRows = (rows: readonly PreferenceRow[], task: string): Group[] =>
  [...grouped(rows, ({ prompt }) => prompt)].map(([prompt, pairs], at) => {
    const right = new Set(pairs.map(({ chosen }) => chosen));
    const texts = new Set(pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]));
    return groupOf(
      prompt,
      [...texts].map((text) => candidateOf(text, right.has(text))),
      at,
      task,
    );
  });

/** Rows of equal prompt make one group. A text that is labelled both ways is an input error. */
export function fromUnpairedRows(rows: readonly UnpairedRow[], task: string): Group[] {
  const labels = new Map<string, Map<string, boolean>>();
  for (const [at, { prompt, completion, label }] of rows.entries()) {
    const texts = labels.get(prompt) ?? new Map<string, boolean>();
    if (texts.get(completion) === !label)
      throw inputError({
        what: `row ${at + 1}: this completion of the prompt was labelled ${!label} before`,
        found: completion,
        expected: "one label for a text",
      });
    labels.set(prompt, texts.set(completion, label));
  }
  return [...labels].map(([prompt, texts], at) =>
    groupOf(
      prompt,
      [...texts].map(([text, correct]) => candidateOf(text, correct)),
      at,
      task,
    ),
  );
}

/**
 * One group for each row. Scores of 0 and 1 say what is right; others are kept as `reward` and give the
 * ranks (1 is the best, equal scores share one), the best being right.
 */
export function fromRrhfRows(rows: readonly RrhfRow[], task: string): Group[] {
  return rows.map(({ query, responses, scores }, at) => {
    if (responses.length !== scores.length)
      throw inputError({
        what: `row ${at + 1}: responses and scores differ in number`,
        found: scores.length,
        expected: `${responses.length} scores`,
      });
    const levels = [...new Set(scores)].sort((a, b) => b - a);
    const binary = levels.every((score) => score === 0 || score === 1);
    const candidates = responses.map((text, index) => {
      const reward = scores[index]!;
      return binary
        ? candidateOf(text, reward === 1)
        : { ...candidateOf(text, reward === levels[0]), rank: levels.indexOf(reward) + 1, reward };
    });
    return groupOf(query, candidates, at, task);
  });
}

const groupOf = (prompt: string, candidates: JudgedCandidate[], at: number, task: string): Group => ({
  id: `${task}-${at + 1}`,
  task,
  prompt,
  answer: "",
  candidates,
});

const candidateOf = (text: string, correct: boolean): JudgedCandidate => ({ text, extracted: null, correct });
