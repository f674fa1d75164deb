import { curvesChart } from "../../charts/curves.ts";
import { scoresChart } from "../../charts/scores.ts";
import { vftLossChart } from "../../charts/vft-loss.ts";
import { chart } from "../../document/blocks.ts";
import type { Feature } from "../feature.ts";
import { methodCurves, methodScores, vftCurves } from "./numbers.ts";

export const charts: Feature = {
  section: { id: "charts", title: () => "Charts" },
  view: ({ headline, summary }) => {
    const curves = methodCurves(headline);
    const losses = vftCurves(headline);
    return [
      chart({
        title:
          summary.methods.length > 1
            ? "Scores of right and wrong COTs, by method"
            : "Scores of right and wrong COTs",
        caption:
          "Each panel shows how one method scores the same COTs, those that the VFT model sampled on the questions that all are measured on. The further apart the two hills, the better the model can tell right from wrong; a right hill (blue) that moves left means that good solutions have become less likely. Upright lines are means; for the boundary constraint the dotted one is the mean boundary (a question’s lowest right score minus beta), below which a wrong COT is pulled up again; the lowest 1 % of the scores lies left of the chart.",
        svg: scoresChart(methodScores(headline, summary), { width: 860 }),
        file: "scores",
      }),
      curves.length > 0 &&
        chart({
          title: "Mean scores while training",
          caption:
            "Step by step: the mean score of right and of wrong COTs, of the reference solutions, and for the boundary constraint the boundary, below which wrong COTs are pulled up again. A running mean over a twenty-fifth of the steps.",
          svg: curvesChart(curves, { width: 860 }),
          file: "curves",
        }),
      losses.length > 0 &&
        chart({
          title: "VFT loss",
          caption:
            "The base stage from which every method starts: nats a token, every step (pale) and a running mean.",
          svg: vftLossChart(losses, { width: 860 }),
          file: "vft-loss",
        }),
    ];
  },
};
