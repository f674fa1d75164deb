import { expect, test } from "vitest";
import { sideBySide } from "../../../../ts/experiment/estimate/side-by-side.ts";
import type { PlannedCell } from "../../../../ts/experiment/sweep/plan.ts";

const cellOf = (cell: string, ...keys: string[]): PlannedCell =>
  ({ cell, stages: keys.map((key) => ({ key })) }) as unknown as PlannedCell;
const seconds = new Map([
  ["vft 1", 60],
  ["vft 2", 40],
  ...["a", "b", "c", "d"].map((key): [string, number] => [key, 10]),
]);
const cells = [
  cellOf("one", "vft 1", "a"),
  cellOf("two", "vft 1", "b"),
  cellOf("three", "vft 2", "c"),
  cellOf("four", "vft 2", "d"),
];

test("one cell at a time takes what all its distinct stages take", () => {
  expect(sideBySide(cells, new Set(), seconds, 1)).toBe(60 + 40 + 4 * 10);
  expect(sideBySide(cells, new Set(["vft 1", "c"]), seconds, 1)).toBe(40 + 3 * 10);
  expect(sideBySide([], new Set(), seconds, 0)).toBe(0);
});

test("two at a time take cells that share nothing first", () => {
  // One lane makes vft 1 and a until 70; the other vft 2 and c until 50, d until 60, then b until 70.
  expect(sideBySide(cells, new Set(), seconds, 2)).toBe(70);
});

test("a cell waits for the shared stage that another is making, and no stage is made twice", () => {
  expect(sideBySide(cells.slice(0, 2), new Set(), seconds, 2)).toBe(70);
  expect(sideBySide(cells.slice(0, 2), new Set(), seconds, 8)).toBe(70);
});

test("stages that use no model take no time", () => {
  expect(sideBySide([cellOf("one", "judge", "a", "report")], new Set(), seconds, 1)).toBe(10);
});
