import { expect, it } from "vitest";
import { Alike, joinAlike } from "../../../ts/core/alike.ts";
import { inputError, type Problem } from "../../../ts/core/errors.ts";

const at = (row: number, what = "missing field answer", found: unknown = row): Problem => ({
  what,
  where: `rows.jsonl:${row}`,
  found,
});

it("tells the first of a kind in full, whatever value it has, and names the rows of the others", () => {
  const error = inputError([3, 4, 5, 6, 9, 12, 13].map((row) => at(row)));
  expect(error.message).toBe(
    "rows.jsonl:3: missing field answer\n  found: 3\n  and 6 more like it: rows 4 to 6, 9 and 12 to 13",
  );
  // Who reads them as data has each.
  expect(error.problems.length).toBe(7);
});

it("keeps kinds, files and places that are no rows apart", () => {
  const apart: Problem[] = [
    at(1),
    at(2, "not valid JSON"),
    { ...at(3), where: "other.jsonl:3" },
    { ...at(4), expected: "text" },
    { what: "unknown key", where: "x.yaml:3:1" },
    { what: "unknown key", where: "x.yaml:3:9" },
    { what: "nothing else" },
    { what: "nothing else" },
  ];
  expect(joinAlike(apart)).toEqual(apart);
  expect(joinAlike([at(1), at(2, "not valid JSON"), at(3)])).toEqual([at(1), at(2, "not valid JSON"), at(3)]);
  expect(joinAlike([at(1), at(2, "not valid JSON"), at(3), at(4)])).toEqual([
    { ...at(1), alike: "and 2 more like it: rows 3 to 4" },
    at(2, "not valid JSON"),
  ]);
});

it("names some runs of rows and counts the rest, and so it does with kinds", () => {
  const alike = new Alike(1);
  for (let row = 1; row <= 41; row += 2) alike.add(at(row));
  for (const row of [2, 4]) alike.add(at(row, "another kind"));
  expect(alike.problems().map((problem) => problem.alike)).toEqual([
    "and 20 more like it: rows 3, 5, 7, 9, 11, 13, 15, 17 and 12 others",
  ]);
  expect(alike.left).toBe(2);
});
