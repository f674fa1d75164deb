import { escapeText } from "../../core/escape.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";

export interface LegendItem {
  label: string;
  colour: ColourName;
  mark: keyof typeof swatches;
  /** Of a line. */
  dash?: string | undefined;
  /** Of one method. */
  key?: string | undefined;
}

/** The legend of a line. */
export const lineItem = (label: string, colour: ColourName, dash?: string): LegendItem => ({
  label,
  colour,
  mark: "line",
  dash,
});

const swatches = {
  area: { paint: "fill", draw: areaSwatch },
  line: { paint: "line", draw: lineSwatch },
  ring: { paint: "line", draw: ringSwatch },
  dot: { paint: "dot", draw: dotSwatch('<circle cx="9" r="4.5"/>') },
  diamond: { paint: "dot", draw: dotSwatch('<path d="M9,-5.5L14.5,0L9,5.5L3.5,0Z"/>') },
} as const;

function areaSwatch(name: string, colour: string): string {
  return `<rect class="${name}" width="18" height="10" y="-5" rx="2" fill="${colour}" fill-opacity="0.55"/>`;
}

function lineSwatch(name: string, colour: string, dash = ""): string {
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `<path class="${name}" d="M0,0H18" fill="none" stroke="${colour}" stroke-width="2.2"${dashes}/>`;
}

function ringSwatch(name: string, colour: string): string {
  return `<circle class="${name}" cx="9" r="6" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

function dotSwatch(shape: string) {
  return (name: string, colour: string): string =>
    `<g class="${name}" fill="${colour}" stroke="${colour}">${shape}</g>`;
}

/** Estimated from the number of letters: nothing measures text outside a browser. */
const widthOf = ({ label }: LegendItem): number => 26 + 6.6 * label.length + 22;

/** One line of a legend. */
export function legendSvg(items: readonly LegendItem[], left: number, y: number): string {
  if (items.length === 0) return "";
  let x = left;
  const drawn = items.map((item) => {
    const { paint, draw } = swatches[item.mark];
    const swatch = draw(classOf(item.colour, paint), lightOf(item.colour), item.dash);
    const group = `<g${item.key === undefined ? "" : ` class="${item.key}"`} transform="translate(${x.toFixed(0)},${y})">${swatch}<text x="26" dy="0.35em" fill="currentColor">${escapeText(item.label)}</text></g>`;
    x += widthOf(item);
    return group;
  });
  return `<g aria-hidden="true" text-anchor="start" font-size="12">${drawn.join("")}</g>`;
}

const lineHeight = 20;

/** A legend by itself, as the first row of a picture of several charts; it goes on below where it is wider than that. */
export function legendChart(items: readonly LegendItem[], width: number): string {
  const lines: LegendItem[][] = [[]];
  let x = 0;
  for (const item of items) {
    if (x > 0 && x + widthOf(item) > width) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)!.push(item);
    x += widthOf(item);
  }
  const drawn = lines.map((line, row) => legendSvg(line, 0, lineHeight * (row + 0.5)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${lineHeight * lines.length + 4}">${drawn.join("")}</svg>`;
}
