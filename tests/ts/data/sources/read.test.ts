import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plainValue } from "../../../../ts/data/sources/parquet.ts";
import { readSource } from "../../../../ts/data/sources/read.ts";
import { missingColumns, valueAt } from "../../../../ts/data/sources/source.ts";
import { folderOf, refusalOf } from "../files.ts";

/** Small tables, written with pyarrow 26: text, lists and int64 as snappy; every kind of value as zstd; decimals. */
const parquet = (name: string) =>
  join(import.meta.dirname, "../../../golden/data/sources", `${name}.parquet`);

async function read(name: string, content: string | Buffer) {
  const folder = folderOf({ [name]: content });
  const source = await readSource(join(folder, name));
  const short = (text: string | undefined) => text?.replaceAll(`${folder}/`, "");
  return {
    columns: source.columns,
    rows: source.rows.map(({ value, where }) => [short(where), value]),
    problems: source.problems.map(({ what, where }) => [short(where), what]),
  };
}

const refusal = (name: string, content: string | Buffer): Promise<string> => {
  const folder = folderOf({ [name]: content });
  return refusalOf(readSource(join(folder, name)), folder);
};

describe("each format gives rows with their places", () => {
  it("JSON Lines, blank lines left out and bad lines told", async () => {
    expect(await read("a.jsonl", '{"q": 1}\n\n{"r": [2]}\n[3]\n{"q": \n')).toEqual({
      columns: ["q", "r"],
      rows: [
        ["a.jsonl:1", { q: 1 }],
        ["a.jsonl:3", { r: [2] }],
      ],
      problems: [
        ["a.jsonl:4", "not a row of this kind of file"],
        ["a.jsonl:5", "not valid JSON"],
      ],
    });
  });

  it.each(["a.jsonl", "a.json"])(
    "%s: long integers by their digits, and no half of a character",
    async (name) => {
      const rows = ['{"q": 12345678901234567891, "r": 7}', '{"q": "a \\ud83d"}', '{"q": "\\ud83d\\ude00"}'];
      const content = name === "a.json" ? `[${rows.join(",")}]` : rows.join("\n");
      expect(await read(name, content)).toEqual({
        columns: ["q", "r"],
        rows: [
          [`${name}:1`, { q: "12345678901234567891", r: 7 }],
          [`${name}:3`, { q: "😀" }],
        ],
        problems: [
          [`${name}:2`, "field q: half of a character, as where a text was cut in the middle of one"],
        ],
      });
    },
  );

  it("Parquet: decimals by their digits, as text where no number holds them", async () => {
    const { rows } = await readSource(parquet("decimals"));
    expect(rows.map(({ value }) => value)).toEqual([
      { answer: 0.57, id: "12345678901234567891", small: 0.57 },
      { answer: "-12345678901234567.89", id: -5, small: -1.5 },
      { answer: 3.1, id: 7 },
      { id: 0, small: 2 },
      { answer: 0, small: 9.99 },
    ]);
  });

  it("JSON, as a list counted by its items, or as lines under the same ending", async () => {
    expect(await read("a.json", '\ufeff[\n {"q": 1},\n 7,\n {"q": 2}]')).toEqual({
      columns: ["q"],
      rows: [
        ["a.json:1", { q: 1 }],
        ["a.json:3", { q: 2 }],
      ],
      problems: [["a.json:2", "not a row"]],
    });
    expect((await read("b.json", '{"q": 1}\n{"q": 2}\n')).rows).toEqual([
      ["b.json:1", { q: 1 }],
      ["b.json:2", { q: 2 }],
    ]);
  });

  it("CSV, the header counted as row 1, with quotes, line breaks in them, a byte-order mark and CRLF", async () => {
    const text = '\ufeffq,"a, b"\r\n"one ""1""\nmore",x\r\n\r\ntwo,\r\nthree\r\n';
    expect(await read("a.csv", text)).toEqual({
      columns: ["q", "a, b"],
      rows: [
        ["a.csv:2", { q: 'one "1"\nmore', "a, b": "x" }],
        ["a.csv:4", { q: "two", "a, b": "" }],
      ],
      problems: [["a.csv:5", "another number of values than there are columns"]],
    });
  });

  it("TSV, where a quote is a character like others", async () => {
    expect((await read("a.tsv", 'q\ta\na 5" pipe\t3, 4\n')).rows).toEqual([
      ["a.tsv:2", { q: 'a 5" pipe', a: "3, 4" }],
    ]);
  });

  it("Parquet, 64-bit integers and lists within lists as JSON could hold them", async () => {
    const { rows, columns } = await readSource(parquet("kinds"));
    expect(columns).toEqual(["id", "half", "flag", "day", "nested", "small"]);
    expect(rows.map(({ value }) => value)).toEqual([
      {
        id: 7,
        half: 0.5,
        flag: true,
        day: "2024-02-29T12:00:00.000Z",
        nested: { stem: "Where?", counts: [1, "1152921504606846976"] },
        small: 1,
      },
      { id: "4611686018427387904", half: -2, flag: false, nested: { stem: "When?", counts: [] }, small: 2 },
      { small: 3 },
    ]);
    expect(rows[1]!.where).toBe(`${parquet("kinds")}:2`);
  });
});

