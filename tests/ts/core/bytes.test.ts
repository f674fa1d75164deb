import { expect, test } from "vitest";
import { fileSize, memorySize } from "../../../ts/core/bytes.ts";

test("files are told in powers of ten", () => {
  expect([0, 999, 1000, 15_500, 999_600, 2_340_000_000].map(fileSize)).toEqual([
    ...["0 B", "999 B", "1.0 kB", "15.5 kB", "1.0 MB", "2.3 GB"],
  ]);
});

test("memory is told in powers of two", () => {
  expect([2 ** 29, 1.4 * 2 ** 30].map(memorySize)).toEqual(["512 MiB", "1.4 GiB"]);
});
