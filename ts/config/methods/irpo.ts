import { z } from "zod";
import { arxiv, publishedLoss } from "./entry.ts";

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
  needs: { pair: true, referenceModel: true, rewards: false },
  vftWeight: 0,
  own: {
    beta: z
      .number()
      .positive()
      .default(0.1)
      .meta({ description: "DPO's own beta: how strongly it is held to the reference model" }),
    alpha: alpha
      .default(1)
      .meta({ description: "of the better COT's negative log-likelihood a token beside DPO's loss" }),
  },
  boundaryBeta: "boundaryBeta",
  ownBeta: "how strongly it is held to the weights it starts from",
  wire: {
    dpoBeta: z.number().positive().meta({ description: "DPO's own beta: the scale of its implicit reward" }),
    alpha: alpha.meta({ description: "of the winner's negative log-likelihood a token" }),
  },
  toWire: ({ beta, alpha }) => ({ dpoBeta: beta, alpha }),
});
