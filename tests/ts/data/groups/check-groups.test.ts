import { expect, test } from "vitest";
import type { Group } from "../../../../ts/core/records.ts";
import { checkOwnGroups, judge } from "../../../../ts/data/index.ts";

type Candidate = Group["candidates"][number];
const right = (text: string, rest: Partial<Candidate> = {}): Candidate => ({
  ...{ text, extracted: "24", correct: true },
  ...rest,
});
const wrong = (text: string, rest: Partial<Candidate> = {}): Candidate => ({
  ...{ text, extracted: "25", correct: false },
  ...rest,
});
const group = (candidates: Candidate[], rest: Partial<Group> = {}): Group => ({
  ...{ id: "q", task: "gsm8k", prompt: "?\n", reference: "4 * 6 = 24\n#### 24", answer: "24" },
  ...rest,
  candidates,
});
const numbered = (groups: readonly Group[]) =>
  groups.map((value, at) => ({
    value: { ...value, id: `${value.id}${at + 1}` },
    where: `g.jsonl:${at + 1}`,
  }));
type Feedback = "binary" | "ranked";
const check = (feedback: Feedback, ...groups: Group[]) => {
  checkOwnGroups(numbered(groups), { tasks: ["gsm8k"], feedback, file: "g.jsonl" });
};
function said(feedback: Feedback, ...groups: Group[]): string {
  try {
    check(feedback, ...groups);
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 2 });
    return (error as Error).message;
  }
  return "";
}
const lines = (...all: string[]): string => all.join("\n");

test("groups that say one thing only are taken", () => {
  expect(said("binary", group([right("a"), wrong("b"), right("a")]), group([]))).toBe("");
  expect(
    said(
      "ranked",
      group([right("a", { rank: 1 }), right("b", { rank: 2 }), wrong("c", { rank: 2 })]),
      group([wrong("a", { rank: 1, reward: 0.5 }), wrong("b", { rank: 3, reward: -1 })]),
      group([]),
    ),
  ).toBe("");
});

test("what the judge ranks is taken as a file of groups, one that was too long to be ranked among it", () => {
  const question = { id: "q1", task: "gsm8k", question: "?", reference: "#### 24", answer: "24" };
  const texts = ["#### 24", "#### 25", "1 + 1 = 2\n".repeat(100_001)];
  const { groups } = judge(
    [question],
    texts.map((text, index) => ({ questionId: "q1", index, text })),
    { task: "gsm8k", extract: "strict", feedback: "ranked" },
  );
  expect(said("ranked", ...groups)).toBe("");
});

test("a file without a group is refused", () => {
  expect(said("binary")).toBe(lines("g.jsonl: no group in this file", "  expected: one group a row"));
});

test("a group without a reference COT, or of another task, is refused", () => {
  const { reference: _, ...bare } = group([]);
  expect(said("binary", bare, group([], { reference: " \n" }), group([], { task: "arithmetic" }))).toBe(
    lines(
      "g.jsonl:1: missing field reference",
      "  expected: the reference COT: the VFT loss of every method trains on it",
      "g.jsonl:2: field reference: it is empty",
      '  found: " \\n"',
      "  expected: the reference COT: the VFT loss of every method trains on it",
      "g.jsonl:3: field task: a group of another task",
      '  found: "arithmetic"',
      "  expected: gsm8k",
    ),
  );
});

test("an id that comes twice is refused, with the row of the first", () => {
  const rows = [1, 2].map((row) => ({ value: group([]), where: `g.jsonl:${row}` }));
  expect(() => checkOwnGroups(rows, { tasks: ["gsm8k"], feedback: "binary", file: "g.jsonl" })).toThrow(
    lines(
      "g.jsonl:2: field id: this id comes twice",
      '  found: "q"',
      "  expected: another than that of g.jsonl:1",
    ),
  );
});

test("ranks on some candidates, or in some rows, are refused", () => {
  const whole = group([right("a", { rank: 1 }), wrong("b", { rank: 2 })]);
  expect(said("ranked", whole, group([right("a"), wrong("b", { rank: 2 })]), group([right("a")]))).toBe(
    lines(
      "g.jsonl:2: field candidates.0.rank: no rank, and candidates.1 has one",
      "  expected: a rank on every candidate",
      "g.jsonl:3: no ranks, and the group of g.jsonl:1 has some",
      "  expected: ranks in every row",
    ),
  );
});