it("bytes, typed numbers and what is missing become plain values", () => {
  expect(plainValue([1n, 2n ** 60n, -(2n ** 53n)])).toEqual([1, "1152921504606846976", "-9007199254740992"]);
  expect(plainValue({ a: Buffer.from("é"), b: new Int32Array([1, 2]), c: null, d: undefined })).toEqual({
    a: "é",
    b: [1, 2],
  });
});

describe("a file that cannot be read at all says why", () => {
  it.each([
    [
      "a.xlsx",
      "",
      'a.xlsx: not a kind of file that rows are read from\n  found: ".xlsx"\n  expected: a name that ends in .jsonl, .ndjson, .json, .csv, .tsv, .parquet',
    ],
    ["a.jsnl", "", "did you mean: .json"],
    [
      "a.parquet",
      "version https://git-lfs.github.com/spec/v1\n",
      "a.parquet: not a Parquet file that can be read",
    ],
    ["a.csv", "", "a.csv: the file is empty"],
    ["a.csv", "q,q\n1,2\n", 'a.csv:1: two columns have the same name\n  found: "q"'],
    ["a.csv", 'q\n"open\n', "a.csv:2: not valid CSV: Quote Not Closed"],
    ["a.csv", Buffer.from([0x71, 0x0a, 0xff, 0x0a]), "a.csv: not valid UTF-8"],
    ["a.json", '[{"q": 1},\n {"q" 2}]', "not valid JSON"],
  ])("%s", async (name, content, message) => {
    expect(await refusal(name, content)).toContain(message);
  });

  it("a missing one, and a folder", async () => {
    const folder = folderOf({ "sub.csv/x": "" });
    expect(await refusalOf(readSource(join(folder, "no.csv")), folder)).toBe(
      "no.csv: no such file\n  expected: a file of rows",
    );
    expect(await refusalOf(readSource(join(folder, "sub.csv")), folder)).toContain("sub.csv: is a folder");
  });
});

it("a column is a name or a path to a nested value, and a mistaken one gives the nearest", async () => {
  const row = { "a.b": 1, a: { b: 2, c: { d: 3 } } };
  expect([valueAt(row, "a.b"), valueAt(row, "a.c.d"), valueAt(row, "a.x"), valueAt(row, "toString")]).toEqual(
    [1, 3, undefined, undefined],
  );
  const source = await readSource(join(folderOf({ "a.csv": "prompt,result\nx,1\n" }), "a.csv"));
  const asked = [
    { column: "promt", named: "columns.question" },
    { column: "result", named: "columns.answer" },
  ];
  expect(missingColumns(source, asked)).toMatchObject([
    {
      what: "no column promt, which columns.question names",
      expected: "one of prompt, result",
      nearest: "prompt",
    },
  ]);
});
