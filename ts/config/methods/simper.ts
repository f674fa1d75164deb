import { arxiv, publishedLossWithoutBoundary } from "./entry.ts";

export const simper = publishedLossWithoutBoundary({
  name: "simper",
  title: "SimPER",
  paper: "2502.00883",
  description: "SimPER (arXiv 2502.00883): pairs of inverse perplexities, without a setting of its own",
  words:
    "SimPER: in each pair the better solution’s inverse perplexity is raised and the worse one’s lowered",
  unconstrained: "wrong ones are pushed down ever more softly as they sink",
  table: [
    {
      constraint: "`none` or `detached`",
      loss: "mean over pairs of exp(s_l) − exp(s_w)",
      source: `${arxiv("2502.00883")}, as released`,
    },
  ],
  hue: { light: "#b0306a", dark: "#f08bb8" },
  needs: { pair: true, referenceModel: false, rewards: false },
  vftWeight: 0,
  noBoundary: "a solution far below it would be pulled up without a limit, exp(2B − s)",
});
