import { picture } from "../charts/picture.ts";
import { baselineLabel, methodAccuracies, methodScores } from "../features/charts/numbers.ts";
import type { RunSummary } from "../generated/report.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";

/** More rows of scores than this make the picture taller than a reader's screen. */
const mostRows = 4;

/** The run in one picture: scores before and after (VFT and the AFT methods), and accuracy of all methods. */
export function renderPicture(summary: RunSummary, run: RunData): string {
  const aft = ["kept", "unconstrained", "detached", "boundary"];
  const wanted = new Set(summary.methods.filter(({ role }) => aft.includes(role)).map(({ label }) => label));
  const scores = methodScores(headlineRun(run), summary);
  const chosen = scores.filter(({ label }) => wanted.has(label));
  return picture((chosen.length > 1 ? chosen : scores).slice(0, mostRows), methodAccuracies(summary), {
    title: `${summary.name}: scores of right and wrong COTs, and accuracy by method`,
    baseline: baselineLabel(summary),
  });
}
