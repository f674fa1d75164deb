import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { againstBest, renderSweep, type SweepData } from "../../../../ts/analysis/index.ts";
import { bestOf, type SweepResults } from "../../../../ts/analysis/sweep/results.ts";
import { type InventedSweep, inventedSweep } from "../sweeps.ts";

async function compared(sweep: InventedSweep): Promise<InventedSweep> {
  const differences = await againstBest(sweep.results, async (cell) => sweep.runs.get(cell)!, 200);
  const cells = sweep.results.cells.map((cell) => {
    const difference = differences.get(cell.cell);
    return difference === undefined ? cell : { ...cell, againstBest: difference };
  });
  return { ...sweep, results: { ...sweep.results, cells } };
}

const renderSweepPage = (data: SweepData): string => renderSweep(data).page;

const sweep = await compared(inventedSweep({ questions: 200 }));
const page = renderSweepPage(sweep);
const { document } = parseHTML(page);
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) => (element.textContent ?? "").trim());
const inShortOf = (html: string): string => {
  const section = parseHTML(html).document.querySelector("#in-short");
  return (section?.textContent ?? "").replaceAll(/\s+/g, " ");
};

describe("the page of a sweep", () => {
  it("says in words what was varied, and what the keys mean", () => {
    const words = inShortOf(page);
    expect(words).toContain(
      "One experiment was run in 9 variants, called cells: every combination of the values",
    );
    expect(words).toContain("stages.sample.k (samples a question): 3; 6; 9");
    expect(words).toContain("stages.sample.temperature: 0.7; 1; 1.3");
    expect(words).toContain("3 methods on 200 questions of the validation split, with 1 seed");
  });

  it("calls a difference to continued VFT what the cell's own report calls it", () => {
    for (const { cell, methods } of sweep.results.cells) {
      const own = sweep.summaries.get(cell)!.methods.find(({ name }) => name === "bc")!;
      const { simultaneous } = own.comparisons.find(({ role }) => role === "continued")!.differences.accuracy;
      expect(methods.find(({ name }) => name === "bc")!.againstContinued!.accuracy!.interval).toEqual(
        simultaneous,
      );
    }
  });

  it("says what the methods do, and which of their settings is varied", () => {
    const { results, summaries } = inventedSweep({
      settings: [
        { "methods.bc.beta": 0.1, "methods.bc.train.learningRate": 1e-4 },
        { "methods.bc.beta": 0.2, "methods.bc.train.learningRate": 2e-4 },
      ],
      questions: 10,
    });
    const rows = parseHTML(renderSweepPage({ results, summaries })).document.querySelectorAll(
      "#compared tbody tr",
    );
    const rowTexts = [...rows].map(({ textContent }) => textContent);
    expect(rowTexts).toHaveLength(3);
    expect(rowTexts[1]).toMatch(/^AFT-DC.*weight 3$/);
    expect(rowTexts[2]).toMatch(/^AFT-BC.*weight 3, beta varied, learningRate varied$/);
  });

  it("tells each method at its best where none is followed, of equal cells the first", () => {
    expect(page).not.toContain("Each method at its best");
    const { results: followed, summaries } = inventedSweep({ questions: 100 });
    const results = { ...followed, best: bestOf(followed.cells, { metric: "accuracy" }) };
    const html = renderSweepPage({ results, summaries });
    const rows = [...parseHTML(html).document.querySelectorAll("#best-of-each tbody tr")];
    const cells = rows.map((row) =>
      [...row.querySelectorAll("th, td")].map(({ textContent }) => textContent),
    );
    const highest = (name: string) =>
      Math.max(
        ...results.cells.map(
          (cell) => cell.methods.find((one) => one.name === name)!.metrics.accuracy!.value!,
        ),
      );
    expect(cells.map(([label]) => label)).toEqual(["continued VFT", "AFT-DC", "AFT-BC"]);
    // The baselines are the same in all cells.
    expect(cells[0]![1]).toBe("k = 3, temperature = 0.7");
    expect(cells[2]![1]).toBe("k = 9, temperature = 1");
    expect(cells[2]![2]).toContain((100 * highest("bc")).toFixed(1));
    expect(cells.map((row) => row[3])).toEqual(["9", "9", "9"]);
  });

  it("names the best cell with its interval, the lowest, and each key's means over the other", () => {
    const best = sweep.results.best!;
    const words = inShortOf(page);
    expect(best.cell).toBe("k=9,temperature=1");
    expect(words).toContain(
      `Of AFT-BC, k = 9, temperature = 1 has the highest greedy accuracy: ${(100 * best.value).toFixed(1)} % [`,
    );
    const mean = (k: number): string => {
      const values = sweep.results.cells
        .filter(({ settings }) => settings["stages.sample.k"] === k)
        .map(({ methods }) => methods.find(({ name }) => name === "bc")!.metrics.accuracy!.value!);
      expect(values).toHaveLength(3);
      return ((100 * values.reduce((sum, value) => sum + value, 0)) / 3).toFixed(1);
    };
    expect(words).toContain(
      `By k, averaged over the other settings, AFT-BC comes to ${[3, 6, 9].map((k) => `${mean(k)} % (${k})`).join(", ")}.`,
    );
  });

  it("shows every method at every value where one thing varies, and marks where each is highest", () => {
    const settings = [3, 6, 9].map((k) => ({ "stages.sample.k": k }));
    const { results, summaries } = inventedSweep({ settings, questions: 30, method: undefined });
    const rows = [
      ...parseHTML(renderSweepPage({ results, summaries })).document.querySelectorAll(".grid tr"),
    ];
    expect(
      rows.map((row) => [...row.querySelectorAll("th, td")].map(({ textContent }) => textContent)),
    ).toEqual([
      ["Method", "3", "6", "9"],
      ...["continued", "dc", "bc"].map((name) => {
        const of = results.cells.map((cell) => cell.methods.find((one) => one.name === name)!);
        return [of[0]!.label, ...of.map(({ metrics }) => (100 * metrics.accuracy!.value!).toFixed(1))];
      }),
    ]);
    expect(rows.map((row) => row.querySelectorAll("b").length).slice(1, 3)).toEqual([0, 0]);
    expect(rows.at(-1)!.querySelector("td:last-child b")).not.toBeNull();
    // With two things that vary there is no such table.
    expect(document.querySelector(".grid")).toBeNull();
  });

  it("counts the cells that differ from the best significantly as the table marks them", () => {
    const marked = texts("#cells tbody td.loss").filter((text) => /Holm/.test(text)).length;
    const tested = sweep.results.cells.filter(({ againstBest: difference }) => difference?.pHolm != null);
    const lower = tested.filter(
      ({ againstBest: difference }) => difference!.pHolm! < 0.05 && difference!.value! < 0,
    );
    expect(tested).toHaveLength(8);
    expect(lower.length).toBeGreaterThan(0);
    expect(marked).toBe(lower.length);
    expect(inShortOf(page)).toContain(
      `Of the 8 other cells, ${lower.length === 8 ? "all are" : lower.length} `,
    );
    // And so does the first screen, with a row a cell in both of its charts.
    expect(texts(".verdict")[0]).toMatch(/^k = .* has the highest greedy accuracy of AFT-BC, \d+\.\d % \[/);
    expect(texts(".verdict")[0]).toContain(`; of the 8 other cells ${lower.length} `);
    expect(
      [...document.querySelectorAll(".tiles svg")].map((svg) => svg.querySelectorAll("g.row").length),
    ).toEqual([9, 9]);
  });

  it("holds the method against both baselines of its own cell, where there are both", () => {
    const words = inShortOf(page);
    const differencesToContinued = [...sweep.summaries.values()].map(
      ({ methods }) =>
        methods.find(({ name }) => name === "bc")!.comparisons.find(({ role }) => role === "continued")!
          .differences.accuracy,
    );
    const more = differencesToContinued.filter(({ interval }) => interval!.low > 0).length;
    expect(words).toContain(
      `points: clearly more (its own 95 % interval above 0) in ${more}, clearly less in 0 of 9 cells.`,
    );
    expect(words).not.toContain("the VFT weights without any further training");
  });

  it("tells what the methods reach that no setting touches", () => {
    const [dc, continued] = ["dc", "continued"].map(
      (name) =>
        sweep.results.cells[0]!.methods.find((method) => method.name === name)!.metrics.accuracy!.value!,
    );
    expect(inShortOf(page)).toContain(
      `The same in all cells, greedy accuracy: continued VFT ${(100 * continued!).toFixed(1)} %, AFT-DC ${(100 * dc!).toFixed(1)} %.`,
    );
  });

  it("says from where to where the other measures go, with the baseline's beside", () => {
    const accuracies = sweep.results.cells.map(
      ({ methods }) => methods.find(({ name }) => name === "bc")!.metrics.assessmentMicro!.value!,
    );
    const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
    expect(inShortOf(page)).toContain(
      `Assessment accuracy of AFT-BC goes from ${percent(Math.min(...accuracies))} (k = 3, temperature = `,
    );
    expect(inShortOf(page)).toContain(
      `to ${percent(Math.max(...accuracies))} (k = 9, temperature = 1); continued VFT has `,
    );
    // Here the settings leave it alone.
    expect(inShortOf(page)).not.toContain("Perplexity of right COTs of AFT-BC goes");
  });

  it("draws a row for each setting of the other key and a column for each measure, on one scale", () => {
    const charts = [...document.querySelectorAll("figure > div > svg")];
    expect(charts).toHaveLength(2);
    for (const chart of charts) {
      // The legend, then three rows of four.
      expect([...chart.children].filter(({ localName }) => localName === "svg")).toHaveLength(1 + 12);
      expect(chart.outerHTML).not.toContain("NaN");
      expect(chart.querySelector("title")!.textContent).toMatch(/^What (k|temperature) does$/);
      expect(chart.querySelector("desc")!.textContent).toContain(
        "AFT-BC, greedy accuracy, mean over what else varies: ",
      );
    }
  });

  it("leads from each row to the cell's own report, whatever its name is made of", () => {
    const links = [...document.querySelectorAll("#cells a")].map((link) => link.getAttribute("href"));
    expect(links[0]).toBe("k%3D3%2Ctemperature%3D0.7/report.html");
    expect(new Set(links).size).toBe(9);
  });

  it("is one file that fetches nothing, with one h1 and no skipped heading", () => {
    const levels = [...document.querySelectorAll("h1,h2,h3")].map(({ tagName }) => Number(tagName[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [at, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[at - 1] ?? 0) + 1);
    for (const table of document.querySelectorAll("table"))
      expect(table.querySelector("caption")).not.toBeNull();
    expect(page).not.toMatch(/(src|href)="https?:(?!\/\/arxiv)/);
    expect(texts("nav li + li a")).toEqual([
      "In short",
      "What is compared",
      "What each setting does",
      "Every cell",
      "The record",
    ]);
  });

  it("counts the work of what cells share once", () => {
    const stages = [...sweep.summaries.values()].flatMap((summary) => summary.stages);
    expect(stages.length).toBe(9 * new Set(stages.map(({ artefact }) => artefact)).size);
    expect(texts("#record dd").join(" ")).toContain(`in ${stages.length / 9} artefacts`);
  });

  it("is there as Markdown too, its charts beside it", () => {
    const { markdown, charts } = renderSweep(sweep).markdown;
    expect(Object.keys(charts)).toEqual([
      "cells-accuracy.svg",
      "cells-against-best.svg",
      "sweep-1.svg",
      "sweep-2.svg",
    ]);
    expect(markdown).toContain("![stages.sample.k – samples a question](charts/sweep-1.svg)");
    expect(markdown).toContain("| k | temperature | greedy accuracy, % |");
  });
});

it("gathers what the cells' reports warn of, each kind once a method, with the cells", () => {
  const warned = new Map(
    [...sweep.summaries].map(([cell, summary], at) => [
      cell,
      {
        ...summary,
        diagnostics: [
          ...(at > 1
            ? []
            : [
                {
                  id: "positives-less-likely" as const,
                  level: "warning" as const,
                  method: "bc",
                  text: `Said in ${cell}.`,
                  evidence: {},
                },
              ]),
          { id: "unreadable-output" as const, level: "note" as const, text: "Not this.", evidence: {} },
        ],
        training: [
          {
            method: "bc",
            seed: 1,
            looks: [],
            warnings: [
              {
                step: 7,
                kind: at === 0 ? "beta" : "clipped",
                text: at === 0 ? "beta may be too small" : "clipped",
              },
            ],
          },
        ],
      },
    ]),
  );
  const html = renderSweepPage({ results: sweep.results, summaries: warned });
  const rowTexts = [...parseHTML(html).document.querySelectorAll(".findings li")].map(
    ({ textContent }) => textContent,
  );
  expect(rowTexts[0]).toMatch(
    /^8 of 9 AFT-BC, while training, seed 1, step 7: clipped\. \(in the words of k=3,temperature=1; also /,
  );
  expect(rowTexts.slice(1)).toEqual([
    "2 of 9 Said in k=3,temperature=0.7. (in the words of k=3,temperature=0.7; also k=3,temperature=1)",
    "1 of 9 AFT-BC, while training, seed 1, step 7: beta may be too small.",
  ]);
});

describe("a sweep that is not whole", () => {
  const part = (
    change: (cell: SweepResults["cells"][number], at: number) => SweepResults["cells"][number],
  ) => {
    const cells = sweep.results.cells.map(change);
    return renderSweepPage({ ...sweep, results: { ...sweep.results, cells } });
  };

  it("lists the cells that failed, with their error, and those that wait", () => {
    const html = part((cell, at) =>
      at === 0
        ? { ...cell, status: "failed", error: "align <bc>: not finite", methods: [] }
        : at === 1
          ? { ...cell, status: "waiting", methods: [] }
          : cell,
    );
    expect(inShortOf(html)).toContain("1 cell failed. 1 cell is not done yet.");
    expect(html).toContain("failed: align &lt;bc&gt;: not finite");
    expect(html).toContain("<code>k=3,temperature=1</code>: not done");
    // Means would be of different cells.
    expect(inShortOf(html)).not.toContain("averaged over the other settings");
  });

  it("has nothing but that list where no cell is done", () => {
    const cells = sweep.results.cells.map((cell) => ({
      ...cell,
      status: "failed" as const,
      error: "no",
      methods: [],
    }));
    const html = renderSweepPage({ results: { ...sweep.results, best: null, cells }, summaries: new Map() });
    expect(html).toContain("Cells without numbers");
    expect(html).not.toContain('id="in-short"');
  });
});

describe("what can be said", () => {
  it("is that all are equal where they are", () => {
    const { results, summaries } = inventedSweep({
      settings: [{ "report.examples": 1 }, { "report.examples": 2 }],
      questions: 20,
    });
    expect(inShortOf(renderSweepPage({ results, summaries }))).toContain(
      "All cells have the same greedy accuracy of AFT-BC",
    );
  });

  it("is of keys that go together only together", () => {
    const { results, summaries } = inventedSweep({
      settings: [
        { "stages.sample.k": 3, "stages.align.learningRate": 1e-4 },
        { "stages.sample.k": 9, "stages.align.learningRate": 2e-4 },
      ],
      questions: 20,
    });
    const html = renderSweepPage({ results, summaries });
    expect(inShortOf(html)).toContain("stages.sample.k with stages.align.learningRate: 3, 0.0001; 9, 0.0002");
    expect(html.match(/<figure class="wide"/g)).toHaveLength(1);
  });
});

describe("what holds of some cells only", () => {
  const twoSeeds = inventedSweep({
    settings: [{ "stages.sample.k": 3 }, { "stages.sample.k": 9 }],
    questions: 20,
  });

  it("is not told of all: seeds, questions and models that differ", () => {
    const { results, summaries } = twoSeeds;
    const cells = results.cells.map((cell, at) => ({ ...cell, seeds: [at + 1] }));
    const changed = new Map(
      [...summaries].map(([cell, summary], at) => [
        cell,
        {
          ...summary,
          stages: [{ stage: "vft", seed: at, seconds: 1, reused: false, artefact: `vft-${at}` }],
          provenance: { command: "", data: [], weights: [], model: `a llama ${at}` },
        },
      ]),
    );
    const words = inShortOf(renderSweepPage({ results: { ...results, cells }, summaries: changed }));
    expect(words).toContain("The cells have different seeds");
    expect(words).not.toContain("One seed was run");
    expect(words).not.toContain("a llama");
    expect(words).not.toContain("such as the VFT model");
    // Nothing here was held against the best.
    expect(words).not.toContain("All cells answer the same questions");
  });

  it("a method that is another in each cell is not described by one of them", () => {
    const { results, summaries } = twoSeeds;
    const keys = ["methods.bc"];
    const cells = results.cells.map((cell, at) => ({ ...cell, settings: { "methods.bc": { weight: at } } }));
    const { document } = parseHTML(renderSweepPage({ results: { ...results, keys, cells }, summaries }));
    const rows = [...document.querySelectorAll("#compared tbody tr")].map(({ textContent }) => textContent);
    expect(rows.at(-1)).toBe("AFT-BCvaries between the cells");
  });

  it("means are over the settings that are done with every value", () => {
    const settings = [3, 9].flatMap((k) =>
      [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((temperature) => ({
        "stages.sample.k": k,
        "stages.sample.temperature": temperature,
      })),
    );
    const { results, summaries } = inventedSweep({ settings, questions: 20 });
    const value = (k: number, temperature: number): number =>
      (k === 9 ? 0.1 : 0) + (temperature < 0.65 ? 0.2 : 0.6);
    const cells = results.cells.map((cell) => {
      const [k, temperature] = Object.values(cell.settings) as [number, number];
      // Of k = 3 the colder ones, which are worse, failed.
      if (k === 3 && temperature < 0.65)
        return { ...cell, status: "failed" as const, error: "no", methods: [] };
      const methods = cell.methods.map((method) => ({
        ...method,
        metrics: { ...method.metrics, accuracy: { value: value(k, temperature), interval: null, n: 20 } },
      }));
      return { ...cell, methods };
    });
    const html = renderSweepPage({ results: { ...results, cells }, summaries });
    const first = parseHTML(html).document.querySelector("figure svg svg:nth-of-type(2)")!;
    const heights = [...first.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cy")));
    // 60 and 70 % for each of three methods, not 60 and 44.
    expect(new Set(heights).size).toBe(2);
    for (let at = 0; at < heights.length; at += 2) expect(heights[at]).toBeGreaterThan(heights[at + 1]!);
    expect(inShortOf(html)).not.toContain("averaged over the other settings");
  });

  it("one cell that is done has its settings at its head, and no column too many", () => {
    const { results, summaries } = twoSeeds;
    const cells = results.cells.map((cell, at) =>
      at === 0 ? cell : { ...cell, status: "failed" as const, error: "no", methods: [] },
    );
    const best = { ...results.best!, cell: cells[0]!.cell };
    for (const keys of [results.keys, []]) {
      const { document } = parseHTML(
        renderSweepPage({ results: { ...results, keys, best, cells }, summaries }),
      );
      for (const table of document.querySelectorAll("#cells table"))
        expect(table.querySelectorAll("tbody tr:first-child > *").length).toBe(
          table.querySelectorAll("thead th").length,
        );
      expect(document.querySelector("#in-short")!.textContent).not.toContain(",  has");
    }
  });
});
