import { sharesChart } from "./panels.ts";

/** Greedy accuracy by the number of steps of the reference; `reference` is the baseline. */
export const difficultyChart = sharesChart({
  text: { id: "difficulty", title: "Greedy accuracy by the number of steps" },
  x: "steps of the reference solution →",
  y: "answered rightly, %",
  colour: "greedy",
  what: "greedy accuracy, 95 % interval",
});
