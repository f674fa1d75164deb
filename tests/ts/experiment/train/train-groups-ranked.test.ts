import { describe, expect, test } from "vitest";
import { methodSchema, type TrainedMethod } from "../../../../ts/config/index.ts";
import type { Group, JudgedCandidate } from "../../../../ts/core/records.ts";
import { type TrainGroupOptions, trainGroup } from "../../../../ts/experiment/train/train-groups.ts";

const method = (settings: object) => methodSchema.parse({ constraint: "none", ...settings }) as TrainedMethod;
const cot = (text: string, correct: boolean, more: Partial<JudgedCandidate> = {}): JudgedCandidate => ({
  text,
  extracted: correct ? "7" : "8",
  correct,
  ...more,
});
const groupOf = (candidates: JudgedCandidate[], more: Partial<Group> = {}): Group => ({
  id: "q1",
  task: "arithmetic",
  prompt: "?\n",
  reference: "the reference",
  answer: "7",
  candidates,
  ...more,
});
const sent = (
  group: Group,
  settings: object,
  { seed = 1, feedback = "ranked" }: Partial<TrainGroupOptions> = {},
) => trainGroup(group, method(settings), { seed, feedback }).responses;
/** What the loss is told, text by text. */
const ranksIn = (...of: Parameters<typeof sent>) =>
  sent(...of).map(({ text, label, rank, reward }) => [text, label, rank, reward]);

const target = { text: "the reference", target: true, reference: true };
const graded = groupOf([
  cot("poor", false, { rank: 9 }),
  cot("good", true, { rank: 4 }),
  cot("best", true, { rank: -1 }),
  cot("also good", true, { rank: 4 }),
  cot("poor", false, { rank: 9 }),
  cot("endless", false, { extracted: null, noAnswer: "too long" }),
]);

