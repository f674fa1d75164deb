import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { ablationOf, constraintEffects } from "../../../../ts/analysis/features/ablation/numbers.ts";
import { points } from "../../../../ts/analysis/format.ts";
import { renderPage, renderTable, summarise } from "../../../../ts/analysis/index.ts";
import { allMethods, syntheticRun } from "../synthetic.ts";

const runOf = (...names: string[]) =>
  syntheticRun({
    questions: 20,
    methods: allMethods.filter(({ name }) => names.length === 0 || names.includes(name)),
  });
const rowsOf = (...names: string[]) => ablationOf(summarise(runOf(...names), 20));
const title = "Is the constraint what matters?";

describe("the constraint ablation", () => {
  it("has a row for each loss and a column for each constraint", () => {
    const rows = rowsOf()!.map(({ family, cells }) => [
      family,
      ...Object.values(cells).map((methods) => methods.map(({ name }) => name)),
    ]);
    expect(rows).toEqual([
      ["AFT", ["none"], ["dc"], ["bc"]],
      ["AFT, by ranks", [], ["ranked-detached"], ["ranked-boundary"]],
      ["RRHF", ["rrhf-none"], ["rrhf-detached"], ["rrhf-boundary"]],
      ["PRO", ["pro-none"], ["pro-detached"], ["pro-boundary"]],
      ["DPO", ["dpo-none"], ["dpo-detached"], ["dpo-boundary"]],
    ]);
  });

  it("is shown for two losses with two constraints each, against continued VFT", () => {
    expect(rowsOf("continued", "none", "bc", "pro-none", "pro-detached")).toHaveLength(2);
    expect(rowsOf("continued", "none", "bc", "pro-none")).toBeNull();
    expect(rowsOf("kept", "none", "bc", "pro-none", "pro-detached")).toBeNull();
  });

  it("is told in words: with a constraint minus without, for losses with one method of each kind", () => {
    const summary = summarise(
      runOf("continued", "none", "bc", "rrhf-none", "rrhf-detached", "rrhf-boundary"),
      20,
    );
    const of = (name: string): number =>
      summary.methods.find((one) => one.name === name)!.metrics.accuracy.value!;
    const told = constraintEffects(ablationOf(summary)!);
    expect(told).toContain(`AFT ${points(of("bc") - of("none"))} (BC); `);
    expect(told).toContain(
      `RRHF ${points(of("rrhf-detached") - of("rrhf-none"))} (DC) and ${points(of("rrhf-boundary") - of("rrhf-none"))} (BC).`,
    );
    expect(constraintEffects([])).toBe("");
  });

  it("is no part of a report without it", () => {
    const run = syntheticRun({ questions: 20 });
    const summary = summarise(run, 20);
    expect(renderTable(summary)).not.toContain(title);
    expect(renderPage(run, summary, { examples: 0 })).not.toContain(title);
  });

  it("gives methods that share a cell a line each, with their names", () => {
    const sweep = [0.1, 0.2].map((beta) => ({
      ...allMethods.find(({ name }) => name === "bc")!,
      name: `bc-${beta}`,
      label: `BC, beta ${beta}`,
      settings: { constraint: "boundary", beta },
    }));
    const others = allMethods.filter(({ name }) =>
      ["continued", "none", "pro-none", "pro-detached"].includes(name),
    );
    const lines = renderTable(
      summarise(syntheticRun({ questions: 20, methods: [...others, ...sweep] }), 20),
    ).split("\n");
    const from = lines.findIndex((line) => line.startsWith(title));
    expect(lines.slice(from + 3, from + 7).map((line) => line.slice(0, 15).trimEnd())).toEqual([
      "AFT",
      "  BC, beta 0.1",
      "  BC, beta 0.2",
      "PRO",
    ]);
  });

  it("shows the difference to continued VFT and the perplexity of right COTs in the page", () => {
    const run = runOf();
    const summary = summarise(run, 20);
    const { document } = parseHTML(renderPage(run, summary, { examples: 0 }));
    const table = document.querySelector("[aria-label='Losses by constraints'] table")!;
    expect([...table.querySelectorAll("tbody tr")]).toHaveLength(5);
    const dpo = summary.methods.find(({ name }) => name === "dpo-boundary")!;
    const cell = table.querySelector("tbody tr:last-child td:last-child")!;
    const { value } = dpo.comparisons.find(({ role }) => role === "continued")!.differences.accuracy;
    expect(cell.querySelector("b")!.textContent).toBe(points(value));
    expect(cell.textContent).toContain(`perplexity ${dpo.metrics.perplexityPositive.value!.toFixed(3)}`);
    const ranked = table.querySelector("tbody tr:nth-child(2) td")!;
    expect(ranked.textContent).toBe("–");
  });
});
