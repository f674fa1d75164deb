import { chartStyle } from "../charts/palette.ts";
import { packRun } from "./browser/pack.ts";
import { pageScript } from "./browser/script.ts";
import { type DataFile, type Limits, mostBeside, mostInPage, withBrowser } from "./browser/section.ts";
import { browserStyle } from "./browser/style.ts";
import { plural } from "./format.ts";
import type { RunData } from "./input.ts";
import { html, type Markup, raw } from "./markup.ts";
import type { RunSummary } from "./schema.ts";
import { betaSection } from "./sections/beta.ts";
import { chartsSection } from "./sections/charts.ts";
import { diagnosticsSection } from "./sections/diagnostics.ts";
import { examplesSection } from "./sections/examples.ts";
import { recordSection } from "./sections/record.ts";
import { resultsSection } from "./sections/results.ts";
import { trainingSection } from "./sections/training.ts";
import { pageStyle } from "./style.ts";
import { headlineRun } from "./tasks.ts";

export interface HtmlOptions {
  /** How many questions are printed with their COTs; 0 leaves out the browser of all questions, too. */
  examples?: number | undefined;
}

export interface ReportPage {
  html: string;
  /** What lies in {@link dataFolder} beside the page; none where the page holds everything. */
  files: DataFile[];
}

/** report.html, its texts in files beside it where the page would be too large with them. */
export function renderReport(
  run: RunData,
  summary: RunSummary,
  { examples = 10, inPage = mostInPage, beside = mostBeside }: HtmlOptions & Partial<Limits> = {},
): ReportPage {
  const packed = examples === 0 ? undefined : packRun(run, summary, beside);
  const page = pageOf(run, summary, examplesSection(run, summary, examples, packed !== undefined));
  return packed === undefined ? { html: page, files: [] } : withBrowser(page, packed, inPage);
}

/** report.html as one file that holds everything it shows and fetches nothing, however large it gets. */
export const renderHtml = (run: RunData, summary: RunSummary, { examples }: HtmlOptions = {}): string =>
  renderReport(run, summary, { examples, inPage: Number.POSITIVE_INFINITY }).html;

function pageOf(run: RunData, summary: RunSummary, examplesHtml: Markup): string {
  const betaHtml = betaSection(summary);
  const trainingHtml = trainingSection(run, summary);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${summary.name}: alignment fine-tuning, a report</title>
<style>${raw(pageStyle)}${raw(browserStyle)}${raw(chartStyle)}</style>
</head>
<body>
<header>
<p class="quiet">Alignment fine-tuning, a report</p>
<h1>${summary.name}</h1>
${(summary.description ?? "") !== "" && html`<p class="lead">${summary.description}</p>`}
<p>A language model that was fine-tuned on worked solutions (vanilla fine-tuning, VFT) often finds a wrong solution to a question more likely than a right one: <em>assessment misalignment</em>. Alignment fine-tuning (AFT, <a href="https://arxiv.org/abs/2309.02144">arXiv 2309.02144</a>) lets the model sample several chains of thought (COTs) to each training question, judges each by its final answer, and trains on with a loss that lifts the right above the wrong, held back by a constraint – detached (DC) or boundary (BC) – so that text which is wrong but well formed is not destroyed. This report measures ${plural(summary.methods.length, "method")} on held-out test questions${ofTasks(summary)}${start(summary)}${baseline(summary)}.</p>
<nav aria-label="Sections"><ul>
<li><a href="#results">Results</a></li><li><a href="#diagnostics">What the numbers say</a></li>${betaHtml.markup !== "" && html`<li><a href="#beta">The boundary’s beta</a></li>`}<li><a href="#charts">Charts</a></li>${trainingHtml.markup !== "" && html`<li><a href="#training">While training</a></li>`}${examplesHtml.markup !== "" && html`<li><a href="#examples">Questions and COTs</a></li>`}<li><a href="#record">The record</a></li>
</ul></nav>
</header>
<main>
${resultsSection(summary)}
${diagnosticsSection(summary)}
${betaHtml}
${chartsSection(headlineRun(run), summary)}
${trainingHtml}
${examplesHtml}
${recordSection(summary)}
</main>
<footer><p>The same numbers, with every seed and interval, are in report.json.</p></footer>
<script type="module">${raw(pageScript())}</script>
</body>
</html>
`;
  return page.markup;
}

function ofTasks({ tasks }: RunSummary): string {
  if (tasks.length < 2) return "";
  const named = (use: "train" | "evaluate"): string =>
    tasks
      .filter((task) => task.use === use)
      .map(({ name }) => name)
      .join(", ");
  const others = named("evaluate");
  return ` of the tasks that were trained on (${named("train")})${others && ` and, out of distribution, of others (${others})`}`;
}

const start = ({ methods }: RunSummary): string =>
  methods.every(({ settings }) => settings.start !== "base")
    ? ", all of them going on from the same VFT weights"
    : "";

const baseline = ({ methods }: RunSummary): Markup | string =>
  methods.some(({ role }) => role === "continued")
    ? html`; the fair baseline is <em>continued VFT</em>, the same further steps on the reference solutions alone`
    : "";
