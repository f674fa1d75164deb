import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { renderHtml, renderMarkdown, summarise } from "../../../../ts/analysis/index.ts";
import { percent } from "../../../../ts/analysis/report/format.ts";
import { syntheticRun } from "../synthetic.ts";

const run = syntheticRun({ questions: 80, trainingSteps: 4 });
const summary = summarise(run, 100);
const page = renderHtml(run, summary, { examples: 2 });
const { markdown, charts } = renderMarkdown(page);

const body = (inner: string): string =>
  renderMarkdown(`<!doctype html><html><body><main>${inner}</main></body></html>`).markdown;

describe("report.md", () => {
  it("has the page's headings, in order", () => {
    const withoutCode = markdown.replace(/^(`{3,})\n[\s\S]*?\n\1$/gm, "");
    const headings = [...withoutCode.matchAll(/^(#+) (.*)$/gm)].map(([, level, text]) => [
      `H${level!.length}`,
      text!.replaceAll("\\", ""),
    ]);
    const { document } = parseHTML(page);
    const wanted = [...document.querySelectorAll("h1, h2, h3, h4")].map(({ tagName, textContent }) => [
      tagName,
      textContent,
    ]);
    expect(headings).toEqual(wanted);
    expect(headings.slice(0, 2)).toEqual([
      ["H1", "quickstart"],
      ["H2", "In short"],
    ]);
  });

  it("has every method's accuracy with its interval in a table", () => {
    for (const { label, metrics } of summary.methods) {
      const { value, interval } = metrics.accuracy;
      expect(markdown).toContain(
        `| ${label} | **${percent(value)}**<br>[${percent(interval!.low)}, ${percent(interval!.high)}]`,
      );
    }
  });

  it("gives every row of a table as many cells as its head", () => {
    const cells = (line: string): number => line.replaceAll("\\|", "").split("|").length;
    const lines = markdown.split("\n");
    let tables = 0;
    for (const [at, line] of lines.entries()) {
      if (!/^\| --- /.test(line)) continue;
      tables++;
      for (let row = at + 1; lines[row]?.startsWith("|") === true; row++)
        expect(cells(lines[row]!)).toBe(cells(lines[at - 1]!));
    }
    expect(tables).toBe((page.match(/<table/g) ?? []).length);
  });

  it("links every chart of the page to an SVG file that stands alone, dark pages included", () => {
    const linked = [...markdown.matchAll(/!\[[^\]]+\]\(charts\/([\w-]+\.svg)\)/g)].map(([, file]) => file);
    expect(linked).toEqual(Object.keys(charts));
    expect(linked).toHaveLength((page.match(/<figure>/g) ?? []).length);
    for (const svg of Object.values(charts)) {
      expect(svg).toMatch(
        /^<svg font-family=[^>]* xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><style>@media/,
      );
      expect(svg.trimEnd()).toMatch(/<\/svg>$/);
    }
  });

  it("leaves out what only a browser can use", () => {
    expect(markdown).not.toMatch(/<(script|style|nav|button|svg)/);
    expect(markdown).not.toContain("Open all");
  });
});

describe("a page as Markdown", () => {
  it("keeps links, emphasis and code, and escapes what a run's texts may hold", () => {
    expect(
      body(
        '<p>see <a href="https://example.org/a">this</a>, <em>not</em> <b>that</b> <code>a|b</code> &lt;img&gt; *x* [y](z)</p>',
      ),
    ).toBe("see [this](https://example.org/a), *not* **that** `a|b` &lt;img&gt; \\*x\\* \\[y\\](z)\n");
  });

  it("puts a head over several columns before each of theirs, and bars in cells behind a stroke", () => {
    const table =
      '<table><caption>C</caption><thead><tr><td></td><th colspan="2">G</th></tr><tr><th>m</th><th>a</th><th>b</th></tr></thead><tbody><tr><th>x</th><td>1<small>[0, 2]</small></td><td><code>p|q</code></td></tr></tbody></table>';
    expect(body(table)).toBe(
      "*C*\n\n| m | G: a | G: b |\n| --- | ---: | ---: |\n| x | 1<br>[0, 2] | `p\\|q` |\n",
    );
  });

  it("leaves out what stays hidden until a script shows it", () => {
    expect(body("<div hidden><p>filters</p></div><p>shown</p>")).toBe("shown\n");
  });

  it("fences code by more backticks than it holds", () => {
    expect(body("<pre><code>a\n```\nb</code></pre>")).toBe("````\na\n```\nb\n````\n");
  });

  it("takes a chart of charts as one", () => {
    const chart =
      '<svg xmlns="x"><title id="outer-title">Outer</title><svg x="0"><title id="inner-title">I</title></svg><svg x="1"></svg></svg>';
    const found = renderMarkdown(`<main><p>a</p>${chart}<p>b</p></main>`);
    expect(found.markdown).toBe("a\n\n![Outer](charts/outer.svg)\n\nb\n");
    expect(Object.keys(found.charts)).toEqual(["outer.svg"]);
    expect(found.charts["outer.svg"]!.match(/<\/svg>/g)).toHaveLength(3);
  });
});
