import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import {
  app,
  badge,
  chart,
  details,
  facts,
  findings,
  heading,
  link,
  list,
  moment,
  note,
  paragraph,
  preformatted,
  report,
  section,
  small,
  strong,
  styled,
  table,
  text,
} from "../../../../ts/analysis/document/blocks.ts";
import { blockHtml, renderHtml } from "../../../../ts/analysis/document/html.ts";
import type { Block } from "../../../../ts/analysis/document/model.ts";

const evil = `<img src=x onerror="alert('1')">&`;
const escaped = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";

const page = (...blocks: readonly Block[]): string =>
  renderHtml(
    report({
      kind: "A report",
      title: "T",
      introduction: "I",
      sections: [section({ id: "s", title: "Long title", contentsTitle: "Short" }, blocks)],
      footer: "F",
    }),
  );
const html = (block: Block): string => blockHtml(block).markup.trim();

describe("a block as HTML", () => {
  it("escapes every text, in elements and in attributes", () => {
    const blocks: Block[] = [
      heading(evil),
      paragraph(text`a ${strong(evil)} ${link("https://x.org/?a=1&b=2", evil, evil)}`),
      list([evil]),
      facts([[evil, evil]]),
      table({ label: evil, caption: evil, columns: [evil, evil], rows: [{ head: evil, cells: [evil] }] }),
      chart({ title: evil, caption: evil, svg: "<svg/>", file: "c" }),
      details(evil, paragraph(evil)),
      preformatted(evil),
    ];
    for (const block of blocks) {
      expect(html(block)).toContain(escaped);
      expect(html(block)).not.toContain("<img");
    }
  });

  it("leaves nothing of what is empty, and keeps numbers", () => {
    expect(html(paragraph(text`a${null}${undefined}${false}${small("")} ${0} ${["b", strong("c")]}`))).toBe(
      "<p>a 0 b<b>c</b></p>",
    );
  });

  it("gives a table its caption, scopes, groups, marks and small print", () => {
    const { document } = parseHTML(
      html(
        table({
          label: "Numbers",
          caption: "C",
          columns: ["m", "a", { head: "b", kind: "text" }, { head: "p", kind: "paper" }],
          groups: [
            { head: "G", columns: 2 },
            { head: "P", columns: 1, kind: "paper" },
          ],
          rows: [
            {
              head: "x",
              cells: [{ content: [strong(1), small("[0, 2]")], mark: "gain" }, "t", "–"],
              baseline: true,
            },
          ],
          kind: "results",
        }),
      ),
    );
    const region = document.querySelector("[role=region]")!;
    expect([region.getAttribute("aria-label"), region.getAttribute("tabindex")]).toEqual(["Numbers", "0"]);
    expect(document.querySelector("table.results > caption")!.textContent).toBe("C");
    expect([...document.querySelectorAll("th")].map((head) => head.getAttribute("scope"))).toEqual([
      ...["colgroup", "colgroup"],
      ...["col", "col", "col", "col"],
      "row",
    ]);
    expect(document.querySelector("th[colspan='2']")!.textContent).toBe("G");
    expect([...document.querySelectorAll("tr.baseline td")].map((cell) => cell.outerHTML)).toEqual([
      '<td class="gain"><b>1</b><small>[0, 2]</small></td>',
      '<td class="text">t</td>',
      '<td class="paper">–</td>',
    ]);
  });

  it("shows levels, marks and points in time in words", () => {
    expect(html(findings([{ badge: badge("warning", "warning"), text: "it fell" }]))).toBe(
      '<ul class="findings"><li><span class="badge warning">warning</span> <span class="finding">it fell</span></li></ul>',
    );
    expect(html(paragraph([styled("mark right", "✓ right"), moment("2026-01-02T03:04:05.678Z")]))).toBe(
      '<p><span class="mark right">✓ right</span><time datetime="2026-01-02T03:04:05.678Z">2026-01-02 03:04:05 UTC</time></p>',
    );
  });

  it("folds details, opens those that are to stand open, and marks notes", () => {
    expect(html(details("more", note("how")))).toBe(
      '<details><summary>more</summary>\n<p class="note">how</p>\n</details>',
    );
    expect(html({ block: "details", summary: "s", blocks: [], isOpen: true, kind: "example" })).toContain(
      '<details class="example" open>',
    );
  });
});

describe("a page", () => {
  it("lists its sections by their short titles and leaves out those without content", () => {
    const { document } = parseHTML(
      renderHtml(
        report({
          kind: "A report",
          title: "T",
          introduction: "I",
          sections: [
            section({ id: "full", title: "Long title", contentsTitle: "Short" }, paragraph("p")),
            section({ id: "bare", title: "Nothing" }, null, false, []),
          ],
          footer: "F",
        }),
      ),
    );
    expect(
      [...document.querySelectorAll("nav a")].map((a) => [a.getAttribute("href"), a.textContent]),
    ).toEqual([
      ["#top", "T"],
      ["#full", "Short"],
    ]);
    expect([...document.querySelectorAll("h1, h2")].map(({ textContent }) => textContent)).toEqual([
      "T",
      "Long title",
    ]);
    expect(document.querySelector("details > section#full")!.getAttribute("aria-labelledby")).toBe(
      "full-heading",
    );
    expect(document.title).toBe("T: a report");
  });

  it("allows files beside it only where an app reads them", () => {
    const reading = (readsFiles: boolean): string =>
      page(app({ html: "<div id=app></div>", readsFiles, instead: [paragraph("printed")] }));
    expect(reading(false)).toContain("script-src 'unsafe-inline';");
    expect(reading(true)).toContain("script-src 'unsafe-inline' 'self' file:;");
    expect(reading(true)).toMatch(
      /<div id=app><\/div><div class="printed-examples"><p>printed<\/p>\n<\/div>/,
    );
  });
});
