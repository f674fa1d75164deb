import { z } from "zod";
import { arxiv, publishedLossWithoutBoundary } from "./entry.ts";

const negativeWeight = z.number().min(0);
const epsilon = z.number().positive();
const promptWeight = z.enum(["hard", "deviation", "none"]);
const per = z.enum(["token", "response"]);

export const nft = publishedLossWithoutBoundary({
  name: "nft",
  title: "NFT",
  paper: "2505.18116",
  description: "NFT (arXiv 2505.18116): token by token, against the weights it starts from",
  words:
    "NFT: each token of right solutions is made more likely, and of wrong ones as far less likely as the share of right ones allows",
  unconstrained: "wrong ones are pushed down ever more softly as they sink",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "mean over tokens of −w log R (right), −w ν log max((1 − pR)/(1 − p), ε) (wrong); R = π/π_old of the token, p the share of right ones, w = 1 − p",
      source: `${arxiv("2505.18116")}, equation 10, as released`,
    },
  ],
  hue: { light: "#7a5230", dark: "#cfa37b" },
  needs: { pair: true, referenceModel: false, rewards: false, labels: "always", startWeights: "all" },
  vftWeight: 0,
  own: {
    negativeWeight: negativeWeight
      .default(1)
      .meta({ description: "nu: of wrong COTs; 0: right ones alone, as RFT" }),
    epsilon: epsilon.default(1).meta({
      description:
        "what stands in a wrong token's logarithm is at least this; with 1 the force on it grows as R, else without a limit near R = 1/p",
    }),
    promptWeight: promptWeight.default("hard").meta({
      description:
        "of a question with a share p of right COTs: hard 1 - p, deviation sqrt((1 - p) / p), none 1",
    }),
    average: per
      .default("token")
      .meta({ description: "over the batch's tokens, or over each COT's tokens and then over COTs" }),
  },
  wire: {
    negativeWeight: negativeWeight.meta({ description: "of wrong responses" }),
    epsilon: epsilon.meta({ description: "the least that a wrong token's logarithm is taken of" }),
    promptWeight: promptWeight.meta({
      description: "of a group with a share p of right ones: 1 - p, sqrt((1 - p) / p), 1",
    }),
    per: per.meta({ description: "what the loss is averaged over" }),
  },
  toWire: ({ negativeWeight, epsilon, promptWeight, average }) => ({
    negativeWeight,
    epsilon,
    promptWeight,
    per: average,
  }),
  noBoundary: "it has no pairs, and goes by tokens",
});
