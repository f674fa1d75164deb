import { expect, it } from "vitest";
import { sidesChart } from "../../../../ts/analysis/index.ts";
import { randomFrom } from "../../../../ts/core/random.ts";

const series = (side: "a" | "b", seed: number, count: number) => {
  const random = randomFrom("sides", side, seed);
  const points = Array.from({ length: count }, (_, at) => ({
    step: at + 1,
    value: 2 / (at + 1) + random.next() / 5 + (side === "a" ? 0 : 0.2),
  }));
  return { side, seed, points };
};
const row = (id: string) => ({
  id,
  label: id,
  series: [series("a", 1, 20), series("a", 2, 20), series("b", 1, 30)],
});

it("two runs over each other, each seed a line; a measure that neither has is left out", async () => {
  const text = { id: "sides", title: "AFT-BC", description: "A and B." };
  const names = { a: "A: quick <one>", b: "B: slow" };
  const svg = sidesChart(
    text,
    [row("loss"), { id: "none", label: "none", series: [] }, row("margin")],
    names,
  );
  expect(svg).not.toMatch(/NaN|undefined|<one>/);
  expect(svg.match(/stroke-dasharray="6,3"/g)?.length).toBeGreaterThanOrEqual(2);
  expect(svg).not.toContain('id="sides-none');
  await expect(`${svg.trim()}\n`).toMatchFileSnapshot("../../../golden/analysis/charts/sides.svg");
});
