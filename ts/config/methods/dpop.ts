import { z } from "zod";
import { arxiv, publishedLoss } from "./entry.ts";
import { byImplicitReward, rewardBeta, rewardWire } from "./implicit-reward.ts";

const penalty = z.number().min(0);

export const dpop = publishedLoss({
  name: "dpop",
  title: "DPO-Positive",
  paper: "2402.13228",
  description: "DPO-Positive (arXiv 2402.13228): DPO, with a penalty where the better COT grows less likely",
  words:
    "DPO-Positive: DPO, with a penalty where the better solution becomes less likely than under the starting weights",
  table: [
    {
      constraint: "any of the first three",
      loss: "mean over pairs of −log σ(β[r_w − r_l − λ max(0, −r_w)]), r = log π − log ref",
      source: `${arxiv("2402.13228")}, equation 3`,
    },
  ],
  hue: { light: "#6b4fa0", dark: "#b9a6e8" },
  ...byImplicitReward,
  own: {
    beta: rewardBeta(0.3),
    penalty: penalty.default(50).meta({
      description:
        "lambda: how hard a better COT is pulled up that is less likely than under the reference model",
    }),
  },
  wire: {
    ...rewardWire,
    penalty: penalty.meta({ description: "lambda: of max(0, log ref - log pi) of the winner" }),
  },
  toWire: ({ beta, penalty }) => ({ dpoBeta: beta, penalty }),
});
