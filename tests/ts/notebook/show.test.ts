import { expect, test } from "vitest";
import { picture, plot, type Shown, table, tokensChart } from "../../../ts/notebook/index.ts";

/** What Jupyter's Deno kernel asks a value for. */
const displayed = (shown: Shown): Record<string, string> =>
  (shown as unknown as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();

test("a table is HTML in a notebook and columns on a console", () => {
  const shown = table(
    [
      { method: "A < B", right: 3, note: null },
      { method: "C", right: -1.5, note: "x" },
    ],
    {
      caption: "Two & two",
    },
  );
  expect(String(shown)).toBe(
    [
      "Two & two",
      "",
      "method  right  note",
      "───────────────────",
      "A < B       3",
      "C        −1.5     x",
    ].join("\n"),
  );
  const { "text/html": html, "text/plain": text } = displayed(shown);
  expect(text).toBe(shown.text);
  expect(html).toContain("<caption>Two &amp; two</caption>");
  expect(html).toContain(
    '<tr><td align="left">A &lt; B</td><td align="right">3</td><td align="right"></td></tr>',
  );
});

test("a table shows the columns that are asked for, and no rows as a head alone", () => {
  expect(table([{ a: 1, b: true }], { columns: ["b"] }).text).toBe("b\n────\ntrue");
  expect(table([], { columns: ["a"] }).html).toContain('<th align="left">a</th>');
});

test("a picture stands on white and says in words what it shows", () => {
  const shown = picture('<svg viewBox="0 0 10 20"><title>A &lt; B</title><desc>more</desc></svg>');
  expect(shown.text).toBe("A < B\nmore");
  expect(displayed(shown)["image/svg+xml"]).toBe(
    '<svg viewBox="0 0 10 20"><rect x="0" y="0" width="10" height="20" fill="#ffffff"/><title>A &lt; B</title><desc>more</desc></svg>',
  );
});

test("a chart of one's own is an SVG that stands alone", () => {
  const { svg, text } = plot(
    { marks: [], x: { domain: [0, 1] } },
    { title: "Mine", description: "Nothing." },
  );
  expect(svg).toMatch(
    /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" aria-labelledby="mine-title/,
  );
  expect(text).toBe("Mine\nNothing.");
});

test("tokens are the redder the less likely, the unlikely with their probability, and text is escaped", () => {
  const tokens = [
    { text: " 3", id: 1, logprob: 0 },
    { text: "<b>", id: 2, logprob: Math.log(0.25) },
    { text: "\n", id: 3, logprob: -9 },
  ];
  const { svg, text } = tokensChart([
    { title: "right", text: "3<b>\n", score: -3.46, logprob: -10.4, tokens },
  ]);
  expect(text).toBe("right: score −3.460\n3 (100 %) <b> (25 %) ⏎ (0.01 %)");
  const fills = [...svg!.matchAll(/rx="3" fill="(#\w+)"/g)].map((match) => match[1]);
  expect([fills[0], fills[2]]).toEqual(["#ffffff", "#d55e00"]);
  expect(svg).toContain(">&lt;b&gt;</text>");
  expect(svg).toContain(">25 %</text>");
});

test("a long response goes on in the next line, inside the picture", () => {
  const tokens = Array.from({ length: 60 }, (_, id) => ({ text: "token", id, logprob: -0.1 }));
  const { svg } = tokensChart([{ title: "long", text: "", score: -0.1, logprob: -6, tokens }]);
  const width = Number(/width="(\d+)"/.exec(svg!)![1]);
  const boxes = [...svg!.matchAll(/<rect x="([\d.]+)" y="(\d+)" width="([\d.]+)" height="21"/g)];
  expect(new Set(boxes.map((box) => box[2])).size).toBeGreaterThan(2);
  for (const [, x, , boxWidth] of boxes) expect(Number(x) + Number(boxWidth)).toBeLessThanOrEqual(width);
});
