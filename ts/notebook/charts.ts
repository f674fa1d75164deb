import {
  accuracyChart as accuracy,
  autoBetas,
  baselineLabel,
  betaChart as beta,
  type ChartText,
  curvesChart as curves,
  methodAccuracies,
  methodCurves,
  methodScores,
  type OwnChartOptions,
  renderOwnChart,
  scoresChart as scores,
  searchedBetas,
  vftCurves,
  vftLossChart as vftLoss,
} from "../analysis/index.ts";
import { inputError } from "../core/errors.ts";
import type { Run } from "./runs.ts";
import { picture, type Shown } from "./show.ts";

/** Which methods a chart shows. */
export interface ChartOptions {
  /** Their names; all by default. */
  methods?: readonly string[];
  /** In pixels; 860 by default. */
  width?: number;
}

const defaultWidth = 860;

/** What is drawn of the methods that are wanted; an unknown name is an input error. */
function chosen<Drawn extends { label: string }>(
  rows: readonly Drawn[],
  run: Run,
  methods: readonly string[] = run.methods.map(({ name }) => name),
): Drawn[] {
  const labels = new Set(methods.map((name) => run.method(name).label));
  return rows.filter(({ label }) => labels.has(label));
}

/**
 * How each method scores the VFT model's samples on the test questions: right solutions against wrong ones. The VFT
 * model's own scores, where the run kept them, come back in every panel as outlines.
 */
export function scoresChart(run: Run, { methods, width = defaultWidth }: ChartOptions = {}): Shown {
  return picture(scores(chosen(methodScores(run.data, run.summary), run, methods), { width }));
}

/** Accuracy of every method, greedy and of single samples, with 95 % intervals; dashed: continued VFT. */
export function accuracyChart(run: Run, { methods, width = defaultWidth }: ChartOptions = {}): Shown {
  const rows = chosen(methodAccuracies(run.summary), run, methods);
  return picture(accuracy(rows, { width, baseline: baselineLabel(run.summary) }));
}

/** Mean scores of right, wrong and reference solutions by optimizer step, one panel a method. */
export function trainingChart(run: Run, { methods, width = defaultWidth }: ChartOptions = {}): Shown {
  return picture(curves(chosen(methodCurves(run.data), run, methods), { width }));
}

/** The loss of the base stage by optimizer step. */
export const vftLossChart = (run: Run, { width = defaultWidth }: Pick<ChartOptions, "width"> = {}): Shown =>
  picture(vftLoss(vftCurves(run.data), { width }));

/**
 * What a method with `beta: { search: [...] }` measured on validation questions with each value of beta: accuracy,
 * assessment accuracy and perplexity of right solutions.
 * @throws AftError for a method whose beta was not searched
 */
export function betaChart(
  run: Run,
  method: string,
  { width = defaultWidth }: Pick<ChartOptions, "width"> = {},
): Shown {
  const { label } = run.method(method);
  const searched = searchedBetas(run.summary).find((search) => search.method.name === method);
  if (searched === undefined)
    throw inputError({
      what: "this method's beta was not searched",
      found: label,
      expected: "a method with beta: { search: [...] }",
    });
  const autos = autoBetas(run.summary).flatMap(({ seeds }) => seeds);
  return picture(beta(searched.seeds, { width, autos }));
}

/**
 * A chart of your own, drawn by Observable Plot: `options` are those of `Plot.plot`, `text` names it and says in words
 * what it shows.
 * @example
 * plot({ marks: [Plot.dot(rows, { x: "score", y: "right" })] }, { title: "Right by score" })
 */
export const plot = (options: OwnChartOptions, text: Partial<ChartText> & Pick<ChartText, "title">): Shown =>
  picture(
    renderOwnChart(
      { id: text.title.toLowerCase().replace(/[^a-z0-9]+/g, "-"), description: "", ...text },
      { width: defaultWidth, marginTop: 28, ...options },
    ),
  );
