import { z } from "zod";
import { arxiv, publishedLoss } from "./entry.ts";
import { byImplicitReward, rewardBeta, rewardWire } from "./implicit-reward.ts";

export const dpo = publishedLoss({
  name: "dpo",
  title: "DPO",
  paper: "2305.18290",
  description: "DPO (arXiv 2305.18290): pairs, against the weights it starts from",
  words:
    "DPO: in each pair the better solution is raised against the worse, measured from the starting weights",
  table: [
    {
      constraint: "any of the first three",
      loss: "mean over pairs of −log σ(β[(log π − log ref)(w) − (log π − log ref)(l)])",
      source: `${arxiv("2305.18290")}, equation 7`,
    },
  ],
  hue: { light: "#8a4f7d", dark: "#d79ac6" },
  ...byImplicitReward,
  own: {
    beta: rewardBeta(0.1),
    pairs: z
      .enum(["all", "one"])
      .default("all")
      .meta({ description: "all pairs of a better and a worse COT of a question, or one drawn at random" }),
  },
  wire: rewardWire,
  toWire: ({ beta }) => ({ dpoBeta: beta }),
});
