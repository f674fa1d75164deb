import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { readJsonl, writeJsonl } from "../../../ts/core/jsonl.ts";
import { candidateSchema, groupSchema } from "../../../ts/core/records.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-jsonl-"));
});

const row = { questionId: "q1", index: 0, text: "1 + 1 = 2\n#### 2" };

test("unknown fields pass through", async () => {
  const file = join(folder, "a.jsonl");
  await writeJsonl(file, [{ ...row, mine: { deep: [1] } }]);
  expect(await readJsonl(file, candidateSchema)).toEqual([{ ...row, mine: { deep: [1] } }]);
});

test("all bad rows are reported at once, each with file, row, field, value", async () => {
  const file = join(folder, "bad.jsonl");
  await writeFile(
    file,
    `${JSON.stringify(row)}\n{"questionId": "q1", "index": -1, "text": "x"}\n\n{oops\n{"index": 0, "text": 4}\n`,
  );
  const error = await readJsonl(file, candidateSchema).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ exitCode: 2 });
  expect((error as Error).message).toBe(
    [
      `${file}:2: bad value for field index`,
      "  found: -1",
      "  expected: a whole number of at least 0",
      `${file}:4: not valid JSON`,
      '  found: "{oops"',
      "  expected: one JSON object on this line",
      `${file}:5: missing field questionId`,
      "  expected: text that is not empty",
      `${file}:5: bad value for field text`,
      "  found: 4",
      "  expected: text",
    ].join("\n"),
  );
});

test("a field that was misnamed is found, and values deep in a row are named by their path", async () => {
  const file = join(folder, "groups.jsonl");
  const candidate = { text: "#### 2", extracted: "2", correct: true };
  const group = { id: "q1", task: "arithmetic", prompt: "1 + 1?", answer: "2", candidates: [candidate] };
  await writeJsonl(file, [
    { ...group, id: undefined, ID: "q1" },
    { ...group, candidates: [candidate, { ...candidate, extracted: 2, finish: "stopped" }] },
    ["q1"],
  ]);
  await expect(readJsonl(file, groupSchema)).rejects.toThrow(
    [
      `${file}:1: missing field id`,
      '  found: "a field named ID"',
      "  expected: text that is not empty",
      `${file}:2: bad value for field candidates.1.extracted`,
      "  found: 2",
      "  expected: text or null",
      `${file}:2: bad value for field candidates.1.finish`,
      '  found: "stopped"',
      "  expected: one of stop, length",
      `${file}:3: not a row of this kind of file`,
      '  found: ["q1"]',
      "  expected: a map with id, task, prompt, answer, candidates (and reference)",
    ].join("\n"),
  );
});

test("only a line feed ends a row: a text may hold every other separator", async () => {
  const file = join(folder, "separators.jsonl");
  const text = "a\u2028b\u2029c\rd\u0085e";
  await writeJsonl(file, [{ ...row, text }, row]);
  expect((await readJsonl(file, candidateSchema)).map((one) => one.text)).toEqual([text, row.text]);
});

test("rows longer than a block of reading, Windows line ends, a byte-order mark and no last line end", async () => {
  const file = join(folder, "long.jsonl");
  const long = { ...row, text: "é".repeat(200_000) };
  await writeFile(file, `\ufeff${JSON.stringify(long)}\r\n\r\n${JSON.stringify(row)}`);
  expect(await readJsonl(file, candidateSchema)).toEqual([long, row]);
});

test("a row that is not UTF-8 is named", async () => {
  const file = join(folder, "latin1.jsonl");
  await writeFile(file, Buffer.from(`${JSON.stringify(row)}\n{"text": "caf\xe9"}\n`, "latin1"));
  await expect(readJsonl(file, candidateSchema)).rejects.toThrow(
    `${file}:2: not valid UTF-8\n  expected: text in UTF-8`,
  );
});

test("of many bad rows of a kind the first is told, and the others by their rows", async () => {
  const file = join(folder, "many.jsonl");
  await writeFile(file, "oops\n".repeat(50));
  const error = (await readJsonl(file, candidateSchema).catch((thrown: unknown) => thrown)) as Error;
  expect(error.message).toMatch(/:1: not valid JSON\n.*\n.*\n {2}and 49 more like it: rows 2 to 50$/);
});

test("a missing file is named", async () => {
  await expect(readJsonl(join(folder, "none.jsonl"), candidateSchema)).rejects.toThrow(
    `${join(folder, "none.jsonl")}: no such file\n  expected: a JSON Lines file`,
  );
});
