import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { taskKind } from "../../../../ts/data/index.ts";
import { firstOfSource } from "../../../../ts/data/sources/first.ts";
import { readSource } from "../../../../ts/data/sources/read.ts";
import { folderOf, refusalOf } from "../files.ts";

const columnsOf = async (name: string, content: string): Promise<string[] | undefined> =>
  (await firstOfSource(join(folderOf({ [name]: content }), name)))?.columns;

describe("the columns of a file are those of its beginning", () => {
  it.each([
    ["a.csv", 'q,"the, answer"\n"one, two\nlines",2\n'],
    ["a.tsv", "q\tthe, answer\n1\t2\n"],
    ["a.jsonl", '\n{"q": 1, "the, answer": 2}\n{"other": 3}\n'],
    ["a.json", '[ {"q": "a } \\" b", "the, answer": {"x": [{}]}}, {"other": 3}]'],
    ["b.json", '{"q": 1, "the, answer": 2}\n{"other": 3}\n'],
  ])("in %s", async (name, content) => {
    expect(await columnsOf(name, content)).toEqual(["q", "the, answer"]);
  });

  it("in Parquet, whose schema stands at the end", async () => {
    const file = join(import.meta.dirname, "../../../golden/data/sources/kinds.parquet");
    const [first, whole] = [await firstOfSource(file), await readSource(file)];
    expect(new Set(first!.columns)).toEqual(new Set(whole.columns));
  });

  it("and not the rest, however broken it is", async () => {
    const rest = "x".repeat(3 * 2 ** 20);
    expect(await columnsOf("a.csv", `q,a\n1,2\n"${rest}`)).toEqual(["q", "a"]);
    expect(await columnsOf("a.jsonl", `{"q": 1}\n{"${rest}`)).toEqual(["q"]);
    expect(await columnsOf("a.json", `[{"q": 1}, {"${rest}`)).toEqual(["q"]);
  });

  it("where the beginning does not tell, the reading of the whole will", async () => {
    for (const [name, content] of [
      ["a.csv", ""],
      ["a.jsonl", "{"],
      ["a.json", '[{"q": 1'],
      ["a.parquet", "no parquet"],
    ] as const)
      expect(await columnsOf(name, content)).toBeUndefined();
  });

  it("refuses a file that is not there, or of no known kind", async () => {
    const folder = folderOf({ "a.xls": "" });
    expect(await refusalOf(firstOfSource(join(folder, "b.csv")), folder)).toContain("b.csv: no such file");
    expect(await refusalOf(firstOfSource(join(folder, "a.xls")), folder)).toContain("not a kind of file");
  });
});

it("a custom task's wrong columns are told of each of its files, nested ones by their whole name", async () => {
  const folder = folderOf({
    "train.jsonl": [{ q: "1 + 1?", meta: { answer: 2 } }],
    "test.csv": "question,answer\n1 + 1?,2\n",
  });
  const custom = taskKind("custom");
  const look = (columns: object, testFile = "test.csv") =>
    custom.look!(
      custom.settingsSchema.parse({
        task: "custom",
        trainFile: join(folder, "train.jsonl"),
        testFile: join(folder, testFile),
        columns,
      }),
    );
  const told = await look({ question: "q", answer: "meta.answr" });
  expect(told.map(({ what, where, nearest }) => [where?.replace(`${folder}/`, ""), what, nearest])).toEqual([
    ["train.jsonl", "no column meta.answr, which columns.answer names", "meta.answer"],
    ["test.csv", "no column q, which columns.question names", undefined],
    ["test.csv", "no column meta.answr, which columns.answer names", undefined],
  ]);
  expect(await look({ question: "q", answer: "meta.answer" }, "train.jsonl")).toEqual([]);
});

it("of a list every item may be a column: how many a later row has, the first does not tell", async () => {
  const folder = folderOf({ "a.jsonl": [{ q: "1 + 1?", ways: ["2"], turns: [{ text: "2" }] }] });
  const lists = join(import.meta.dirname, "../../../golden/data/sources/kinds.parquet");
  const custom = taskKind("custom");
  const look = (file: string, question: string, answer: string) =>
    custom.look!(
      custom.settingsSchema.parse({ task: "custom", trainFile: file, columns: { question, answer } }),
    );
  const rows = join(folder, "a.jsonl");
  expect(await look(rows, "q", "ways.0")).toEqual([]);
  expect(await look(rows, "turns.3.text", "ways.3")).toEqual([]);
  expect(await look(rows, "turns.0.txt", "way.0")).toMatchObject([
    { expected: "one of turns.0, turns.0.text", nearest: "turns.0.text" },
    { nearest: "ways" },
  ]);
  expect(await look(lists, "id", "nested.counts.1")).toEqual([]);
});
