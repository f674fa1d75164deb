import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseJson } from "../../../ts/core/json.ts";
import { readJsonl } from "../../../ts/core/jsonl.ts";
import { candidateSchema, groupSchema, questionSchema } from "../../../ts/core/records.ts";

test.each([
  ['{"a": 12345678901234567891}', { a: "12345678901234567891" }],
  ["[-12345678901234567891,9007199254740993]", ["-12345678901234567891", "9007199254740993"]],
  ["12345678901234567891", "12345678901234567891"],
  // What a number holds stays one.
  ["[9007199254740991, -9007199254740991, 5]", [9007199254740991, -9007199254740991, 5]],
  ["[-1.2345678901234567, 0.12345678901234567891]", [-1.2345678901234567, 0.12345678901234568]],
  [
    "[12345678901234567891.5, 1234567890123456789e2]",
    ["12345678901234567891.5", "1234567890123456789e2"].map(Number),
  ],
  // Within a text nothing changes, whatever quotes and backslashes stand around.
  [
    '{"a": "1, 12345678901234567891", "b": 12345678901234567891}',
    { a: "1, 12345678901234567891", b: "12345678901234567891" },
  ],
  [
    '["a\\\\", 12345678901234567891, "\\"12345678901234567891"]',
    ["a\\", "12345678901234567891", '"12345678901234567891'],
  ],
])("an integer beyond 2^53 keeps its digits: %s", (json, value) => {
  expect(parseJson(json)).toEqual(value);
});

test("a megabyte of text beside a long integer is read in no time", () => {
  const text = '\\"'.repeat(500_000);
  expect(parseJson(`{"text": "${text}", "n": 12345678901234567891}`)).toEqual({
    text: '"'.repeat(500_000),
    n: "12345678901234567891",
  });
});

test("half of a character is refused in every text of a record, with its row and field", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aft-json-"));
  const file = join(folder, "a.jsonl");
  const half = "pens \\ud83d,";
  const refused = async (schema: Parameters<typeof readJsonl>[1], row: string, field: string) => {
    await writeFile(file, `${row}\n`);
    await expect(readJsonl(file, schema)).rejects.toThrow(
      `${file}:1: field ${field}: half of a character, as where a text was cut in the middle of one`,
    );
  };
  for (const field of ["question", "reference", "answer", "mine"])
    await refused(
      questionSchema,
      `{"id": "q", "task": "t", "question": "?", "answer": "1", "${field}": "${half}"}`,
      field,
    );
  await refused(candidateSchema, `{"questionId": "q", "index": 0, "text": "${half}"}`, "text");
  await refused(
    groupSchema,
    `{"id": "q", "task": "t", "prompt": "?", "answer": "1", "candidates": [{"text": "\\udc00", "extracted": null, "correct": false}]}`,
    "candidates.0.text",
  );
  await writeFile(file, '{"questionId": "q", "index": 0, "text": "\\ud83d\\ude00 \\u0000 \\\\ud83d"}\n');
  expect(await readJsonl(file, candidateSchema)).toEqual([
    { questionId: "q", index: 0, text: "😀 \0 \\ud83d" },
  ]);
});
