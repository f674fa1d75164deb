import { z } from "zod";
import { arxiv, publishedLoss, targetSetting } from "./entry.ts";

const ties = z.enum(["omitted", "counted"]);

export const pro = publishedLoss({
  name: "pro",
  title: "PRO",
  paper: "2306.17492",
  description: "PRO (arXiv 2306.17492): each COT against all that rank below it, and VFT",
  words: "PRO: each solution is raised against all that rank below it",
  table: [
    {
      constraint: "any of the first three",
      loss: "Σₖ −log(exp(sₖ/Tₖₖ) / (exp(sₖ/Tₖₖ) + Σᵢ exp(sᵢ/Tₖᵢ))), i worse than k, Tₖᵢ = 1/(rₖ − rᵢ), Tₖₖ = minᵢ Tₖᵢ",
      source: `${arxiv("2306.17492")}, with its temperatures`,
    },
  ],
  hue: { light: "#00785a", dark: "#3fc79a" },
  needs: { pair: true, referenceModel: false, rewards: true },
  vftWeight: 1,
  own: {
    target: targetSetting,
    ties: ties.default("omitted").meta({
      description:
        "COTs of equal reward: left out of each other's sums; or, as the released code, exp(0) = 1 in the sum of the first of each two",
    }),
  },
  unsaid: { target: "reference", ties: "omitted" },
  wire: { ties: ties.optional().meta({ description: "pairs of equal reward; left out: omitted" }) },
  toWire: ({ ties }) => (ties === "omitted" ? {} : { ties }),
  boundaryBeta: "beta",
});
