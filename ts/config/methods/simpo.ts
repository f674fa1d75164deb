import { z } from "zod";
import { arxiv, publishedLoss } from "./entry.ts";

const margin = z.number().min(0);

export const simpo = publishedLoss({
  name: "simpo",
  title: "SimPO",
  paper: "2405.14734",
  description: "SimPO (arXiv 2405.14734): pairs of mean scores with a margin, without a reference model",
  words:
    "SimPO: in each pair the better solution is raised above the worse by a margin, by their scores alone",
  table: [
    {
      constraint: "any of the first three",
      loss: "mean over pairs of −log σ(β(s_w − s_l) − γ)",
      source: `${arxiv("2405.14734")}, as released`,
    },
  ],
  hue: { light: "#8c6d00", dark: "#e3c04b" },
  needs: { pair: true, referenceModel: false, rewards: false },
  vftWeight: 0,
  own: {
    beta: z
      .number()
      .positive()
      .default(2.5)
      .meta({ description: "SimPO's own beta: the scale of a difference of scores" }),
    margin: margin.default(0.55).meta({
      description: "gamma / beta: how far (nats a token) the better score is to lie above the worse",
    }),
  },
  boundaryBeta: "boundaryBeta",
  ownBeta: "how steep its loss is in the difference of two scores",
  wire: {
    simpoBeta: z
      .number()
      .positive()
      .meta({ description: "SimPO's own beta: the scale of score differences" }),
    margin: margin.meta({ description: "gamma / beta, nats a token" }),
  },
  toWire: ({ beta, margin }) => ({ simpoBeta: beta, margin }),
});
