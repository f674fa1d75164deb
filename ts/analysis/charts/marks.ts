/** What charts are made of alike: paint, dashes, frames, axes, numbers in percent. */
import * as Plot from "@observablehq/plot";
import type { Interval } from "../statistics/interval.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";

/** The light colour as an attribute, and the class through which dark pages repaint it. */
export const linePaint = (colour: ColourName) => ({
  stroke: lightOf(colour),
  className: classOf(colour, "line"),
});
export const areaPaint = (colour: ColourName) => ({
  fill: lightOf(colour),
  className: classOf(colour, "fill"),
});
export const dotPaint = (colour: ColourName) => ({
  fill: lightOf(colour),
  stroke: lightOf(colour),
  className: classOf(colour, "dot"),
});

/** Lines that stand together differ in these too, not in colour alone; the sign is the dash in letters. */
const lineStyles = [
  { dash: "", sign: "───" },
  { dash: "7,3", sign: "─ ─" },
  { dash: "2,3", sign: "····" },
  { dash: "10,3,2,3", sign: "─·─" },
  { dash: "4,2", sign: "╌╌╌" },
];
export const lineStyleAt = (place: number) => lineStyles[place % lineStyles.length]!;

export const frame = () => Plot.frame({ stroke: "currentColor", strokeOpacity: 0.25 });

/** An upright axis whose label runs along its middle, `offset` pixels left of it. */
export const sideAxis = (label: string, offset: number): Plot.ScaleOptions => ({
  label,
  labelAnchor: "center",
  labelArrow: "none",
  labelOffset: offset,
  grid: true,
  ticks: 5,
});

/** A number and its 95 % interval; where there is none, both its ends are the number. */
export function withEnds(value: number, interval: Interval | null | undefined, scale = 100) {
  const { low, high } = interval ?? { low: value, high: value };
  return { value: scale * value, low: scale * low, high: scale * high };
}
