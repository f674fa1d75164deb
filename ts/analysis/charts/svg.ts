import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeText } from "../../core/escape.ts";
import { type LegendItem, legendSvg } from "./legend.ts";
import type { ChartText } from "./options.ts";
import { ink } from "./palette.ts";

/** A chart: what Observable Plot takes, with its words, its margins (pixels) and its legend. */
export interface Chart extends Omit<Plot.PlotOptions, "width"> {
  text: ChartText;
  width?: number | undefined;
  margins?: { top: number; right: number; bottom: number; left: number };
  legend?: readonly LegendItem[];
}

const defaultWidth = 720;
/** A legend starts where its chart does, unless long labels stand left of the chart. */
const widestLegendIndent = 60;

/**
 * Draws with Observable Plot in Node and gives the SVG's text: a name and a description for screen readers, our
 * colours as plain attributes (light) that the palette's style overrides by class (dark), a legend on top.
 */
export function renderChart({ text, margins, legend = [], width = defaultWidth, ...options }: Chart): string {
  const { document } = parseHTML("<html><body></body></html>");
  const { top = 0, left = 0, right, bottom } = margins ?? {};
  const svg = Plot.plot({
    document: document as unknown as NonNullable<Plot.PlotOptions["document"]>,
    style: { background: "none", fontSize: "12px", overflow: "visible" },
    className: "aft-plot",
    width,
    ...(margins && { marginTop: top, marginRight: right, marginBottom: bottom, marginLeft: left }),
    ...options,
  } as Plot.PlotOptions) as unknown as { outerHTML: string };
  // Put together as text: parsed again, the self-closing elements of SVG would swallow what follows them.
  const [whole, attributes = "", inner = ""] = /^<svg([^>]*)>([\s\S]*)<\/svg>$/.exec(svg.outerHTML) ?? [""];
  if (whole === "") throw new Error("Observable Plot drew no SVG");
  return roundAttributes(
    svgElement(text, attributes.replace(/ xmlns="[^"]*"/, ""), [
      inner
        .replace(/<style>[\s\S]*?<\/style>/, "<style>.aft-plot text{white-space:pre}</style>")
        .replace(/ class="([\w-]+)--(m\d+)"/g, ' class="$1 $2"'),
      legendSvg(legend, Math.min(left, widestLegendIndent), Math.min(12, top)),
    ]),
  );
}

const svgElement = ({ id, title, description }: ChartText, attributes: string, contents: string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${id}-title ${id}-description" color="${ink}"${attributes}>`,
    `<title id="${id}-title">${escapeText(title)}</title>`,
    `<desc id="${id}-description">${escapeText(description)}</desc>`,
    ...contents,
    "</svg>",
  ].join("");

/** A tenth of a pixel is enough for a path, and the same on every machine. */
const roundAttributes = (svg: string): string =>
  svg.replace(/<[^>]+>/g, (tag) =>
    tag
      .replace(/ d="[^"]*"/, (path) => round(path, 1))
      .replace(/ [\w-]+="[^"]*"/g, (attribute) => round(attribute, 2)),
  );

const round = (text: string, digits: number): string =>
  text.replace(/-?\d+\.\d{2,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(digits)) + 0));

/** Rows of charts, each row from left to right, as one SVG with one accessible name. */
export function stacked(text: ChartText, rows: readonly (readonly string[])[], gap = 0): string {
  let y = 0;
  let width = 0;
  const placed = rows.map((row) => {
    let x = 0;
    const charts = row.map((svg) => {
      const chart = placeAt(svg, x, y);
      x += sizeOf(svg, "width") + gap;
      return chart;
    });
    width = Math.max(width, x - gap);
    y += Math.max(0, ...row.map((svg) => sizeOf(svg, "height")));
    return charts.join("");
  });
  return svgElement(
    text,
    ` class="aft-plot" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}"`,
    placed,
  );
}

export const placeAt = (svg: string, x: number, y: number): string =>
  svg.replace("<svg ", `<svg x="${x}" y="${y}" `);

export const sizeOf = (svg: string, side: "width" | "height"): number =>
  Number(new RegExp(` ${side}="([\\d.]+)"`).exec(svg)?.[1] ?? 0);
