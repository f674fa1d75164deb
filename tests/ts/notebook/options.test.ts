import { expect, test } from "vitest";
import { startWorker } from "../../../ts/notebook/index.ts";
import { checkCount } from "../../../ts/notebook/options.ts";

test("an option of another name is refused with the nearest, before anything is started", async () => {
  await expect(startWorker({ thread: 2 } as never)).rejects.toThrow(
    'unknown option "thread"\n  found: 2\n  expected: one of python, threads, progress\n  did you mean: threads',
  );
});

test("a count is a whole number of at least 1", () => {
  checkCount("k", 1);
  for (const bad of [0, -1, 2.5, Number.NaN, "3", 2 ** 60, null])
    expect(() => checkCount("k", bad)).toThrow(
      /^bad value for k\n {2}found: .*\n {2}expected: a whole number of at least 1$/,
    );
});
