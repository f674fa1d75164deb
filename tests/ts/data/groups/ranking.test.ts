import { describe, expect, it } from "vitest";
import type { Candidate, Group, Question } from "../../../../ts/core/records.ts";
import {
  checkOwnGroups,
  judge,
  longestJudged,
  type Ranking,
  rankedGroups,
} from "../../../../ts/data/index.ts";
import { mergeGenerators } from "../generators.ts";

const question: Question = {
  id: "q",
  task: "gsm8k",
  question: "How many?",
  answer: "72",
  reference: "48 + 24 = 72\n#### 72",
};
type Sample = Partial<Candidate> & { text: string };

function judged(ranking: Ranking, samples: readonly Sample[], asked: Question = question) {
  const rows = samples.map((sample, index) => ({
    value: { questionId: "q", index, ...sample } as Candidate,
    where: `candidates.jsonl:${index + 1}`,
  }));
  return judge([asked], rows, { task: "gsm8k", extract: "strict", feedback: "ranked", ranking });
}
const ranksOf = (...parameters: Parameters<typeof judged>) =>
  judged(...parameters).groups[0]!.candidates.map(({ rank }) => rank);
const right = "48 + 24 = 72\nIt is so.\n#### 72";

describe("ranks by score", () => {
  it("go by the answer, then by the mean log-probability, ties being ties", () => {
    expect(
      ranksOf("score", [
        { text: "#### 1", logprob: -1, tokens: 10 }, // wrong, and the most likely of all
        { text: right, logprob: -30, tokens: 10 },
        { text: "#### 72", logprob: -10, tokens: 10 },
        { text: "#### 72 ", logprob: -20, tokens: 20 }, // as likely a token as the one before
        { text: "#### 2", score: -4 },
      ]),
    ).toEqual([3, 2, 1, 1, 4]);
  });

  it("need a score, and say which row has none", () => {
    expect(() => judged("score", [{ text: right, logprob: -1, tokens: 1 }, { text: right }])).toThrow(
      "candidates.jsonl:2: missing field score: the ranking goes by it\n  expected: a score, or a logprob and its tokens, on every candidate",
    );
  });
});

