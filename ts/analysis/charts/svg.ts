import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeText } from "../document/escape.ts";
import { classes, ink } from "./palette.ts";
import type { ChartText } from "./text.ts";

const fontSize = 12;
/** A legend starts where its chart does, unless long labels stand left of the chart. */
const widestLegendIndent = 60;

export interface LegendItem {
  label: string;
  /** A class of the palette: `-fill` draws a box, `-line` a line, `-dot` a dot. */
  className: string;
  dash?: string;
  diamond?: boolean;
  /** A circle, where the class draws a line. */
  ring?: boolean;
}

/**
 * Draws with Observable Plot in Node and gives the SVG's text: a name and a description for screen readers, our
 * colours as plain attributes (light) that the palette's style overrides by class (dark), a legend on top.
 */
export function renderChart(
  text: ChartText,
  options: Plot.PlotOptions,
  legend: readonly LegendItem[] = [],
): string {
  const { document } = parseHTML("<html><body></body></html>");
  const { marginTop = 0, marginLeft = 0 } = options;
  const svg = Plot.plot({
    document: document as unknown as NonNullable<Plot.PlotOptions["document"]>,
    style: { background: "none", fontSize: `${fontSize}px`, overflow: "visible" },
    className: "aft-plot",
    ...options,
  }) as unknown as { outerHTML: string };
  // Put together as text: parsed again, the self-closing elements of SVG would swallow what follows them.
  const [whole, attributes = "", inner = ""] = /^<svg([^>]*)>([\s\S]*)<\/svg>$/.exec(svg.outerHTML) ?? [""];
  if (whole === "") throw new Error("Observable Plot drew no SVG");
  const names = `${text.id}-title ${text.id}-description`;
  return roundAttributes(
    [
      `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${names}" color="${ink}"`,
      `${attributes.replace(/ xmlns="[^"]*"/, "")}>`,
      `<title id="${text.id}-title">${escapeText(text.title)}</title>`,
      `<desc id="${text.id}-description">${escapeText(text.description)}</desc>`,
      inner.replace(/<style>[\s\S]*?<\/style>/, "<style>.aft-plot text{white-space:pre}</style>"),
      legendSvg(legend, Math.min(marginLeft, widestLegendIndent), Math.min(12, marginTop)),
      "</svg>",
    ].join(""),
  );
}

/** A tenth of a pixel is enough for a path, and the same on every machine. */
const roundAttributes = (svg: string): string =>
  svg.replace(/<[^>]+>/g, (tag) =>
    tag.replace(/ d="[^"]*"/, (path) => round(path, 1)).replace(/ [\w-]+="[^"]*"/g, (all) => round(all, 2)),
  );

const round = (text: string, digits: number): string =>
  text.replace(/-?\d+\.\d{2,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(digits)) + 0));

const legendLine = 20;

/** A legend by itself, as the first row of a picture of several charts; it goes on below where it is wider than that. */
export function legendChart(items: readonly LegendItem[], width: number): string {
  const lines: LegendItem[][] = [[]];
  let x = 0;
  for (const item of items) {
    if (x > 0 && x + legendWidth(item) > width) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)!.push(item);
    x += legendWidth(item);
  }
  const height = legendLine * lines.length + 4;
  const drawn = lines.map((line, at) => legendSvg(line, 0, legendLine * (at + 0.5)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${drawn.join("")}</svg>`;
}

/** Estimated from the number of letters: nothing measures text outside a browser. */
const legendWidth = ({ label }: LegendItem): number => 26 + 6.6 * label.length + 22;

function legendSvg(items: readonly LegendItem[], left: number, y: number): string {
  let x = left;
  const drawn = items.map((item) => {
    const at = x;
    x += legendWidth(item);
    return `<g transform="translate(${at.toFixed(0)},${y})">${swatch(item)}<text x="26" dy="0.35em" fill="currentColor">${escapeText(item.label)}</text></g>`;
  });
  return drawn.length === 0
    ? ""
    : `<g aria-hidden="true" text-anchor="start" font-size="${fontSize}">${drawn.join("")}</g>`;
}

function swatch({ className, dash, diamond, ring }: LegendItem): string {
  const colour = classes[className];
  if (className.endsWith("-fill"))
    return `<rect class="${className}" width="18" height="10" y="-5" rx="2" fill="${colour}" fill-opacity="0.55"/>`;
  if (className.endsWith("-dot"))
    return `<g class="${className}" fill="${colour}" stroke="${colour}">${diamond ? '<path d="M9,-5.5L14.5,0L9,5.5L3.5,0Z"/>' : '<circle cx="9" r="4.5"/>'}</g>`;
  if (ring)
    return `<circle class="${className}" cx="9" r="6" fill="none" stroke="${colour}" stroke-width="2"/>`;
  const dashes = dash === undefined ? "" : ` stroke-dasharray="${dash}"`;
  return `<path class="${className}" d="M0,0H18" fill="none" stroke="${colour}" stroke-width="2.2"${dashes}/>`;
}
