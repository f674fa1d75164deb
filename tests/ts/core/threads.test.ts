import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { AftError } from "../../../ts/core/errors.ts";
import { inThreads, threadsFor } from "../../../ts/core/threads.ts";

type Job = number | "refuse" | "break" | "exit";
const entry = new URL("./thread.ts", import.meta.url);

async function results(jobs: Iterable<Job>, count = 1): Promise<number[]> {
  const found: number[] = [];
  for await (const [result] of inThreads<Job, Float64Array>(entry, { add: 100 }, jobs, count))
    found.push(result!);
  return found;
}

test("results come in the order of the pieces, whichever thread is quicker", async () => {
  const jobs = Array.from({ length: 20 }, (_, at) => at);
  expect(await results(jobs, 3)).toEqual(jobs.map((job) => job + 100));
  expect(await results([])).toEqual([]);
});

test("pieces are asked for as they are needed, not all at once", async () => {
  let asked = 0;
  function* endless(): Generator<number> {
    for (;;) yield asked++;
  }
  for await (const _ of inThreads<Job, Float64Array>(entry, { add: 0 }, endless(), 1)) break;
  expect(asked).toBeLessThan(5);
});

test("an error of ours comes back as it was thrown, a mistake as itself, a death as one", async () => {
  const error = await results([1, "refuse", 2]).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AftError);
  expect(error).toMatchObject({
    exitCode: 2,
    message: "there: not this one\n  fix: another",
  });
  await expect(results([1, 2, "break"])).rejects.toThrow(new TypeError("a mistake of ours"));
  await expect(results(["exit", 2])).rejects.toThrow("a thread ended by itself (code 3)");
});

test("as many threads as there are cores, and none where each would have too little to do", () => {
  expect(threadsFor(1_999, 1_000)).toBe(1);
  expect(threadsFor(2_000, 1_000)).toBe(Math.min(2, availableParallelism()));
  expect(threadsFor(1e9, 1_000)).toBe(Math.min(8, availableParallelism()));
});
