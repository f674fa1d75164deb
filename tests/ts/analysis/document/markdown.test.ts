import { describe, expect, it } from "vitest";
import {
  app,
  chart,
  code,
  details,
  emphasis,
  facts,
  heading,
  link,
  list,
  paragraph,
  preformatted,
  report,
  section,
  small,
  strong,
  table,
  text,
} from "../../../../ts/analysis/document/blocks.ts";
import { blockMarkdown, renderMarkdown } from "../../../../ts/analysis/document/markdown.ts";

describe("a block as Markdown", () => {
  it("keeps links, emphasis and code, and escapes what a run's texts may hold", () => {
    const line = text`see ${link("https://example.org/a", "this")}, ${emphasis("not")} ${strong("that")} ${code("a|b")} <img> *x* [y](z)`;
    expect(blockMarkdown(paragraph(line))).toEqual([
      "see [this](https://example.org/a), *not* **that** `a|b` &lt;img&gt; \\*x\\* \\[y\\](z)",
    ]);
  });

  it("takes an interval for no link, and a place of the page for plain text", () => {
    expect(blockMarkdown(paragraph(text`[−0.1, +2.0] in ${link("#results", "the results")}`))).toEqual([
      "[−0.1, +2.0] in the results",
    ]);
  });

  it("puts a head over several columns before each of theirs, small print below, and bars behind a stroke", () => {
    const block = table({
      label: "L",
      caption: "C",
      columns: ["m", "a", { head: "b", kind: "text" }],
      groups: [{ head: "G", columns: 2 }],
      rows: [{ head: "x", cells: [{ content: [1, small("[0, 2]"), small("")], mark: "gain" }, code("p|q")] }],
    });
    expect(blockMarkdown(block)).toEqual([
      "*C*",
      "| m | G: a | G: b |\n| --- | ---: | --- |\n| x | 1<br>[0, 2] | `p\\|q` |",
    ]);
  });

  it("fences code by more backticks than it holds", () => {
    expect(blockMarkdown(preformatted("a\n```\nb\n"))).toEqual(["````\na\n```\nb\n````"]);
    expect(blockMarkdown(paragraph(code("a`b")))).toEqual(["`` a`b ``"]);
  });

  it("opens what is folded, and lists terms", () => {
    expect(blockMarkdown(details("more", list(["a", "b"]), facts([["t", "d"]])))).toEqual([
      "**more**",
      "- a\n- b",
      "- **t**: d",
    ]);
  });
});

describe("a report as Markdown", () => {
  it("has the page's order, and its charts as files that stand alone, dark pages included", () => {
    const inner = '<svg x="0"></svg>';
    const { markdown, charts } = renderMarkdown(
      report({
        kind: "A report",
        title: "T",
        description: "D",
        introduction: "I",
        sections: [
          section(
            { id: "s", title: "S" },
            heading("H"),
            chart({ title: "C", caption: "c", svg: `<svg xmlns="x">${inner}</svg>`, file: "one" }),
            details("d", chart({ title: "E", caption: "e", svg: '<svg xmlns="x"></svg>', file: "two" })),
            app({ html: "<b>app</b>", readsFiles: true, instead: [paragraph("printed")] }),
          ),
        ],
        footer: "F",
      }),
    );
    expect(markdown).toBe(
      "A report\n\n# T\n\nD\n\nI\n\n## S\n\n### H\n\n### C\n\n![C](charts/one.svg)\n\nc\n\n**d**\n\n### E\n\n![E](charts/two.svg)\n\ne\n\nprinted\n\nF\n",
    );
    expect(Object.keys(charts)).toEqual(["one.svg", "two.svg"]);
    expect(charts["one.svg"]).toMatch(
      /^<svg font-family="system-ui, sans-serif" xmlns="x"><style>@media[^<]*<\/style><svg x="0"><\/svg><\/svg>\n$/,
    );
  });
});
