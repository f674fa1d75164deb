import { z } from "zod";
import { arxiv, publishedLossWithoutBoundary } from "./entry.ts";

const positiveWeight = z.number().min(0);

export const reinforce = publishedLossWithoutBoundary({
  name: "reinforce",
  title: "W-REINFORCE",
  paper: "2506.01347",
  description:
    "weighted REINFORCE (arXiv 2506.01347): right COTs up, wrong ones down; NSR with positiveWeight 0",
  words:
    "weighted REINFORCE on the samples as they are: right solutions are made more likely by a weight, wrong ones less likely",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "(Σₙ log π(n) − λ Σₚ log π(p)) / (tokens of all), λ = .1; λ = 0: NSR",
      source: `${arxiv("2506.01347")}, W-REINFORCE, read offline`,
    },
  ],
  hue: { light: "#b3261e", dark: "#ef8079" },
  needs: { pair: false, referenceModel: false, rewards: false, labels: "always" },
  vftWeight: 0,
  own: {
    positiveWeight: positiveWeight
      .default(0.1)
      .meta({ description: "lambda: of right COTs beside wrong ones; 0: wrong ones alone (NSR)" }),
  },
  wire: { positiveWeight: positiveWeight.meta({ description: "lambda: of right responses" }) },
  toWire: ({ positiveWeight }) => ({ positiveWeight }),
  noBoundary: "it takes questions without a right solution too, which have none to lie below",
});
