import { expect, test } from "vitest";
import type { AftError, Problem } from "../../../ts/core/errors.ts";
import { Told } from "../../../ts/core/told.ts";

const more = (count: number) => `and ${count} more`;
const placesOf = (problems: readonly Problem[]) => problems.map(({ where, what }) => where ?? what);

test("of those alike in all but place and value three are told, in the order in which they were found", () => {
  const told = new Told();
  for (let row = 1; row <= 50; row++)
    told.add({ what: row % 10 === 0 ? "no answer" : "no question", where: `${row}`, found: row });
  expect(placesOf(told.problems(more))).toEqual(["1", "2", "3", "10", "20", "30", "and 44 more"]);
});

test("of more kinds than that twenty are told, and no more are worked out", () => {
  const told = new Told();
  let worked = 0;
  for (let row = 1; row <= 50; row++)
    told.add(() => {
      worked++;
      return { what: `mistake ${row}` };
    });
  expect(told.problems(more)).toHaveLength(21);
  expect(worked).toBe(20);
  expect(told.problems(more, 1000).at(-1)).toEqual({ what: "and 980 more" });
});

test("refuses nothing where nothing is wrong, and else in one input error", () => {
  const told = new Told();
  told.refuse(more);
  told.add({ what: "no question" });
  expect(() => told.refuse(more)).toThrow(
    expect.objectContaining<Partial<AftError>>({ message: "no question", exitCode: 2 }),
  );
});
