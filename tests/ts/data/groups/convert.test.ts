import { describe, expect, it } from "vitest";
import { type Group, groupSchema } from "../../../../ts/core/records.ts";
import {
  fromPreferenceRows,
  fromRrhfRows,
  fromUnpairedRows,
  preferenceRowSchema,
  rrhfRowSchema,
  sides,
  toPreferenceRows,
  toRrhfRow,
  toUnpairedRows,
  unpairedRowSchema,
} from "../../../../ts/data/index.ts";
import { golden } from "../golden.ts";

const groups = golden<Group>("convert/groups.jsonl");
const preference = golden("convert/preference.jsonl").map((row) => preferenceRowSchema.parse(row));
const unpaired = golden("convert/unpaired.jsonl").map((row) => unpairedRowSchema.parse(row));
const rrhf = golden("convert/rrhf.jsonl").map((row) => rrhfRowSchema.parse(row));

describe("groups become rows as in the golden files", () => {
  it("of TRL's paired kind: every better and worse text, ranks included", () => {
    expect(groups.flatMap(toPreferenceRows)).toEqual(preference);
  });
  it("of TRL's unpaired kind", () => {
    expect(groups.flatMap(toUnpairedRows)).toEqual(unpaired);
  });
  it("of RRHF's kind", () => {
    expect(groups.map(toRrhfRow)).toEqual(rrhf);
  });
});

describe("rows become groups and the same rows again", () => {
  it("of TRL's paired kind", () => {
    const read = fromPreferenceRows(preference, "demo");
    expect(read.flatMap(toPreferenceRows)).toEqual(preference);
    // A group without a pair left no row.
    expect(read.map(({ id, prompt }) => [id, prompt])).toEqual([
      ["demo-1", "1 + 1?\n"],
      ["demo-2", "best?\n"],
    ]);
  });
  it("of TRL's unpaired kind", () => {
    expect(fromUnpairedRows(unpaired, "demo").flatMap(toUnpairedRows)).toEqual(unpaired);
  });
  it("of RRHF's kind, with ranks that share a place", () => {
    const read = fromRrhfRows(rrhf, "demo");
    expect(read.map(toRrhfRow)).toEqual(rrhf);
    expect(read[2]!.candidates.map(({ rank, correct }) => [rank, correct])).toEqual([
      [1, true],
      [2, false],
      [2, false],
    ]);
  });
  it("with the same two sides as before", () => {
    const textsOf = (group: Group): string[][] =>
      [sides(group).positives, sides(group).negatives].map((side) => side.map(({ text }) => text));
    expect(fromUnpairedRows(unpaired, "demo").map(textsOf)).toEqual(groups.map(textsOf));
  });
});

it("takes a text that was chosen once as right, whatever it was rejected for", () => {
  const rows = [
    { prompt: "?", chosen: "good", rejected: "bad" },
    { prompt: "?", chosen: "best", rejected: "good" },
  ];
  const [group] = fromPreferenceRows(rows, "demo");
  expect(group!.candidates.map(({ text, correct }) => [text, correct])).toEqual([
    ["good", true],
    ["bad", false],
    ["best", true],
  ]);
});

describe("what is better in rows made of a group", () => {
  const candidate = (text: string, more: Partial<Group["candidates"][number]>) => ({
    text,
    extracted: null,
    correct: false,
    ...more,
  });
  const groupOf = (...candidates: Group["candidates"]): Group => ({ ...groups[0]!, prompt: "?", candidates });
  const pairsOf = (group: Group) =>
    toPreferenceRows(group).map(({ chosen, rejected }) => `${chosen} > ${rejected}`);

  it("goes by the ranks, also among right ones and among wrong ones", () => {
    const group = groupOf(
      candidate("poor", { rank: 9 }),
      candidate("best", { rank: 1, correct: true }),
      candidate("good", { rank: 2, correct: true }),
      candidate("also good", { rank: 2, correct: true }),
      candidate("good", { rank: 2, correct: true }),
    );
    expect(pairsOf(group)).toEqual([
      "best > good",
      "best > also good",
      "best > poor",
      "good > poor",
      "also good > poor",
    ]);
    expect(toRrhfRow(group)).toEqual({
      query: "?",
      responses: ["best", "good", "also good", "poor"],
      scores: [-1, -2, -2, -3],
    });
    expect(toUnpairedRows(group).map(({ completion, label }) => [completion, label])).toEqual([
      ["best", true],
      ["good", true],
      ["also good", true],
      ["poor", false],
    ]);
  });

  it("goes by the rewards where all have one, else by what all have", () => {
    const [a, b] = [candidate("a", { rank: 1, reward: 0.9 }), candidate("b", { rank: 2, reward: 0.2 })];
    expect(toRrhfRow(groupOf(b, a))).toMatchObject({ responses: ["a", "b"], scores: [0.9, 0.2] });
    const c = candidate("c", { rank: 3 });
    expect(toRrhfRow(groupOf(b, a, c))).toMatchObject({ responses: ["a", "b", "c"], scores: [-1, -2, -3] });
  });

  it("leaves out of a ranked group what has no rank, rather than take it for the best", () => {
    expect(
      pairsOf(
        groupOf(candidate("a", { rank: 1 }), candidate("b", { rank: 2 }), candidate("c", { correct: true })),
      ),
    ).toEqual(["a > b"]);
  });
});

it("makes groups that the record's schema accepts", () => {
  for (const read of [
    fromPreferenceRows(preference, "demo"),
    fromUnpairedRows(unpaired, "demo"),
    fromRrhfRows(rrhf, "demo"),
  ])
    for (const group of read) expect(groupSchema.parse(group)).toEqual(group);
});

it("refuses rows that contradict themselves", () => {
  const row = { prompt: "?", completion: "yes", label: true };
  expect(() => fromUnpairedRows([row, { ...row, label: false }], "demo")).toThrow(
    'row 2: this completion of the prompt was labelled true before\n  found: "yes"\n  expected: one label for a text',
  );
  expect(() => fromRrhfRows([{ query: "?", responses: ["a", "b"], scores: [1] }], "demo")).toThrow(
    "row 1: responses and scores differ in number\n  found: 1\n  expected: 2 scores",
  );
});
