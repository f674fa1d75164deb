import { appendFile, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openAppend, readJsonl, writeJsonl } from "../../../ts/core/jsonl.ts";
import { candidateSchema } from "../../../ts/core/records.ts";

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
      `${file}:2: field index: Too small: expected number to be >=0`,
      "  found: -1",
      `${file}:4: not valid JSON`,
      '  found: "{oops"',
      "  expected: one JSON object on this line",
      `${file}:5: field questionId: Invalid input: expected string, received undefined`,
      "  expected: the field to be there",
      `${file}:5: field text: Invalid input: expected string, received number`,
      "  found: 4",
    ].join("\n"),
  );
});

test("a missing file is named", async () => {
  await expect(readJsonl(join(folder, "none.jsonl"), candidateSchema)).rejects.toThrow(
    `${join(folder, "none.jsonl")}: no such file\n  expected: a JSON Lines file`,
  );
});

test("a torn last line is cut away before the next append", async () => {
  const file = join(folder, "torn.jsonl");
  await writeJsonl(file, [row]);
  await appendFile(file, '{"questionId": "q1", "ind');
  const output = await openAppend(file);
  await output.append([{ ...row, index: 1 }]);
  await output.close();
  expect((await readJsonl(file, candidateSchema)).map(({ index }) => index)).toEqual([0, 1]);
});

test("a file that holds nothing but a torn line becomes empty; a whole file stays as it is", async () => {
  const torn = join(folder, "only-torn.jsonl");
  await writeFile(torn, "x".repeat(200_000));
  await (await openAppend(torn)).close();
  expect(await readFile(torn, "utf8")).toBe("");
  const whole = join(folder, "whole.jsonl");
  await writeJsonl(whole, [row, row]);
  await (await openAppend(whole)).close();
  expect(await readJsonl(whole, candidateSchema)).toHaveLength(2);
});

test("an append to a full disk says so and where", async () => {
  const output = await openAppend("/dev/full");
  await expect(output.append([row])).rejects.toThrow("/dev/full: no space left on the disk");
  await output.close();
});
