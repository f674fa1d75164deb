import { escapeText } from "../../core/escape.ts";
import { accuracyChart, type MethodAccuracy } from "./accuracy.ts";

import { chartStyle, ink } from "./palette.ts";
import { type MethodScores, scoresChart } from "./scores.ts";
import { placeAt, sizeOf } from "./svg.ts";

const width = 1000;
const gap = 28;
const half = (width - gap) / 2;
const top = 44;

/** Scores and accuracy side by side in one SVG that stands alone, for light and dark pages. */
export function picture(
  scores: readonly MethodScores[],
  accuracies: readonly MethodAccuracy[],
  options: { title: string; baseline?: string | undefined },
): string {
  const left = scoresChart(scores, { id: "picture-scores", width: half });
  const right = accuracyChart(accuracies, {
    id: "picture-accuracy",
    width: half,
    leastHeight: sizeOf(left, "height"),
    baseline: options.baseline,
  });
  const height = top + Math.max(sizeOf(left, "height"), sizeOf(right, "height")) + 12;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="aft-plot" role="img" aria-labelledby="picture-title" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" color="${ink}">`,
    `<title id="picture-title">${escapeText(options.title)}</title>`,
    `<style>${chartStyle(left + right)}</style>`,
    heading("Scores of right and wrong COTs", 16),
    placeAt(left, 0, top),
    heading("Accuracy", half + gap + 16),
    placeAt(right, half + gap, top),
    "</svg>\n",
  ].join("");
}

const heading = (text: string, x: number): string =>
  `<text x="${x}" y="24" font-size="16" font-weight="650" fill="currentColor">${text}</text>`;
