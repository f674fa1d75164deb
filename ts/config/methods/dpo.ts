import { z } from "zod";
import { arxiv, publishedLoss } from "./entry.ts";

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
  needs: { pair: true, referenceModel: true, rewards: false },
  vftWeight: 0,
  own: {
    beta: z
      .number()
      .positive()
      .default(0.1)
      .meta({ description: "DPO's own beta: how strongly it is held to the reference model" }),
    pairs: z
      .enum(["all", "one"])
      .default("all")
      .meta({ description: "all pairs of a better and a worse COT of a question, or one drawn at random" }),
  },
  boundaryBeta: "boundaryBeta",
  ownBeta: "how strongly it is held to the weights it starts from",
  wire: {
    dpoBeta: z.number().positive().meta({ description: "DPO's own beta: the scale of its implicit reward" }),
  },
  toWire: ({ beta }) => ({ dpoBeta: beta }),
});
