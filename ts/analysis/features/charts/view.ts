import { accuracyChart } from "../../charts/accuracy.ts";
import { curvesChart } from "../../charts/curves.ts";
import { scoresChart } from "../../charts/scores.ts";
import { vftLossChart } from "../../charts/vft-loss.ts";
import { html, type Markup } from "../../document/markup.ts";
import { figure } from "../../report/figure.ts";
import type { RunSummary } from "../../report/schema.ts";
import type { RunData } from "../../run/run-data.ts";
import { baselineLabel, methodAccuracies, methodCurves, methodScores, vftCurves } from "./numbers.ts";

/** Beside the first table; of one method it would say no more than that. */
export const accuracyFigure = (summary: RunSummary): Markup | false =>
  summary.methods.length > 1 &&
  figure(
    "Accuracy by method",
    "Greedy decoding and single samples, with 95 % intervals. Intervals of two methods may overlap although their paired difference is clear: the table goes by that.",
    accuracyChart(methodAccuracies(summary), { width: 860, baseline: baselineLabel(summary) }),
  );

export function chartsSection(run: RunData, summary: RunSummary): Markup {
  const curves = methodCurves(run);
  const losses = vftCurves(run);
  return html`<section aria-labelledby="charts">
<h2 id="charts">Charts</h2>
${figure(
  summary.methods.length > 1 ? "Scores of right and wrong COTs, by method" : "Scores of right and wrong COTs",
  "Each panel shows how one method scores the same COTs, those that the VFT model sampled on the questions that all are measured on. The further apart the two hills, the better the model can tell right from wrong; a right hill (blue) that moves left means that good solutions have become less likely. Upright lines are means; for the boundary constraint the dotted one is the mean boundary (a question’s lowest right score minus beta), below which a wrong COT is pulled up again; the lowest 1 % of the scores lies left of the chart.",
  scoresChart(methodScores(run, summary), { width: 860 }),
)}
${
  curves.length > 0 &&
  figure(
    "Mean scores while training",
    "Step by step: the mean score of right and of wrong COTs, of the reference solutions, and for the boundary constraint the boundary, below which wrong COTs are pulled up again. A running mean over a twenty-fifth of the steps.",
    curvesChart(curves, { width: 860 }),
  )
}
${
  losses.length > 0 &&
  figure(
    "VFT loss",
    "The base stage from which every method starts: nats a token, every step (pale) and a running mean.",
    vftLossChart(losses, { width: 860 }),
  )
}
</section>`;
}
