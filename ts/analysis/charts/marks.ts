/** What charts are made of alike: paint, dashes, frames, axes, numbers in percent. */
import * as Plot from "@observablehq/plot";
import type { Interval } from "../statistics/interval.ts";
import type { FamilyPlace } from "./family-places.ts";
import { type ColourName, classOf, lightOf } from "./palette.ts";

/** Of a mark that is one method's: its key after the class that paints it, since a mark of Plot has one class (`svg.ts`). */
const withKey = (name: string, place: FamilyPlace | undefined): string =>
  place?.key === undefined ? name : `${name}--${place.key}`;

/** The light colour as an attribute, and the class through which dark pages repaint it. */
export const linePaint = (colour: ColourName, place?: FamilyPlace) => ({
  stroke: lightOf(colour),
  className: withKey(classOf(colour, "line"), place),
});
export const areaPaint = (colour: ColourName, place?: FamilyPlace) => ({
  fill: lightOf(colour),
  className: withKey(classOf(colour, "fill"), place),
});
export const dotPaint = (colour: ColourName, place?: FamilyPlace) => ({
  fill: lightOf(colour),
  stroke: lightOf(colour),
  className: withKey(classOf(colour, "dot"), place),
});

/** What the pointer is told of a number: its interval too. */
export const pointTitle =
  (label: string, digits = 1) =>
  ({ value, low, high }: Interval & { value: number }): string =>
    `${label}: ${value.toFixed(digits)}${low === high ? "" : ` [${low.toFixed(digits)}, ${high.toFixed(digits)}]`}`;

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
