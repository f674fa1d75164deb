import { sharesChart } from "./panels.ts";

/** Share of right COTs by score, from the lowest tenth to the highest; `reference` is the VFT model. */
export const reliabilityChart = sharesChart({
  text: { id: "reliability", title: "Share of right COTs by their score" },
  x: "score, from the lowest part to the highest →",
  y: "right COTs, %",
  colour: "positive",
  what: "share right, 95 % interval",
});