test("ranked feedback without ranks, and binary feedback with ranks, are refused once, not at every row", () => {
  expect(said("ranked", group([right("a")]), group([wrong("b")]))).toBe(
    lines(
      "g.jsonl: the groups have no ranks, and stages.judge.feedback is ranked",
      "  expected: a `rank` on every candidate (1 is the best), or stages.judge.feedback: binary",
    ),
  );
  const graded = group([right("a", { rank: 1 }), wrong("b", { rank: 2 })]);
  expect(said("binary", group([right("a")]), graded, graded)).toBe(
    lines(
      "g.jsonl:2: field candidates.0.rank: the groups have ranks, and stages.judge.feedback is binary",
      "  found: 1",
      "  expected: no ranks: right and wrong alone",
      "  fix: set stages.judge.feedback: ranked",
    ),
  );
});

test("a wrong COT may share a right one's rank, but not rank above it", () => {
  const between = group([right("a", { rank: 1 }), wrong("b", { rank: 2 }), right("c", { rank: 3 })]);
  expect(said("ranked", between)).toBe(
    lines(
      "g.jsonl:1: field candidates.1.rank: a wrong COT ranked above a right one (candidates.2)",
      "  found: 2",
      "  expected: at least 3, the rank of candidates.2; 1 is the best",
    ),
  );
});

test("rewards must follow the ranks: equal for equal, less for worse", () => {
  const rewards = (...all: [rank: number, reward: unknown][]) =>
    group(all.map(([rank, reward], at) => wrong(`${at}`, { rank, reward })));
  expect(said("ranked", rewards([2, 0.5], [1, 0.5]))).toBe(
    lines(
      "g.jsonl:1: field candidates.0.reward: not below the reward of candidates.1, which ranks above it",
      "  found: 0.5",
      "  expected: less than 0.5",
    ),
  );
  expect(said("ranked", rewards([1, 2], [1, 1]))).toBe(
    lines(
      "g.jsonl:1: field candidates.1.reward: not the reward of candidates.0, which has the same rank",
      "  found: 1",
      "  expected: 2",
    ),
  );
  expect(said("ranked", rewards([1, "high"], [2, 1]))).toBe(
    lines(
      "g.jsonl:1: bad value for field candidates.0.reward",
      '  found: "high"',
      "  expected: a number, greater is better",
    ),
  );
  expect(said("ranked", rewards([1, 2], [2, undefined]))).toBe(
    lines(
      "g.jsonl:1: field candidates.1.reward: no reward, and candidates.0 has one",
      "  expected: a reward on every candidate of a group, or on none",
    ),
  );
});

test("under binary feedback rewards must follow right and wrong", () => {
  const graded = (...rewards: [number, number, number]) =>
    group([
      right("a", { reward: rewards[0] }),
      right("b", { reward: rewards[1] }),
      wrong("c", { reward: rewards[2] }),
    ]);
  expect(said("binary", graded(1, 1, 0))).toBe("");
  expect(said("binary", graded(1, 1, 2), graded(1, 0.5, 0))).toBe(
    lines(
      "g.jsonl:1: field candidates.2.reward: not below the reward of candidates.1, which is right where this one is wrong",
      "  found: 2",
      "  expected: less than 1",
      "g.jsonl:2: field candidates.1.reward: not the reward of candidates.0, which is right too",
      "  found: 0.5",
      "  expected: 1",
      "  fix: rewards of more than two levels need a `rank` beside them and stages.judge.feedback: ranked",
    ),
  );
});

test("one text twice must be told the same of, the reference's own among it", () => {
  expect(said("binary", group([right("a"), wrong("b"), wrong("a")]))).toBe(
    lines(
      "g.jsonl:1: field candidates.2.correct: the text of candidates.0 again, with another label",
      "  found: false",
      "  expected: true",
    ),
  );
  expect(said("ranked", group([right("a", { rank: 1 }), right("a", { rank: 2 })]))).toBe(
    lines(
      "g.jsonl:1: field candidates.1.rank: the text of candidates.0 again, with another rank",
      "  found: 2",
      "  expected: 1",
    ),
  );
  expect(said("binary", group([wrong("4 * 6 = 24\n#### 24")]))).toBe(
    lines(
      "g.jsonl:1: field candidates.0.correct: the reference COT itself, called wrong",
      "  found: false",
      "  expected: true",
    ),
  );
});

test("all mistakes are told together, each kind once, in the order of the rows", () => {
  const foreign = group([right("a"), wrong("a")], { task: "x" });
  const message = said("binary", ...Array.from({ length: 15 }, () => foreign));
  expect(message).toMatch(
    /^g\.jsonl:1: field task(.*\n){3} {2}and 14 more like it: rows 2 to 15\ng\.jsonl:1: field candidates\.1\.correct(.*\n){3} {2}and 14 more like it: rows 2 to 15$/,
  );
});
