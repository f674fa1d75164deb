import { type Panel, panelsChart } from "./panels.ts";

/** Share of right COTs by their place within the question, the best-scored first; the level is any COT's share. */
export const ranksChart = (
  panels: readonly Panel[],
  options: { id?: string; width?: number; reference?: Panel | undefined } = {},
): string =>
  panelsChart(panels, {
    text: { id: options.id ?? "ranks", title: "Share of right COTs by their place within the question" },
    x: "place by score, the best-scored first →",
    y: "right COTs, %",
    colour: "sampled",
    what: "share right, 95 % interval",
    levelIs: "any COT of these questions",
    reference: options.reference,
    width: options.width,
  });
