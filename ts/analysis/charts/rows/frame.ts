/**
 * Charts with a row a method, drawn for a third of a wide screen and for the whole of a telephone: their names stand left,
 * their numbers right. A row answers the pointer: its numbers stand in the place of the legend while it is pointed at.
 */
import { escapeText } from "../../../core/escape.ts";
import type { Interval } from "../../statistics/interval.ts";
import { shortened } from "../label.ts";
import { type LegendItem, legendSvg } from "../legend.ts";
import type { ChartText } from "../options.ts";
import { type ColourName, classOf, ink, lightOf } from "../palette.ts";

export interface Row {
  /** By what all that is drawn of it can be switched off: a class of the page. */
  key: string;
  label: string;
  /** At the right end. */
  number: string;
  /** Everything that is known of it, for the pointer. */
  tip: string;
  draw: (place: RowPlace) => string;
}

/** Where a row is drawn, in pixels. */
export interface RowPlace {
  x: (value: number) => number;
  middle: number;
  height: number;
}

export interface RowsChart {
  text: ChartText;
  rows: readonly Row[];
  /** What is drawn across, at the bottom. */
  axis: Interval & { label: string };
  legend: readonly LegendItem[];
  /** Upright lines over all rows. */
  levels?: readonly { at: number; isDashed?: boolean }[];
}

const width = 420;
const [top, bottom] = [30, 40];
/** A letter's width at the rows' size, about; nothing measures text outside a browser. */
const letter = 6.7;
const numberWidth = 44;

export function rowsChart({ text, rows, axis, legend, levels = [] }: RowsChart): string {
  const rowHeight = Math.max(18, Math.min(38, 300 / Math.max(1, rows.length)));
  const shown = rows.map(({ label }) => shortened(label));
  const left = 10 + letter * Math.max(6, ...shown.map(({ length }) => length));
  const right = width - numberWidth;
  const height = top + bottom + rowHeight * rows.length;
  const floor = height - bottom;
  const x = (value: number): number =>
    left + ((value - axis.low) / (axis.high - axis.low || 1)) * (right - left);
  const line = (at: number, attributes: string, until = floor): string =>
    `<line x1="${px(x(at))}" x2="${px(x(at))}" y1="${top}" y2="${px(until)}" stroke="currentColor" ${attributes}/>`;
  const marks = ticksIn(axis, Math.floor((right - left) / 48));
  const drawn = rows.map((row, at) => {
    const middle = top + rowHeight * (at + 0.5);
    return [
      `<g class="row ${row.key}"><title>${escapeText(`${row.label}: ${row.tip}`)}</title>`,
      `<rect class="hit" x="0" y="${px(middle - rowHeight / 2)}" width="${width}" height="${px(rowHeight)}" fill="currentColor" fill-opacity="0"/>`,
      `<text x="4" y="${px(middle)}" dy="0.35em" fill="currentColor">${escapeText(shown[at]!)}</text>`,
      row.draw({ x, middle, height: rowHeight }),
      `<text x="${width - 2}" y="${px(middle)}" dy="0.35em" text-anchor="end" fill="currentColor" font-weight="600">${escapeText(row.number)}</text>`,
      `<text class="tip" x="4" y="12" dy="0.35em" fill="currentColor" font-weight="600" visibility="hidden">${escapeText(row.tip)}</text>`,
      "</g>",
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="aft-plot aft-rows" role="img" aria-labelledby="${text.id}-title ${text.id}-description" color="${ink}" width="${width}" height="${px(height)}" viewBox="0 0 ${width} ${px(height)}" font-size="12">`,
    `<title id="${text.id}-title">${escapeText(text.title)}</title>`,
    `<desc id="${text.id}-description">${escapeText(text.description)}</desc>`,
    ...marks.map(({ at }) => line(at, 'stroke-opacity="0.12"', floor + 4)),
    ...levels.map(({ at, isDashed }) =>
      line(at, `stroke-opacity="0.6"${isDashed ? ' stroke-dasharray="4,4"' : ""}`),
    ),
    ...drawn,
    `<g text-anchor="middle" font-size="11" fill="currentColor" fill-opacity="0.8">`,
    ...marks.map(({ at, label }) => `<text x="${px(x(at))}" y="${px(floor + 16)}">${label}</text>`),
    `<text x="${px((left + right) / 2)}" y="${px(floor + 33)}">${escapeText(axis.label)}</text></g>`,
    `<g class="legend">${legendSvg(legend, 4, 12)}</g>`,
    "</svg>",
  ].join("");
}

const px = (value: number): string => String(Number(value.toFixed(1)));

/** Round numbers within the axis, at most so many. */
function ticksIn({ low, high }: Interval, most: number): { at: number; label: string }[] {
  const least = (high - low) / Math.max(1, most);
  if (!(least > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least * (1 - 1e-9))!;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => {
    const value = (first + at) * step;
    return { at: value, label: (Math.abs(value) < step / 2 ? 0 : value).toFixed(digits).replace("-", "−") };
  });
}

/** All values, with a little room at both ends. */
export function axisOver(values: readonly number[], bounds: Partial<Interval> = {}): Interval {
  const [least, most] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const room = 0.04 * (most - least) || 0.5;
  return {
    low: Math.max(bounds.low ?? Number.NEGATIVE_INFINITY, least - room),
    high: Math.min(bounds.high ?? Number.POSITIVE_INFINITY, most + room),
  };
}

/** A number with its interval, a line with a sign on it; a hollow sign leaves the line out within. */
export function pointSvg(
  { x }: RowPlace,
  y: number,
  { value, low, high }: Interval & { value: number },
  { colour, sign, isHollow = false }: { colour: ColourName; sign: "dot" | "diamond"; isHollow?: boolean },
): string {
  const [at, from, to] = [x(value), x(low), x(high)];
  const r = 4.2;
  const stroke = `class="${classOf(colour, "line")}" stroke="${lightOf(colour)}"`;
  const part = (start: number, end: number): string =>
    end > start
      ? `<line x1="${px(start)}" x2="${px(end)}" y1="${px(y)}" y2="${px(y)}" ${stroke} stroke-width="2"/>`
      : "";
  const lines = isHollow ? part(from, at - r) + part(at + r, to) : part(from, to);
  const paint = isHollow
    ? `${stroke} stroke-width="1.8" fill="none"`
    : `class="${classOf(colour, "dot")}" stroke="${lightOf(colour)}" fill="${lightOf(colour)}"`;
  const shape =
    sign === "dot"
      ? `<circle cx="${px(at)}" cy="${px(y)}" r="${r}" ${paint}/>`
      : `<path d="M${px(at)},${px(y - r - 0.6)}l${r + 0.6},${r + 0.6}l${-r - 0.6},${r + 0.6}l${-r - 0.6},${-r - 0.6}Z" ${paint}/>`;
  return lines + shape;
}
