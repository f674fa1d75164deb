import { expect, test } from "vitest";
import { Column, TextTable } from "../../../ts/core/columns.ts";
import { randomFrom } from "../../../ts/core/random.ts";

test("a column holds more than it began with, and what is set in it", () => {
  const column = new Column(Float64Array);
  for (let at = 0; at < 1000; at++) column.push(at / 4);
  column.set(999, -1);
  expect([column.size, column.at(0), column.at(998), column.at(999)]).toEqual([1000, 0, 249.5, -1]);
  expect(column.values).toEqual(Float64Array.from({ length: 1000 }, (_, at) => (at === 999 ? -1 : at / 4)));
});

test("a table numbers texts as a map does: short and long ones, halves of characters, and the empty one", () => {
  const random = randomFrom("table", 1);
  const letters = ["a", "b", "é", "数", "😀", "\ud83d", "\0", ""];
  const table = new TextTable();
  const map = new Map<string, number>();
  const numbers: [found: number | undefined, added: number][] = [];
  const expected: typeof numbers = [];
  for (let turn = 0; turn < 5000; turn++) {
    const text = Array.from({ length: random.int(0, 6) }, () => random.pick(letters)).join("");
    const known = map.get(text);
    if (known === undefined) map.set(text, map.size);
    expected.push([known, map.get(text)!]);
    numbers.push([table.find(text), table.add(text)]);
  }
  expect(numbers).toEqual(expected);
  const long = "0123456789".repeat(2000);
  expect(table.at(table.add(long))).toBe(long);
  expect([...table]).toEqual([...map.keys(), long]);
  expect(map.size).toBeGreaterThan(1500);
});
