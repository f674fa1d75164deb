import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { marksOf, openAppend } from "../../../ts/core/append.ts";
import { readJsonl, writeJsonl } from "../../../ts/core/jsonl.ts";
import { randomFrom } from "../../../ts/core/random.ts";
import { candidateSchema } from "../../../ts/core/records.ts";

let folder: string;
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-append-"));
  told = [];
});
const tell = (text: string): void => void told.push(text);

const row = { questionId: "q1", index: 0, text: "1 + 1 = 2\n#### 2" };

/** Rows 0 to 5 in three appends. */
async function written(name = "rows.jsonl"): Promise<string> {
  const file = join(folder, name);
  const output = await openAppend<object>(file, tell);
  for (const start of [0, 2, 4]) await output.append([start, start + 1].map((index) => ({ ...row, index })));
  await output.close();
  return file;
}

/** As a later process finds the rows, each by its index. */
async function found(file: string): Promise<number[]> {
  await (await openAppend(file, tell)).close();
  return (await readJsonl(file, candidateSchema)).map(({ index }) => index);
}

async function flip(file: string, at: number, bit = 0): Promise<void> {
  const bytes = await readFile(file);
  bytes[at]! ^= 1 << bit;
  await writeFile(file, bytes);
}

test("what was written is found again, and marked by its length and digest", async () => {
  const file = await written();
  expect(await found(file)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await readFile(marksOf(file), "utf8")).toMatch(
    new RegExp(`^${(await stat(file)).size} [0-9a-f]{64}\\n$`),
  );
  expect(told).toEqual([]);
});

test("a flipped bit takes its append and all after it, and is told in one line", async () => {
  const file = await written();
  const { size } = await stat(file);
  await flip(file, Math.floor(size / 2));
  expect(await found(file)).toEqual([0, 1]);
  expect(told).toEqual([`${file}: is not what was written after row 2; making it again from there`]);
  expect(await found(file)).toEqual([0, 1]);
  expect(told).toHaveLength(1);
});

test("whatever bit of the rows or of their marks is flipped, no row is left that was not written so", async () => {
  const random = randomFrom("flipped bits of rows", 15);
  for (let trial = 0; trial < 200; trial++) {
    const file = await written(`${trial}.jsonl`);
    const whole = await readFile(file, "utf8");
    const hit = random.next() < 0.5 ? file : marksOf(file);
    await flip(hit, random.int(0, (await stat(hit)).size - 1), random.int(0, 7));
    const left = (await found(file)).length;
    expect(await readFile(file, "utf8")).toBe(
      whole.split("\n").slice(0, left).join("\n") + (left > 0 ? "\n" : ""),
    );
    if (left < 6) expect(told).toHaveLength(1);
    told = [];
  }
});

test("a file that became shorter goes on from its last mark; without marks, as older versions wrote it, from its last line", async () => {
  const file = await written();
  await truncate(file, (await stat(file)).size - 3);
  expect(await found(file)).toEqual([0, 1, 2, 3]);
  expect(told).toEqual([`${file}: is not what was written after row 4; making it again from there`]);
  await rm(marksOf(file));
  await appendFile(file, `${JSON.stringify({ ...row, index: 9 })}\n{"quest`);
  expect(await found(file)).toEqual([0, 1, 2, 3, 9]);
  expect(told).toHaveLength(1);
});

test("rows that were on their way when the process was killed are cut off without a word", async () => {
  const file = await written();
  await appendFile(file, `${JSON.stringify({ ...row, index: 9 })}\n`);
  expect(await found(file)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(told).toEqual([]);
});

test("all rows can be replaced, and more appended", async () => {
  const file = await written();
  const output = await openAppend<object>(file, tell);
  await output.replace([{ ...row, index: 7 }]);
  await output.append([{ ...row, index: 8 }]);
  await output.close();
  expect(await found(file)).toEqual([7, 8]);
  expect(told).toEqual([]);
});

test("appends that are asked for at once come out whole and in order", async () => {
  const file = join(folder, "at-once.jsonl");
  const output = await openAppend<object>(file, tell);
  const big = (index: number) => ({ ...row, index, text: String(index).repeat(1_500_000) });
  await Promise.all([0, 1, 2, 3].map((index) => output.append([big(index), { ...row, index: index + 10 }])));
  await output.close();
  const rows = await readJsonl(file, candidateSchema);
  expect(rows.map(({ index }) => index)).toEqual([0, 10, 1, 11, 2, 12, 3, 13]);
});

test("a torn last line is cut away before the next append", async () => {
  const file = join(folder, "torn.jsonl");
  await writeJsonl(file, [row]);
  await appendFile(file, '{"questionId": "q1", "ind');
  const output = await openAppend<object>(file, tell);
  await output.append([{ ...row, index: 1 }]);
  await output.close();
  expect((await readJsonl(file, candidateSchema)).map(({ index }) => index)).toEqual([0, 1]);
});

test("a file that holds nothing but a torn line becomes empty; a whole file stays as it is", async () => {
  const torn = join(folder, "only-torn.jsonl");
  await writeFile(torn, "x".repeat(200_000));
  await (await openAppend(torn, tell)).close();
  expect(await readFile(torn, "utf8")).toBe("");
  const whole = join(folder, "whole.jsonl");
  await writeJsonl(whole, [row, row]);
  await (await openAppend(whole, tell)).close();
  expect(await readJsonl(whole, candidateSchema)).toHaveLength(2);
});

test("an append to a full disk says so and where", async () => {
  const output = await openAppend<object>("/dev/full", tell);
  await expect(output.append([row])).rejects.toThrow("/dev/full: no space left on the disk");
  await output.close();
});
