import { expect, test } from "vitest";
import { duration, wholeDuration } from "../../../ts/core/duration.ts";

test("durations read as one says them", () => {
  expect([0, 0.0204, 12.34, 59.96, 119.6, 245, 7_200, 10_832.4].map(duration)).toEqual([
    "0 ms",
    "20 ms",
    "12.3 s",
    "1 min",
    "2 min",
    "4 min 5 s",
    "2 h",
    "3 h 0 min 32 s",
  ]);
});

test("without parts of a second they are rounded up", () => {
  expect([0, 0.2, 59, 61, 3_599, 7_500].map(wholeDuration)).toEqual([
    "0 s",
    "1 s",
    "59 s",
    "1 min 1 s",
    "59 min 59 s",
    "2 h 5 min",
  ]);
});
