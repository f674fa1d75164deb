import { escapeText } from "../document/escape.ts";
import { ink } from "./palette.ts";
import type { ChartText } from "./text.ts";

/** Rows of charts, each row from left to right, as one SVG with one accessible name. */
export function stacked(text: ChartText, rows: readonly (readonly string[])[], gap = 0): string {
  let y = 0;
  let width = 0;
  const placed = rows.map((row) => {
    let x = 0;
    const charts = row.map((svg) => {
      const at = placeAt(svg, x, y);
      x += sizeOf(svg, "width") + gap;
      return at;
    });
    width = Math.max(width, x - gap);
    y += Math.max(0, ...row.map((svg) => sizeOf(svg, "height")));
    return charts.join("");
  });
  const names = `${text.id}-title ${text.id}-description`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${names}" color="${ink}" class="aft-plot" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}">`,
    `<title id="${text.id}-title">${escapeText(text.title)}</title>`,
    `<desc id="${text.id}-description">${escapeText(text.description)}</desc>`,
    ...placed,
    "</svg>",
  ].join("");
}

export const placeAt = (svg: string, x: number, y: number): string =>
  svg.replace("<svg ", `<svg x="${x}" y="${y}" `);

export const sizeOf = (svg: string, side: "width" | "height"): number =>
  Number(new RegExp(` ${side}="([\\d.]+)"`).exec(svg)?.[1] ?? 0);
