import { describe, expect, it } from "vitest";
import {
  app,
  chart,
  details,
  heading,
  list,
  paragraph,
  preformatted,
  small,
  strong,
  table,
  text,
} from "../../../../ts/analysis/document/blocks.ts";
import { renderTerminal } from "../../../../ts/analysis/document/terminal.ts";

const row = (head: string, ...numbers: number[]) => ({
  head,
  cells: numbers.map((value) => [strong(value), small(`[${value - 1}, ${value + 1}]`)]),
});

describe("blocks on a terminal", () => {
  it("puts small print beside its number, under one head, and keeps the place of what is empty", () => {
    const block = table({
      label: "L",
      caption: "C",
      columns: ["Method", "accuracy", "k"],
      rows: [row("a", 9), { head: "bc", cells: [{ content: ["10", small("")], mark: "quiet" }, 3] }],
    });
    expect(renderTerminal([block])).toBe(
      [
        "C",
        "Method     accuracy  k",
        "──────────────────────",
        "a        9  [8, 10]",
        "bc      10           3",
      ].join("\n"),
    );
  });

  it("cuts a table that is too wide between its columns, with the rows' heads before each part", () => {
    const wide = table({
      label: "L",
      caption: "",
      columns: ["Method", ...Array.from({ length: 12 }, (_, at) => `a long head ${at}`)],
      rows: [row("a", ...Array.from({ length: 12 }, (_, at) => at))],
    });
    const parts = renderTerminal([wide]).split("\n\n");
    expect(parts.length).toBeGreaterThan(1);
    for (const [at, part] of parts.entries()) {
      const lines = part.split("\n");
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(108);
      expect(lines[0]!.startsWith(at === 0 ? "Method" : "(continued)")).toBe(true);
      expect(lines[2]!.startsWith("a ")).toBe(true);
    }
    expect(parts.join("").match(/a long head \d+/g)).toHaveLength(12);
  });

  it("breaks long lines of text, leaves others, and leaves out what a terminal cannot show", () => {
    const words = Array.from({ length: 40 }, () => "word").join(" ");
    const lines = renderTerminal([
      heading("H"),
      paragraph(text`${words}\n${strong("b")}`),
      list(["a", "b"]),
      preformatted("  as it\n   stands"),
      chart({ title: "T", caption: "c", svg: "<svg/>", file: "f" }),
      details("more", app({ html: "<b>", readsFiles: false, instead: [paragraph("printed")] })),
    ]).split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => !line.startsWith("word"))).toEqual([
      ...["H", "", "b", "", "- a", "- b", "", "  as it", "   stands", "", "more", "", "printed"],
    ]);
  });
});
