import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { autoAgainstSearch, autoBetas, describeAuto } from "../../../../ts/analysis/features/beta/numbers.ts";
import { renderPage, renderTable, runSummarySchema, summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";
import { withBetas, withLooks, withTrouble } from "../watched.ts";

const plain = syntheticRun({ questions: 20, seeds: [1, 2] });
const run = withTrouble(withLooks(withBetas(plain)));
const summary = summarise(run, 50);
const page = renderPage(run, summary);
const { document } = parseHTML(page);
const textOf = (id: string): string =>
  document.querySelector(`section#${id}`)?.textContent?.replace(/\s+/g, " ") ?? "";

describe("report.json of a watched run", () => {
  it("carries looks from step 0 on, the boundary, the search, the stop and the warnings, and is read back", () => {
    expect(runSummarySchema.parse(JSON.parse(JSON.stringify(summary)))).toEqual(summary);
    const of = (method: string) => summary.training.find((one) => one.method === method && one.seed === 2)!;
    expect(of("continued").looks.map(({ step }) => step)).toEqual([0, 20, 40, 60]);
    expect(of("bc").boundary).toEqual({ beta: of("bc").search!.chosen, rule: "search" });
    expect(of("bc").search!.points.map(({ beta }) => beta)).toEqual([0, 0.1, 0.2, 0.4, 0.8]);
    expect(of("dc").stopped).toMatchObject({ bestStep: 20, lastStep: 60 });
    expect(of("none").warnings).toHaveLength(2);
  });

  it("says nothing of a method that was not trained", () => {
    expect(summary.training.some(({ method }) => method === "kept")).toBe(false);
  });
});

describe("the section on beta", () => {
  it("compares the rule with the search, seed by seed, by what nearest value was tried", () => {
    // Seed 1 chose 0.2, seed 2 chose 0.1; the rule found 0.22 and 0.24, both nearest to 0.2.
    const [told, ...others] = autoAgainstSearch(summary);
    expect(others).toEqual([]);
    expect(told).toContain("seed 1: 0.22 against 0.2 (test accuracy ");
    expect(told).toContain("seed 2: 0.24 against 0.1 (test accuracy ");
    expect(told).toContain("is the chosen one in 1 of 2 seeds");
  });

  it("compares only methods that differ in nothing but how beta was come by", () => {
    const other = {
      ...run,
      methods: run.methods.map((one) => (one.name === "bc-auto" ? { ...one, method: "rrhf" } : one)),
    };
    expect(autoAgainstSearch(summarise(other, 20))).toEqual([]);
  });

  it("says how the rule found its value", () => {
    expect(describeAuto(autoBetas(summary)[0]!)).toBe(
      "AFT-BC, auto: beta 0.22 (seed 1), 0.24 (seed 2) – the 90 % quantile of (lowest better score − own score) " +
        "over 6,992 worse COTs, as the starting weights score them; 10.0 % of them lie below that boundary at the start.",
    );
  });

  it("lists every value that was tried, and marks one chosen a seed", () => {
    const rows = [...document.querySelectorAll("section#beta tbody tr")];
    expect(rows).toHaveLength(10);
    expect(rows.filter((row) => row.textContent?.includes("chosen"))).toHaveLength(2);
    const cells = [...rows[1]!.querySelectorAll("td")].map((cell) => cell.textContent);
    expect(cells.slice(3, 5)).toEqual(["77.0 [71.0, 82.0]n 1,234", "1.080 [1.065, 1.095]n 567"]);
  });

  it("stands in the terminal's tables too, within 110 columns", () => {
    const table = renderTable(summary);
    expect(table).toContain("AFT-BC: % right of 200 validation questions, by beta");
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

describe("the section on training", () => {
  it("tells an early stop and the warnings in words, with method, seed and step", () => {
    expect(textOf("training")).toContain(
      "AFT-DC, seed 2: stopped after step 60 (no better validation accuracy in 2 looks); the weights of step 20 are kept.",
    );
    const rows = [...document.querySelectorAll("section#training tbody tr")];
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toContainEqual([
      "AFT, no constraint",
      "2",
      "40",
      "it over-fits to assessing <b>",
    ]);
    expect(page).not.toContain("it over-fits to assessing <b>");
  });

  it("is left out, and so is that on beta, where there is nothing to tell", () => {
    const bare = renderPage(plain, summarise(plain, 20));
    expect(bare).not.toContain('id="training"');
    expect(bare).not.toContain('id="beta"');
  });
});