describe("ranks by a column", () => {
  it("go by the reward alone, the greater the better, whatever the answer", () => {
    expect(
      ranksOf("reward", [
        { text: "#### 1", reward: 0.9 },
        { text: "#### 72", reward: -2 },
        { text: right, reward: 0.9 },
      ]),
    ).toEqual([1, 2, 1]);
  });

  it("go by given ranks, closed up", () => {
    const samples = [3, 1, 1, 7.5].map((rank, at) => ({ text: `#### ${at}`, rank }));
    expect(ranksOf("rank", samples)).toEqual([2, 1, 1, 3]);
  });

  it("need it in every row", () => {
    const run = () =>
      judged("reward", [
        { text: "#### 1", reward: 1 },
        { text: "#### 2" },
        { text: "#### 3", reward: "high" },
      ]);
    expect(run).toThrow(
      [
        "candidates.jsonl:2: missing field reward: the ranking goes by it",
        "  expected: a finite number on every candidate, greater is better",
        "candidates.jsonl:3: bad value for field reward: the ranking goes by it",
        '  found: "high"',
        "  expected: a finite number on every candidate, greater is better",
      ].join("\n"),
    );
    expect(run).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it("give a text that comes twice the better of its places", () => {
    const samples = [
      { text: "#### 1", reward: 1 },
      { text: "#### 2", reward: 2 },
      { text: "#### 1", reward: 3 },
    ];
    expect(ranksOf("reward", samples)).toEqual([1, 2, 1]);
  });

  it("leave a COT that was not looked at without a rank", () => {
    const endless = `${"1 + 1 = 2\n".repeat(longestJudged / 10)}#### 72`;
    const samples = [
      { text: endless, reward: 2 },
      { text: "#### 72", reward: 1 },
    ];
    expect(ranksOf("reward", samples)).toEqual([undefined, 1]);
  });
});

describe("ranks by generators", () => {
  const strength = { generators: ["strong", "middle", "weak"], reference: false };
  const samples = [
    { text: "#### 70", generator: "weak" },
    { text: "#### 71", generator: "strong" },
    { text: right, generator: "weak" },
    { text: "#### 73", generator: "middle" },
  ];

  it("are the order of the models, all of one model alike; the recipe stands in the group", () => {
    const { groups, counts } = judged(strength, samples);
    expect(groups[0]!.candidates.map(({ rank }) => rank)).toEqual([3, 1, 3, 2]);
    expect(groups[0]!.ranking).toEqual(strength);
    expect(counts.pairedByRank).toBe(1);
  });

  it("leave no place empty for a model without a sample", () => {
    expect(ranksOf(strength, samples.slice(2, 4))).toEqual([2, 1]);
  });

  it("put the reference above all, as a candidate that no count counts", () => {
    const { groups, counts } = judged({ ...strength, reference: true }, samples);
    expect(groups[0]!.candidates.map(({ generator, rank }) => [generator, rank])).toEqual([
      ["reference", 1],
      ["weak", 4],
      ["strong", 2],
      ["weak", 4],
      ["middle", 3],
    ]);
    expect(groups[0]!.candidates[0]).toEqual({
      text: question.reference,
      extracted: "72",
      correct: true,
      generator: "reference",
      rank: 1,
    });
    expect(counts).toMatchObject({ candidates: 4, correct: 1, wrong: 3, paired: 1 });
  });

  it("give a model that found the reference the reference's place", () => {
    const found = { text: question.reference!, generator: "weak" };
    expect(ranksOf({ ...strength, reference: true }, [found, samples[1]!])).toEqual([1, 1, 2]);
  });

  it("name a generator that is not in the order, with the nearest one that is", () => {
    expect(() => judged(strength, [{ text: "#### 1", generator: "midle" }, { text: "#### 2" }])).toThrow(
      [
        "candidates.jsonl:1: field generator: the ranking does not name this one",
        '  found: "midle"',
        "  expected: one of strong, middle, weak, which the ranking names",
        "  did you mean: middle",
        "candidates.jsonl:2: missing field generator: the ranking goes by it",
        "  expected: one of strong, middle, weak, which the ranking names",
      ].join("\n"),
    );
  });

  it("want a reference where it is to be the best", () => {
    const { reference: _, ...bare } = question;
    expect(() => judged({ ...strength, reference: true }, [samples[0]!], bare)).toThrow(
      "missing field reference: the ranking puts the reference COT first\n  expected: a reference COT in every question",
    );
  });

  it("make groups that can be trained on as groups of one's own, a wrong COT above a right one too", () => {
    const { groups } = judged({ ...strength, reference: true }, samples);
    const rows = groups.map((value) => ({ value, where: "groups.jsonl:1" }));
    const options = { tasks: ["gsm8k"], feedback: "ranked", file: "groups.jsonl" } as const;
    expect(() => checkOwnGroups(rows, options)).not.toThrow();
    const { ranking: _, ...unsaid } = groups[0]!;
    expect(() => checkOwnGroups([{ value: unsaid as Group, where: "groups.jsonl:1" }], options)).toThrow(
      "a wrong COT ranked above a right one",
    );
  });
});

describe("candidates of several models", () => {
  const row = (questionId: string, index: number, more: object = {}) => ({
    value: { questionId, index, text: "", ...more } as Candidate,
    where: "x",
  });

  it("are told their generators, and numbered on from file to file", () => {
    const merged = mergeGenerators([
      { generator: "a", rows: [row("p", 0), row("p", 1), row("q", 4)] },
      { generator: "b", rows: [row("q", 0, { generator: "mine" }), row("p", 1), row("p", 0)] },
      { generator: "c", rows: [row("p", 0), row("q", 0)] },
    ]);
    expect(
      merged.map(({ value: { questionId, index, generator } }) => [questionId, index, generator]),
    ).toEqual([
      ["p", 0, "a"],
      ["p", 1, "a"],
      ["q", 4, "a"],
      ["q", 5, "mine"],
      ["p", 3, "b"],
      ["p", 2, "b"],
      ["p", 4, "c"],
      ["q", 6, "c"],
    ]);
  });

  it("keep an index that comes twice within a file as a mistake to be told", () => {
    const merged = mergeGenerators([
      { generator: "a", rows: [row("q", 0)] },
      { generator: "b", rows: [row("q", 0), row("q", 0)] },
    ]);
    expect(merged.map(({ value }) => value.index)).toEqual([0, 1, 1]);
  });
});

describe("groups judged elsewhere", () => {
  const group = (candidates: object[]): Group =>
    ({ id: "q", task: "gsm8k", prompt: "?", reference: "#### 7", answer: "7", mine: 1, candidates }) as Group;
  const one = (text: string, correct: boolean, reward?: number) => ({
    text,
    extracted: "7",
    correct,
    reward,
  });

  it("are ranked by what their candidates carry, all else left as it is", () => {
    const before = group([one("a", true, 1), one("b", false, 2)]);
    const [row] = rankedGroups([{ value: before, where: "own.jsonl:1" }], "reward");
    expect(row!.value).toEqual({
      ...before,
      ranking: "reward",
      candidates: [
        { ...one("a", true, 1), rank: 2 },
        { ...one("b", false, 2), rank: 1 },
      ],
    });
  });

  it("get the reference in front once", () => {
    const ranking = { generators: ["m"], reference: true };
    const before = group([{ ...one("a", true), generator: "m" }]);
    const once = rankedGroups([{ value: before, where: "own.jsonl:1" }], ranking);
    expect(once[0]!.value.candidates.map(({ text, rank }) => [text, rank])).toEqual([
      ["#### 7", 1],
      ["a", 2],
    ]);
    expect(rankedGroups(once, ranking)).toEqual(once);
  });

  it("are refused with row and candidate where one carries nothing to be ranked by", () => {
    const rows = [{ value: group([one("a", true, 1), one("b", false)]), where: "own.jsonl:3" }];
    expect(() => rankedGroups(rows, "reward")).toThrow(
      "own.jsonl:3: candidates.1: missing field reward: the ranking goes by it\n  expected: a finite number on every candidate, greater is better",
    );
  });
});
