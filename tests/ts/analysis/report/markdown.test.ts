import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { percent } from "../../../../ts/analysis/format.ts";
import { renderMarkdown, renderReport, summarise } from "../../../../ts/analysis/index.ts";
import { syntheticRun } from "../synthetic.ts";

const run = syntheticRun({ questions: 80, trainingSteps: 4 });
const summary = summarise(run, 100);
const { html: page, report } = renderReport(run, summary, { examples: 2 });
const { markdown, charts } = renderMarkdown(report);

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
    expect(headings.slice(0, 5)).toEqual([
      ["H1", "quickstart"],
      ["H2", "Answers right"],
      ["H2", "Gain over continued VFT"],
      ["H2", "Scores of right and wrong solutions"],
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
