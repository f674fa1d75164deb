/**
 * Colours that stay apart for the colour-blind (Okabe and Ito's set); dashes and shapes tell the same things a
 * second time. Marks carry the light colour as an attribute and a class, through which dark pages repaint them.
 */
interface Colour {
  light: string;
  dark: string;
}

const colours = {
  positive: { light: "#0072b2", dark: "#56b4e9" },
  negative: { light: "#d55e00", dark: "#f0923b" },
  boundary: { light: "#8a4f7d", dark: "#d79ac6" },
  target: { light: "#6b7280", dark: "#a3adba" },
  sampled: { light: "#00785a", dark: "#3fc79a" },
  greedy: { light: "#0072b2", dark: "#56b4e9" },
} as const satisfies Record<string, Colour>;

export type ColourName = keyof typeof colours;
type Kind = "fill" | "line" | "dot";

export const ink = "#1f2328";
const darkInk = "#e6edf3";

export const classOf = (name: ColourName, kind: Kind): string => `aft-${name}-${kind}`;
export const lightOf = (name: ColourName): string => colours[name].light;

const names = Object.keys(colours) as ColourName[];
const kinds: readonly Kind[] = ["fill", "line", "dot"];

/** Every class with its light colour. */
export const classes: Record<string, string> = Object.fromEntries(
  names.flatMap((name) => kinds.map((kind) => [classOf(name, kind), colours[name].light])),
);

const declarations: Record<Kind, (colour: string) => string> = {
  fill: (colour) => `fill:${colour}`,
  line: (colour) => `stroke:${colour}`,
  dot: (colour) => `fill:${colour};stroke:${colour}`,
};

const darkRules = [
  ...names.flatMap((name) =>
    kinds.map((kind) => `.${classOf(name, kind)}{${declarations[kind](colours[name].dark)}}`),
  ),
  `.aft-plot{color:${darkInk}}`,
].join("");

/** The style that repaints charts on dark pages. */
export const chartStyle = `@media (prefers-color-scheme:dark){${darkRules}}`;
