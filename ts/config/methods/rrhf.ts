import { arxiv, publishedLoss, targetSetting } from "./entry.ts";

export const rrhf = publishedLoss({
  name: "rrhf",
  title: "RRHF",
  paper: "2304.05302",
  description: "RRHF (arXiv 2304.05302): a hinge on every pair in the wrong order, and VFT",
  words: "RRHF’s hinge: whenever a worse solution scores above a better one, the two are pulled into order",
  table: [
    {
      constraint: "any of the first three",
      loss: "Σ max(0, sⱼ − sᵢ) over pairs, i better than j",
      source: `${arxiv("2304.05302")}, the ranking loss`,
    },
  ],
  hue: { light: "#c65400", dark: "#f0923b" },
  needs: { pair: true, referenceModel: false, rewards: false },
  vftWeight: 1,
  own: { target: targetSetting },
  unsaid: { target: "reference" },
  boundaryBeta: "beta",
});
