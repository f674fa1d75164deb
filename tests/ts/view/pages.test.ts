import { expect, test } from "vitest";
import { compareRuns } from "../../../ts/analysis/index.ts";
import { failure } from "../../../ts/core/errors.ts";
import { everyNth } from "../../../ts/view/curves.ts";
import { linkTo, pageOfPair, pageOfRun, pairIn } from "../../../ts/view/links.ts";
import { comparePage, type Pair } from "../../../ts/view/pages/compare.ts";
import { syntheticRun } from "../analysis/synthetic.ts";

const first = syntheticRun({ questions: 80 });
const second = syntheticRun({ questions: 80 });
for (const { method, predictions } of second.arms)
  if (method === "bc") for (const prediction of predictions) prediction.correct = true;
const { steps } = first.training.find(({ method }) => method === "bc")!;

const pair = (change: Partial<Pair> = {}): Pair => ({
  ...{ a: "one", b: "sweep/k=2", live: true },
  compared: {
    ...{ a: "one", b: "k=2", environment: [] },
    config: [{ path: "stages.sample.k", a: 6, b: "<b>" }],
    ...compareRuns(first, second, { resamples: 50 }),
  },
  trainings: {
    a: [{ stage: "align", method: "bc", seed: 1, label: "align bc seed 1", steps }],
    b: [{ stage: "align", method: "bc", seed: 1, label: "align bc seed 1", steps: steps.slice(0, 9) }],
  },
  ...change,
});
const contentOf = (page: ReturnType<typeof comparePage>): string =>
  page.parts.map((part) => part?.content.markup ?? "").join("\n");

test("two runs: what differs, each metric's numbers with the paired difference, curves over each other", () => {
  const html = contentOf(comparePage(pair()));
  expect(html).toContain(
    '<code>stages.sample.k</code></th><td class="words">6</td><td class="words">&lt;b&gt;',
  );
  expect(html).toContain("The same 80 questions: differences are paired over them");
  // All answers of AFT-BC are right in B: the difference stands out, that of another method does not.
  const rows = [...html.matchAll(/<tr><th scope="row">(AFT-BC|RFT)<\/th>.*?<\/tr>/gs)].map(([row]) => row);
  expect(rows.find((row) => row.includes("AFT-BC") && row.includes("100.0"))).toContain(
    '<td class="clear">+',
  );
  expect(rows.find((row) => row.includes("RFT"))).not.toContain("clear");
  expect(html).toContain("A: one");
  expect(html).toContain("B: sweep/k=2");
  expect(html).not.toMatch(/NaN|undefined/);
});

test("runs without the same questions, and those that cannot be read, are said to be so", () => {
  const other = compareRuns(first, syntheticRun({ questions: 30 }), { resamples: 20 });
  const compared = { ...(pair().compared as Exclude<Pair["compared"], Error>), ...other };
  expect(contentOf(comparePage(pair({ compared })))).toContain("Not the same questions (80 and 30)");
  const damaged = failure({
    what: "an artefact of this run is missing or damaged",
    where: "x",
    fix: "run it",
  });
  expect(contentOf(comparePage(pair({ compared: damaged })))).toContain(
    "They cannot be compared: x: an artefact of this run is missing or damaged<",
  );
});

test("addresses lead from each page to each other, whatever runs are called", () => {
  const names = ["vs", "a", "a/vs", "vs/a", "k=2,lr=1%"];
  for (const a of names)
    for (const b of names) {
      const found = pairIn(pageOfPair(a, b), names)!;
      // Where a name holds the word between, either reading names the same page.
      expect(pageOfPair(...found)).toBe(pageOfPair(a, b));
      const link = linkTo(pageOfRun(b, "report.html"), pageOfPair(a, b));
      const address = new URL(
        link,
        `http://x/${pageOfPair(a, b).split("/").map(encodeURIComponent).join("/")}`,
      );
      expect(decodeURIComponent(address.pathname)).toBe(`/runs/${b}/report.html`);
    }
  expect(pairIn("compare/a/vs/none.html", names)).toBeUndefined();
});

test("of many steps some are drawn, the first and the last among them", () => {
  const many = Array.from({ length: 5001 }, (_, at) => at);
  const drawn = everyNth(many);
  expect([drawn.length <= 401, drawn[0], drawn.at(-1)]).toEqual([true, 0, 5000]);
  expect(everyNth(many, 60).length).toBeLessThanOrEqual(101);
  expect(everyNth([1, 2, 3])).toEqual([1, 2, 3]);
});
