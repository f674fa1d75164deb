import { z } from "zod";
import { arxiv, publishedLossWithoutBoundary } from "./entry.ts";

const weight = z.number().min(0);

export const kto = publishedLossWithoutBoundary({
  name: "kto",
  title: "KTO",
  paper: "2402.01306",
  description:
    "KTO (arXiv 2402.01306): each COT by itself, right or wrong, against the weights it starts from",
  words:
    "KTO: right solutions are raised and wrong ones lowered, each by itself, measured from how far the model has moved on the whole",
  unconstrained: "wrong ones are pushed down ever more softly as they sink",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "(1/n) [Σₚ λ_D (1 − σ(β(r_p − z))) + Σₙ λ_U (1 − σ(β(z − r_n)))], r = log π − log ref, z ≥ 0 the batch’s mean r over prompts with another question’s solution",
      source: `${arxiv("2402.01306")}, as released`,
    },
  ],
  hue: { light: "#5b5ea6", dark: "#a9abe6" },
  needs: { pair: false, referenceModel: true, rewards: false, labels: "always", startWeights: "mismatched" },
  vftWeight: 0,
  own: {
    beta: z
      .number()
      .positive()
      .default(0.1)
      .meta({ description: "KTO's own beta: how strongly it is held to the reference model" }),
    desirableWeight: weight.default(1).meta({ description: "lambda_D: of right COTs" }),
    undesirableWeight: weight.default(1).meta({ description: "lambda_U: of wrong COTs" }),
  },
  ownBeta: "how strongly it is held to the weights it starts from",
  wire: {
    ktoBeta: z.number().positive().meta({ description: "KTO's own beta: the scale of its implicit reward" }),
    desirableWeight: weight.meta({ description: "lambda_D: of right responses" }),
    undesirableWeight: weight.meta({ description: "lambda_U: of wrong responses" }),
  },
  toWire: ({ beta, desirableWeight, undesirableWeight }) => ({
    ktoBeta: beta,
    desirableWeight,
    undesirableWeight,
  }),
  noBoundary: "it takes each solution by itself, and questions without a right one too",
});
