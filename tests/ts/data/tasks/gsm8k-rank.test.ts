import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkOwnGroups, placed, taskKind, taskOf } from "../../../../ts/data/index.ts";
import { folderOf, refusalOf } from "../files.ts";

const question = "Mia has 3 boxes of 4 pens. How many pens?";
const answer = "3*4=<<3*4=12>>12\n#### 12";
const texts = ["3 times 4 is 12.\n#### 12", "#### 12", "3+4=7\n#### 7"];
const ranked = { question, answer, candidates: texts.map((text, at) => ({ text, rank: at + 1 })) };

const setting = (rows: readonly unknown[], more: object = {}) => {
  const folder = folderOf({
    "ranked.jsonl": rows,
    "train.jsonl": [{ question, answer }],
    "test.jsonl": [{ question: "How many?", answer: "#### 5" }],
  });
  const settings = {
    task: "gsm8k-rank",
    trainFile: join(folder, "ranked.jsonl"),
    gsm8kTrainFile: join(folder, "train.jsonl"),
    testFile: join(folder, "test.jsonl"),
    validation: 0,
    ...more,
  };
  const kind = taskKind("gsm8k-rank");
  const groups = () =>
    kind.groups!(kind.settingsSchema.parse(settings), ({ question: text }) => `Q: ${text}\n`);
  return { folder, task: taskOf(settings), groups };
};

it("gives GSM8K's questions to train and to test on", async () => {
  const { train, test } = await setting([ranked]).task.splits();
  expect(train).toEqual([
    { id: "gsm8k-rank-train-1", task: "gsm8k-rank", question, reference: answer, answer: "12" },
  ]);
  expect(test.map(({ id, task, answer }) => [id, task, answer])).toEqual([
    ["gsm8k-rank-test-1", "gsm8k-rank", "5"],
  ]);
});

it("finds an answer that a row leaves out in GSM8K's training split", async () => {
  const { answer: _, ...bare } = ranked;
  expect((await setting([bare]).task.splits()).train[0]!.reference).toBe(answer);
  const { folder, task } = setting([{ ...bare, question: "Another?" }]);
  expect(await refusalOf(task.splits(), folder)).toContain(
    "ranked.jsonl:1: no answer, and no question of GSM8K's training split is this one",
  );
});

describe("groups of its candidates", () => {
  it("are such as stages.judge.groupsFile takes under ranked feedback, in the given order", async () => {
    const [group, ...others] = await setting([ranked]).groups();
    expect(others).toEqual([]);
    expect(group).toMatchObject({
      id: "gsm8k-rank-train-1",
      prompt: `Q: ${question}\n`,
      reference: answer,
      answer: "12",
    });
    expect(group!.candidates.map(({ rank, extracted }) => [rank, extracted])).toEqual([
      [1, "12"],
      [2, "12"],
      [3, "7"],
    ]);
    const rows = [{ value: group!, where: "a:1" }];
    expect(() =>
      checkOwnGroups(rows, { tasks: ["gsm8k-rank"], feedback: "ranked", file: "a" }),
    ).not.toThrow();
    expect(placed(group!, "ranked").map(({ candidate }) => candidate.text)).toEqual(texts);
  });

  it.each([
    [
      "scores, greater is better, equal ones sharing a rank",
      { responses: texts, scores: [0.5, 0.9, 0.5] },
      {},
      [2, 1, 2],
    ],
    ["ranks beside the texts, closed up", { responses: texts, ranks: [2, 7, 2] }, {}, [1, 2, 1]],
    [
      "generators, by the settings' order",
      { candidates: texts.map((text, at) => ({ text, generator: ["small", "large", "middle"][at] })) },
      { generators: ["large", "middle", "small"] },
      [3, 1, 2],
    ],
  ])("rank by %s", async (_, candidates, more, ranks) => {
    const [group] = await setting([{ question, answer, ...candidates }], more).groups();
    expect(group!.candidates.map(({ rank }) => rank)).toEqual(ranks);
    expect(() =>
      checkOwnGroups([{ value: group!, where: "a:1" }], {
        tasks: ["gsm8k-rank"],
        feedback: "ranked",
        file: "a",
      }),
    ).not.toThrow();
  });
});

it.each([
  [
    { candidates: [{ text: "a", rank: 1 }, "b"] },
    "field candidates.1: nothing says how good this candidate is",
  ],
  [
    { responses: texts, scores: [1] },
    "field scores: another number than there are responses\n  found: 1\n  expected: 3",
  ],
  [{}, "missing field candidates"],
  [{ responses: texts }, "a rank or a score (or a generator"],
])("refuses %j", async (candidates, message) => {
  const { folder, task } = setting([{ question, answer, ...candidates }]);
  expect(await refusalOf(task.splits(), folder)).toMatch(/^ranked.jsonl:1: /);
  expect(await refusalOf(task.splits(), folder)).toContain(message);
});

it("names the nearest of a generator that the settings do not list", async () => {
  const rows = [{ question, answer, candidates: [{ text: "a", generator: "larg" }] }];
  const { folder, task } = setting(rows, { generators: ["large", "small"] });
  expect(await refusalOf(task.splits(), folder)).toContain("did you mean: large");
});
