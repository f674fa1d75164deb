import { describe, expect, it } from "vitest";
import type { Group, JudgedCandidate } from "../../../../ts/core/records.ts";
import { placed } from "../../../../ts/data/index.ts";

describe("the distinct COTs of a group, best first", () => {
  const group = (candidates: JudgedCandidate[]): Group => ({
    id: "q",
    task: "gsm8k",
    prompt: "?",
    answer: "24",
    candidates,
  });
  const one = (text: string, correct: boolean, rest: Partial<JudgedCandidate> = {}): JudgedCandidate => ({
    ...{ text, extracted: "1", correct },
    ...rest,
  });
  const ranksOf = (feedback: "binary" | "ranked", ...candidates: JudgedCandidate[]) =>
    placed(group(candidates), feedback).map(({ candidate: { text, index }, rank }) => [text, rank, index]);

  it("are right, then wrong ones under binary feedback, whatever ranks they have", () => {
    const candidates = [one("a", false, { rank: 1 }), one("b", true, { rank: 2 }), one("c", true)];
    expect(ranksOf("binary", ...candidates).map(([text, rank]) => [text, rank])).toEqual([
      ["b", 1],
      ["c", 1],
      ["a", 2],
    ]);
    expect(ranksOf("binary", one("a", false))).toEqual([["a", 2, undefined]]);
  });

  it("go by their ranks, gaps closed and equals left equal", () => {
    const ranked = ranksOf(
      "ranked",
      one("d", false, { rank: 9 }),
      one("b", true, { rank: 4.5 }),
      one("a", true, { rank: 0 }),
      one("c", false, { rank: 4.5 }),
    );
    expect(ranked.map(([text, rank]) => [text, rank])).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 2],
      ["d", 3],
    ]);
  });

  it("take a text that was sampled twice once, its first sample", () => {
    const twice = [one("a", true, { rank: 1, index: 0 }), one("a", true, { rank: 1, index: 1 })];
    expect(ranksOf("ranked", ...twice)).toEqual([["a", 1, 0]]);
    expect(ranksOf("binary", ...twice)).toEqual([["a", 1, 0]]);
  });

  it("leave out what has no rank and what was too long to be looked at, which opens no gap", () => {
    const unchecked = { extracted: null, noAnswer: "too long", rank: 1 };
    expect(
      ranksOf("ranked", one("a", false, unchecked), one("b", true), one("c", false, { rank: 2 })),
    ).toEqual([["c", 1, undefined]]);
    expect(ranksOf("binary", one("a", false, unchecked))).toEqual([]);
    expect(ranksOf("ranked", one("b", true))).toEqual([]);
  });
});
