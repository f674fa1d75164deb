import { z } from "zod";
import { arxiv, publishedLoss } from "./entry.ts";
import { byImplicitReward, rewardBeta, rewardWire } from "./implicit-reward.ts";

const alpha = z.number().min(0);

export const irpo = publishedLoss({
  name: "irpo",
  title: "IRPO",
  paper: "2404.19733",
  description: "IRPO (arXiv 2404.19733): DPO, and the likelihood of the better COT of each pair",
  words: "IRPO: DPO, and in each pair the better solution is made more likely by itself",
  table: [
    {
      constraint: "any of the first three",
      loss: "mean over pairs of −log σ(β[(log π − log ref)(w) − (log π − log ref)(l)]) − α s_w",
      source: `${arxiv("2404.19733")}, its DPO+NLL loss`,
    },
  ],
  hue: { light: "#96502a", dark: "#dda27c" },
  ...byImplicitReward,
  own: {
    beta: rewardBeta(0.1),
    alpha: alpha
      .default(1)
      .meta({ description: "of the better COT's negative log-likelihood a token beside DPO's loss" }),
  },
  wire: {
    ...rewardWire,
    alpha: alpha.meta({ description: "of the winner's negative log-likelihood a token" }),
  },
  toWire: ({ beta, alpha }) => ({ dpoBeta: beta, alpha }),
});
