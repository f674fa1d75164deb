import { type Panel, type PanelsOptions, panelsChart } from "./panels.ts";

/** Share of right COTs by score, from the lowest tenth to the highest; `reference` is the VFT model. */
export const reliabilityChart = (panels: readonly Panel[], options?: PanelsOptions): string =>
  panelsChart(
    panels,
    {
      text: { id: "reliability", title: "Share of right COTs by their score" },
      x: "score, from the lowest part to the highest →",
      y: "right COTs, %",
      colour: "positive",
      what: "share right, 95 % interval",
    },
    options,
  );
