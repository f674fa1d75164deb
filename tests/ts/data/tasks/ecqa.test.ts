import { join } from "node:path";
import { expect, it } from "vitest";
import { promptOf, taskKind, taskOf } from "../../../../ts/data/index.ts";
import { folderOf, refusalOf } from "../files.ts";

const explained = (id: string, explanation = `Books stand on a shelf (${id}).`) => ({
  id,
  positives: ["A shelf holds books."],
  negatives: ["A sink holds water."],
  explanation,
});

/** The options out of order, as nothing in the format forbids. */
const asked = (id: string, stem = `Where does one keep books (${id})?`) => ({
  answerKey: "B",
  id,
  question: {
    question_concept: "book",
    choices: [
      ["B", "shelf"],
      ["A", "sink"],
      ["C", "river"],
      ["E", "oven"],
      ["D", "sky"],
    ].map(([label, text]) => ({ label, text })),
    stem,
  },
});

const files = {
  "ecqa.jsonl": [
    explained("b_1"),
    explained("a"),
    explained("c"),
    explained("unused"),
    explained("a", "Another one."),
  ],
  "cqa/train_rand_split.jsonl": [asked("a"), asked("b_1")],
  "cqa/dev_rand_split.jsonl": [asked("c"), asked("unused")],
  "author_split/train_ids.txt": "a\nb_1\n",
  "author_split/val_ids.txt": "c",
  "author_split/test_ids.txt": "",
};
const taskIn = (folder: string) => taskOf({ task: "ecqa", folder } as { task: string });

it("joins explanations with questions by id, in the authors' splits; of two explanations the first counts", async () => {
  const task = taskIn(folderOf(files));
  const { train, validation, test } = await task.splits();
  expect(train.map(({ id, cqaId }) => [id, cqaId])).toEqual([
    ["ecqa-train-1", "a"],
    ["ecqa-train-2", "b_1"],
  ]);
  expect(train[0]).toEqual({
    id: "ecqa-train-1",
    task: "ecqa",
    question: "Where does one keep books (a)?",
    choices: ["sink", "shelf", "river", "sky", "oven"],
    reference: "Books stand on a shelf (a).\n#### B",
    answer: "B",
    cqaId: "a",
  });
  expect(promptOf(train[0]!, task)).toBe(
    "Question: Where does one keep books (a)?\nA) sink\nB) shelf\nC) river\nD) sky\nE) oven\nAnswer:\n",
  );
  expect([validation.map(({ cqaId }) => cqaId), test]).toEqual([["c"], []]);
});

it("names an id that is in no explanation or no question, by the row that has it", async () => {
  const folder = folderOf({
    ...files,
    "author_split/train_ids.txt": "a\nnone\n",
    "ecqa.jsonl": [explained("a"), explained("c"), explained("d")],
    "author_split/val_ids.txt": "d\n",
  });
  expect(await refusalOf(taskIn(folder).splits(), folder)).toBe(
    'author_split/train_ids.txt:2: no explanation has this id\n  found: "none"\n  expected: an id of ecqa.jsonl',
  );
  const kind = taskKind("ecqa");
  const reading = await kind.read!(
    kind.settingsSchema.parse({ task: "ecqa" }),
    join(folder, "ecqa.jsonl"),
    "validation",
  );
  expect(reading.problems).toMatchObject([{ what: "no question of CommonsenseQA has this id", found: "d" }]);
});

it("names bad rows of either file", async () => {
  const folder = folderOf({
    ...files,
    "ecqa.jsonl": [explained("a"), { id: "b_1" }, explained("c")],
    "cqa/dev_rand_split.jsonl": [{ ...asked("c"), answerKey: "F" }],
  });
  const said = await refusalOf(taskIn(folder).splits(), folder);
  expect(said).toContain("ecqa.jsonl:2: missing field explanation");
  expect(said).toContain('cqa/dev_rand_split.jsonl:1: bad value for field answerKey\n  found: "F"');
});

it("says which file is missing", async () => {
  const { "author_split/val_ids.txt": _, ...rest } = files;
  const folder = folderOf(rest);
  expect(await refusalOf(taskIn(folder).splits(), folder)).toContain(
    "author_split/val_ids.txt: no such file",
  );
});
