import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { tailOf } from "../../../ts/bridge/tail.ts";

async function lastOf(lines: readonly string[]): Promise<readonly string[]> {
  const tail = tailOf(undefined);
  tail.follow(Readable.from(lines.map((line) => `${line}\n`)));
  await tail.ended();
  return tail.lines;
}

const numbered = (count: number, text: string) => Array.from({ length: count }, (_, at) => `${text}${at}`);

test("of one process the last 20 lines", async () => {
  expect(await lastOf(numbered(25, ""))).toEqual(numbered(25, "").slice(5));
});

test("of several ranks each one's own last lines, however much another writes", async () => {
  const quiet = ["[rank 1 on b] the disk is full", "[rank 1 on b] ended"];
  const kept = await lastOf([...quiet, ...numbered(500, "[rank 0 on a] "), "rank 1 on b ended by SIGKILL"]);
  expect(kept).toEqual([
    ...quiet,
    ...numbered(500, "[rank 0 on a] ").slice(-8),
    "rank 1 on b ended by SIGKILL",
  ]);
});

test("of many ranks fewer lines each", async () => {
  const ranks = numbered(64, "").flatMap((at) => numbered(9, `[rank ${at} on h] `));
  const kept = await lastOf(ranks);
  expect(kept.filter((line) => line.startsWith("[rank 63 on h]"))).toHaveLength(2);
  expect(kept.length).toBeLessThan(64 * 8);
});
