import { sharesChart } from "./panels.ts";

/** Share of right COTs by their place within the question, the best-scored first; the level is any COT's share. */
export const ranksChart = sharesChart({
  text: { id: "ranks", title: "Share of right COTs by their place within the question" },
  x: "place by score, the best-scored first →",
  y: "right COTs, %",
  colour: "sampled",
  what: "share right, 95 % interval",
  levelIs: "any COT of these questions",
});
