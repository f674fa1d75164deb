import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { type RunData, renderPage, summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";
import { judgedByBoth, runOfTasks } from "../tasks.ts";

const run = syntheticRun();
const summary = summarise(run, 200);
const page = renderPage(run, summary);
const { document } = parseHTML(page);
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent ?? "");

describe("report.html", () => {
  it("has a row for every method, in order, with the paper's numbers marked as the paper's", () => {
    expect(texts("[aria-label='Every number'] tbody th")).toEqual(run.methods.map(({ label }) => label));
    expect(texts("[aria-label='Every number'] thead .paper")).toEqual([
      "The paper, GSM8K",
      "other models and data: 7B / 13B, %",
    ]);
    expect(texts("[aria-label='Every number'] tbody td.paper")).toEqual([
      "36.48 / 47.29VFT",
      "–",
      "–",
      "–",
      "40.43 / 51.03AFT",
      "40.43 / 51.03AFT",
    ]);
  });

  it("shows p, and p adjusted for all methods, beside each tested difference, and says what they are", () => {
    const { p, pHolm } = summary.methods
      .find(({ name }) => name === "none")!
      .comparisons.find(({ role }) => role === "continued")!.differences.accuracy;
    const cell = document.querySelector("[aria-label='Every number'] tbody tr:nth-child(4) td:nth-child(3)")!;
    expect(cell.textContent).toContain(`p = ${p!.toFixed(3)}Holm = ${pHolm!.toFixed(3)}`);
    expect(texts(".note").join(" ")).toContain(
      "for all methods compared with the same baseline together (5 methods",
    );
  });

  it("says what each method does before any number, and gives a verdict where the tests allow one", () => {
    const what = texts("[aria-label='Methods'] tbody tr");
    expect(what).toHaveLength(run.methods.length);
    expect(what[3]).toContain("wrong ones are pushed down without a limit");
    expect(what[5]).toContain("boundary constraint, BC");
    expect(what[5]).toContain("weight 3, beta 0.1");
    const verdicts = texts("[aria-label='Results at a glance'] tbody tr").map(
      (row) => /better|worse|unclear/.exec(row)?.[0],
    );
    expect(verdicts).toEqual(
      summary.methods.map(({ comparisons }) => {
        const difference = comparisons.find(({ role }) => role === "continued")?.differences.accuracy;
        if (difference === undefined) return undefined;
        const { low, high } = difference.simultaneous!;
        if (low <= 0 && high >= 0) return "unclear";
        return difference.value! > 0 ? "better" : "worse";
      }),
    );
  });

  it("folds away what is fine with one method after the other, and never what is not", () => {
    for (const list of document.querySelectorAll("#diagnostics > .findings")) {
      const badges = [...list.querySelectorAll(".badge")].map(({ textContent }) => textContent);
      expect(badges.filter((badge) => badge === "fine").length).toBeLessThanOrEqual(2);
    }
    const folded = texts("#diagnostics details .badge");
    expect(folded.length).toBeGreaterThan(2);
    expect(new Set(folded)).toEqual(new Set(["fine"]));
  });

  it("shows ten questions with their COTs, marks and every method's scores", () => {
    const examples = [...document.querySelectorAll("details.example")];
    expect(examples).toHaveLength(10);
    for (const example of examples) {
      expect(example.querySelectorAll("thead th")).toHaveLength(2 + run.methods.length);
      const marks = [...example.querySelectorAll("tbody .mark")].map((mark) => mark.className);
      expect(marks).toContain("mark right");
      expect(marks.some((mark) => mark !== "mark right")).toBe(true);
    }
    expect(texts("tbody .mark.none")[0]).toBe("∅ no answer");
  });

  it("orders the COTs of a question by their score under the VFT model", () => {
    for (const body of document.querySelectorAll("details.example tbody")) {
      const scores = [...body.querySelectorAll("tr td:nth-child(3)")].map((cell) =>
        Number((cell.textContent ?? "").replace("−", "-")),
      );
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }
  });

  it("shows as many examples as asked for, and no empty section", () => {
    expect(renderPage(run, summary, { examples: 3 }).match(/<details class="example"/g)).toHaveLength(3);
    expect(renderPage(run, summary, { examples: 0 })).not.toContain('id="examples"');
  });

  it("holds the whole configuration, versions, seeds and durations with reused stages marked", () => {
    expect(texts("pre code")).toEqual([run.configYaml]);
    expect(texts("dl.facts dd")).toContain(
      "aft 0.1.0, node 20.20.2, python 3.11.2, torch 2.13.0, transformers 5.23.0",
    );
    expect(texts(".badge.reused")).toHaveLength(1);
    expect(page).toContain("1 min 52 s");
  });

  it("is accessible: one h1, no skipped heading, captions, scopes, named charts", () => {
    const levels = [...document.querySelectorAll("h1,h2,h3")].map(({ tagName }) => Number(tagName[1]));
    expect(levels[0]).toBe(1);
    for (const [at, level] of levels.slice(1).entries()) expect(level - levels[at]!).toBeLessThanOrEqual(1);
    for (const table of document.querySelectorAll("table")) {
      expect(table.querySelector("caption")?.textContent).toBeTruthy();
      for (const head of table.querySelectorAll("th"))
        expect(["row", "col", "colgroup"]).toContain(head.getAttribute("scope"));
    }
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const svg of document.querySelectorAll("svg"))
      for (const id of svg.getAttribute("aria-labelledby")!.split(" ")) expect(ids).toContain(id);
    for (const link of document.querySelectorAll("nav a"))
      expect(ids).toContain(link.getAttribute("href")!.slice(1));
  });

  it("lists every section at the top, in order", () => {
    const sections = [...document.querySelectorAll("main .part > section")].map(({ id }) => `#${id}`);
    expect([...document.querySelectorAll("nav li + li a")].map((link) => link.getAttribute("href"))).toEqual(
      sections,
    );
  });

  it("lets what scrolls sideways be reached by keyboard, under a name", () => {
    const regions = [...document.querySelectorAll(".scroll")];
    expect(regions.length).toBeGreaterThan(8);
    for (const region of regions) {
      expect(region.getAttribute("tabindex")).toBe("0");
      expect(region.getAttribute("role")).toBe("region");
      expect(region.getAttribute("aria-label") ?? region.getAttribute("aria-labelledby")).toBeTruthy();
    }
  });

  it("says in plain words what was done, what came out and how sure it is, before any table", () => {
    const [first] = document.querySelectorAll("main section");
    expect([...first!.querySelectorAll("h3")].map(({ textContent }) => textContent)).toEqual([
      "What was done",
      "What came out",
      "How sure it is",
    ]);
    expect(first!.querySelector("table")).toBeNull();
    const { accuracy } = summary.methods.find(({ name }) => name === "continued")!.metrics;
    expect(first!.textContent).toContain(`against ${(100 * accuracy.value!).toFixed(1)} %`);
    expect(first!.textContent).toContain("One seed was run");
  });

  it("fetches nothing", () => {
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"|url\(([^)]*)\)/g)].map(([, a, b]) => a ?? b);
    expect(addresses.filter((address) => !/^(#|data:,)/.test(address!))).toEqual([
      "https://arxiv.org/abs/2309.02144",
    ]);
  });

  it("escapes every text that comes from a run", () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const rewrite = (value: unknown, key = ""): unknown => {
      if (typeof value === "string")
        return ["method", "id", "questionId", "finish", "constraint", "use", "extract"].includes(key)
          ? value
          : `${value}${evil}`;
      if (Array.isArray(value)) return value.map((one) => rewrite(one, key));
      if (value === null || typeof value !== "object") return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rewrite(inner, name)]));
    };
    const several = judgedByBoth(
      runOfTasks([
        { name: "sums", use: "train", questions: 12 },
        { name: "facts", use: "evaluate", questions: 8 },
      ]),
    );
    const told: RunData = {
      ...several,
      tasks: several.tasks.map((task) => ({
        ...task,
        extract: "strict",
        patterns: { strict: "####", flexible: "[0-9]" },
      })),
      prompts: [{ task: "sums", template: "plain", digest: "ab", first: "Cat" }],
    };
    const poisoned = rewrite(told) as RunData;
    poisoned.methods.forEach((method, at) => {
      method.name = run.methods[at]!.name;
    });
    const out = renderPage(poisoned, summarise(poisoned, 20));
    expect(out).toContain("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;");
    expect(out).not.toContain("<img");
    for (const shown of ["sums", "facts", "####", "[0-9]", "plain", "Cat"])
      expect(out).toContain(`${shown}&lt;img`);
  });

  it("is written for a run without arms, too", () => {
    const bare: RunData = { ...run, arms: [], training: [], trainGroups: [], stages: [] };
    const out = renderPage(bare, summarise(bare, 20));
    expect(out).toContain("No method was evaluated.");
    expect(out).not.toContain("NaN");
  });
});
