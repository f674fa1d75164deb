import { z } from "zod";
import { arxiv, publishedLossWithoutBoundary } from "./entry.ts";

const temperature = z.number().positive();

const shared = {
  paper: "2402.05369",
  needs: { pair: false, referenceModel: true, rewards: true, labels: "detached" },
  vftWeight: 0,
  own: {
    beta: z
      .number()
      .positive()
      .default(0.01)
      .meta({ description: "NCA's own beta: how strongly it is held to the reference model" }),
    temperature: temperature
      .default(0.01)
      .meta({ description: "of the softmax over the rewards (1 for right, 0 for wrong)" }),
  },
  ownBeta: "how strongly it is held to the weights it starts from",
  wire: {
    ncaBeta: z.number().positive().meta({ description: "NCA's own beta: the scale of its implicit reward" }),
    temperature: temperature.meta({ description: "of the softmax over the rewards" }),
  },
  toWire: ({ beta, temperature }: { beta: number; temperature: number }) => ({ ncaBeta: beta, temperature }),
  noBoundary: "it has no pairs: each solution goes by its own likelihood",
} as const;

export const nca = publishedLossWithoutBoundary({
  ...shared,
  name: "nca",
  title: "NCA",
  description:
    "NCA (arXiv 2402.05369): the likelihood of each COT by its reward, against the weights it starts from",
  words:
    "NCA: each solution is made more likely by its share of the question’s reward, and less likely by an equal share, measured from the starting weights",
  unconstrained: "wrong ones are pushed down ever more softly as they sink",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "−Σᵢ qᵢ log σ(hᵢ) − (1/K) Σᵢ log σ(−hᵢ), h = β(log π − log ref), q = softmax(r/τ) over the K solutions",
      source: `${arxiv("2402.05369")}, NCA, as released`,
    },
  ],
  hue: { light: "#00696e", dark: "#4cc3c7" },
});

export const infonca = publishedLossWithoutBoundary({
  ...shared,
  name: "infonca",
  title: "InfoNCA",
  description: "InfoNCA (arXiv 2402.05369): the COTs of a question against each other, by their rewards",
  words:
    "InfoNCA: each solution’s share among a question’s solutions is drawn to its share of the reward, measured from the starting weights",
  unconstrained: "wrong ones are pushed down ever more softly as they sink below the right ones",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "−Σᵢ qᵢ log(exp hᵢ / Σⱼ exp hⱼ), with h and q as above",
      source: "the same, InfoNCA",
    },
  ],
  hue: { light: "#3d7a1f", dark: "#93cf6b" },
});
