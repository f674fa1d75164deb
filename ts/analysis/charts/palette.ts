import { type GroupMethodKind, groupMethodKinds, methods } from "../../config/index.ts";
import type { FamilyName, FamilyPlace } from "./family-places.ts";

/**
 * Colours that stay apart for the colour-blind (Okabe and Ito's set); dashes and shapes tell the same things a
 * second time. Marks carry the light colour as an attribute and a class, through which dark pages repaint them.
 */
interface Colour {
  light: string;
  dark: string;
}

/** Methods of one kind of loss have one hue; its members differ in shade. */
const hues = {
  ...(Object.fromEntries(groupMethodKinds.map((kind) => [kind, methods[kind].hue])) as Record<
    GroupMethodKind,
    Colour
  >),
  baseline: { light: "#6b7280", dark: "#a3adba" },
} satisfies Record<FamilyName, Colour>;

type Shade = 0 | 1 | 2;
type Shaded = `${FamilyName}${Shade}`;

/** `#rrggbb` on its way to another colour, by a share of 0..1. */
export const mix = (from: string, to: string, share: number): string =>
  `#${[1, 3, 5]
    .map((at) => {
      const [a, b] = [from, to].map((hex) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number];
      return Math.round(a + share * (b - a))
        .toString(16)
        .padStart(2, "0");
    })
    .join("")}`;

const black = "#000000";
export const white = "#ffffff";
const shadesOf = ({ light, dark }: Colour): Colour[] => [
  { light, dark },
  { light: mix(light, black, 0.45), dark: mix(dark, white, 0.55) },
  { light: mix(light, white, 0.35), dark: mix(dark, black, 0.3) },
];

const shaded = Object.fromEntries(
  Object.entries(hues).flatMap(([family, hue]) =>
    shadesOf(hue).map((colour, shade) => [`${family}${shade}`, colour]),
  ),
) as Record<Shaded, Colour>;

const colours = {
  ...shaded,
  positive: { light: "#0072b2", dark: "#56b4e9" },
  negative: { light: "#d55e00", dark: "#f0923b" },
  boundary: { light: "#8a4f7d", dark: "#d79ac6" },
  target: { light: "#6b7280", dark: "#a3adba" },
  sampled: { light: "#00785a", dark: "#3fc79a" },
  greedy: { light: "#0072b2", dark: "#56b4e9" },
} as const satisfies Record<string, Colour>;

export type ColourName = keyof typeof colours;

/** The colour of all that is drawn of a method. */
export const colourOf = ({ place: { family, at } }: { place: FamilyPlace }): ColourName =>
  `${family}${(at % 3) as Shade}`;

type Kind = "fill" | "line" | "dot";

export const ink = "#1f2328";
const darkInk = "#e6edf3";

export const classOf = (name: ColourName, kind: Kind): string => `aft-${name}-${kind}`;
export const lightOf = (name: ColourName): string => colours[name].light;

const names = Object.keys(colours) as ColourName[];
const kinds: readonly Kind[] = ["fill", "line", "dot"];

const declarations: Record<Kind, (colour: string) => string> = {
  fill: (colour) => `fill:${colour}`,
  line: (colour) => `stroke:${colour}`,
  dot: (colour) => `fill:${colour};stroke:${colour}`,
};

const darkRules = (name: ColourName): string =>
  kinds.map((kind) => `.${classOf(name, kind)}{${declarations[kind](colours[name].dark)}}`).join("");

/** Methods whose colours come into a chart's style only where they are drawn: a new one changes no other's charts. */
const first: readonly string[] = ["aft", "rrhf", "pro", "dpo"];
const later = groupMethodKinds.filter((kind) => !first.includes(kind));
const isLater = (name: ColourName): boolean => later.some((kind) => name === `${kind}${name.at(-1)}`);

/** The style that repaints charts on dark pages; paper is light. drawn: the charts that it is for; all when left out. */
export function chartStyle(drawn?: string): string {
  const used = names.filter(
    (name) => drawn === undefined || !isLater(name) || drawn.includes(`aft-${name}-`),
  );
  return `@media screen and (prefers-color-scheme:dark){${used.map(darkRules).join("")}.aft-plot{color:${darkInk}}}`;
}
