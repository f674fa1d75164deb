import { z } from "zod";
import { arxiv, publishedLossWithoutBoundary } from "./entry.ts";

export const grpo = publishedLossWithoutBoundary({
  name: "grpo",
  title: "GRPO",
  paper: "2402.03300",
  description: "offline GRPO (arXiv 2402.03300): each COT by its advantage over its question's mean reward",
  words:
    "GRPO on the samples as they are: each solution is made more or less likely by its reward’s distance from the question’s mean",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "−(1/K) Σᵢ Aᵢ sᵢ, A = (r − mean) / deviation over the question’s K solutions",
      source: `${arxiv("2402.03300")}, equation 3, read offline`,
    },
    {
      constraint: "`divideByDeviation` and `divideByLength` false",
      loss: "−(1/K) Σᵢ Aᵢ log πᵢ, A = r − mean",
      source: `Dr. GRPO, ${arxiv("2503.20783")}, read offline`,
    },
  ],
  hue: { light: "#1f4e99", dark: "#86aef0" },
  needs: { pair: true, referenceModel: false, rewards: true, labels: "detached" },
  vftWeight: 0,
  own: {
    divideByDeviation: z.boolean().default(true).meta({
      description: "advantages by the standard deviation of the question's rewards; false: Dr. GRPO",
    }),
    divideByLength: z
      .boolean()
      .default(true)
      .meta({ description: "log-probabilities by the COT's tokens; false: Dr. GRPO" }),
  },
  wire: { divideByDeviation: z.boolean(), divideByLength: z.boolean() },
  toWire: ({ divideByDeviation, divideByLength }) => ({ divideByDeviation, divideByLength }),
  noBoundary: "it has no pairs: an advantage is against the question’s mean",
});