describe("the losses by rank are told", () => {
  const binary = groupOf([cot("wrong", false), cot("right", true), cot("wrong", false)]);

  test.each(["rrhf", "pro"])("%s: ranks 1 and 2 for right and wrong, and the labels", (name) => {
    expect(sent(binary, { method: name }, { feedback: "binary" })).toEqual([
      target,
      { text: "right", target: false, label: "positive", rank: 1 },
      { text: "wrong", target: false, label: "negative", rank: 2 },
    ]);
  });

  test.each([
    { method: "rrhf" },
    { method: "pro", constraint: "detached" },
    { method: "aft", constraint: "none" },
    { method: "aft", constraint: "detached" },
    { method: "aft", constraint: "ranked-detached" },
    { method: "aft", constraint: "ranked-boundary", beta: 0.1 },
  ])("$method $constraint: dense ranks, each text once, none that was not looked at", (settings) => {
    expect(sent(graded, settings)).toEqual([
      target,
      { text: "best", target: false, label: "positive", rank: 1 },
      { text: "good", target: false, label: "positive", rank: 2 },
      { text: "also good", target: false, label: "positive", rank: 2 },
      { text: "poor", target: false, label: "negative", rank: 3 },
    ]);
  });

  test("PRO alone: the rewards, where every COT that takes part has one", () => {
    const rewarded = groupOf([
      cot("good", true, { rank: 1, reward: 0.9 }),
      cot("poor", false, { rank: 2, reward: 0.2 }),
      cot("endless", false, { extracted: null, noAnswer: "too long" }),
    ]);
    const rewards = (group: Group, name: string) => sent(group, { method: name }).map(({ reward }) => reward);
    expect(rewards(rewarded, "pro")).toEqual([undefined, 0.9, 0.2]);
    expect(rewards(rewarded, "rrhf")).toEqual([undefined, undefined, undefined]);
    const some = groupOf([...rewarded.candidates, cot("fair", false, { rank: 3 })]);
    expect(rewards(some, "pro")).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("the reference among the best", () => {
  const settings = { method: "pro", referenceAsPositive: true };

  test("shares the first rank with right samples, and their reward", () => {
    const group = groupOf([
      cot("best", true, { rank: 3, reward: 0.9 }),
      cot("poor", false, { rank: 7, reward: 0.2 }),
    ]);
    expect(ranksIn(group, settings)).toEqual([
      ["the reference", "positive", 1, 0.9],
      ["best", "positive", 1, 0.9],
      ["poor", "negative", 2, 0.2],
    ]);
  });

  test("is better than the best sample where that is wrong or has a wrong step, and then nobody has a reward", () => {
    for (const best of [cot("best", false, { rank: 1 }), cot("best", true, { rank: 1, stepsValid: false })])
      expect(
        ranksIn(groupOf([{ ...best, reward: 5 }, cot("poor", false, { rank: 2, reward: 4 })]), settings),
      ).toMatchObject([
        ["the reference", "positive", 1, undefined],
        ["best", best.correct ? "positive" : "negative", 2, undefined],
        ["poor", "negative", 3, undefined],
      ]);
  });

  test("takes the place of a sample of its text, and is alone where there is no sample", () => {
    const group = groupOf([cot("the reference", true, { rank: 1 }), cot("poor", false, { rank: 2 })]);
    expect(ranksIn(group, settings)).toEqual([
      ["the reference", "positive", 1, undefined],
      ["poor", "negative", 2, undefined],
    ]);
    expect(ranksIn(groupOf([]), settings)).toEqual([["the reference", "positive", 1, undefined]]);
  });

  test("has rank 1 under binary feedback, and no reward of a wrong sample", () => {
    const wrong = groupOf([cot("poor", false, { reward: 0 })]);
    expect(ranksIn(wrong, settings, { feedback: "binary" })).toEqual([
      ["the reference", "positive", 1, undefined],
      ["poor", "negative", 2, undefined],
    ]);
    const both = groupOf([cot("good", true, { reward: 1 }), cot("poor", false, { reward: 0 })]);
    expect(ranksIn(both, settings, { feedback: "binary" })).toEqual([
      ["the reference", "positive", 1, 1],
      ["good", "positive", 1, 1],
      ["poor", "negative", 2, 0],
    ]);
  });
});

describe("DPO", () => {
  const scored = groupOf(
    [
      cot("a", true, { rank: 1, logprob: -1 }),
      cot("b", true, { rank: 2, logprob: -2 }),
      cot("c", false, { rank: 3, logprob: -3 }),
      cot("d", false, { rank: 3, logprob: -4 }),
    ],
    { referenceLogprob: -0.5, referenceTokens: 5 },
  );
  const pairOf = (seed: number, group = scored) =>
    sent(group, { method: "dpo", pairs: "one" }, { seed })
      .slice(1)
      .map(({ text }) => text)
      .join("");

  test("has each COT's log-probability under the reference model, the reference COT's too where it takes part", () => {
    const told = (settings: object) =>
      sent(scored, { method: "dpo", ...settings }).map(({ text, rank, referenceLogprob }) => [
        text,
        rank,
        referenceLogprob,
      ]);
    const samples = [
      ["a", 1, -1],
      ["b", 2, -2],
      ["c", 3, -3],
      ["d", 3, -4],
    ];
    expect(told({})).toEqual([["the reference", undefined, undefined], ...samples]);
    expect(told({ referenceAsPositive: true })).toEqual([["the reference", 1, -0.5], ...samples]);
  });

  test("draws one pair of a better and a worse COT, each of the five about equally often", () => {
    const drawn = new Map<string, number>();
    for (let seed = 0; seed < 1000; seed++) {
      const pair = pairOf(seed);
      drawn.set(pair, (drawn.get(pair) ?? 0) + 1);
    }
    expect([...drawn.keys()].sort()).toEqual(["ab", "ac", "ad", "bc", "bd"]);
    // 200 expected, standard deviation 12.6.
    for (const times of drawn.values()) expect(Math.abs(times - 200)).toBeLessThan(60);
  });

  test("draws the same pair again for the same seed and question, and not the same for all questions", () => {
    expect(pairOf(7)).toBe(pairOf(7));
    const others = Array.from({ length: 20 }, (_, at) => pairOf(7, { ...scored, id: `q${at}` }));
    expect(new Set(others).size).toBeGreaterThan(1);
  });

  test("sends the reference alone where one pair is to be drawn and there is none", () => {
    const alike = groupOf([
      cot("a", true, { rank: 2, logprob: -1 }),
      cot("b", true, { rank: 2, logprob: -2 }),
    ]);
    for (const referenceAsPositive of [false, true])
      expect(sent(alike, { method: "dpo", pairs: "one", referenceAsPositive })).toEqual([target]);
  });
});
