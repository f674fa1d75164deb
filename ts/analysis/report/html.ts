import { chartStyle } from "../charts/palette.ts";
import { plural } from "./format.ts";
import type { RunData } from "./input.ts";
import { html, type Markup, raw } from "./markup.ts";
import type { RunSummary } from "./schema.ts";
import { assessorSection } from "./sections/assessor.ts";
import { betaSection } from "./sections/beta.ts";
import { chartsSection } from "./sections/charts.ts";
import { costSection } from "./sections/cost.ts";
import { diagnosticsSection } from "./sections/diagnostics.ts";
import { difficultySection } from "./sections/difficulty.ts";
import { examplesSection } from "./sections/examples.ts";
import { recordSection } from "./sections/record.ts";
import { resultsSection } from "./sections/results.ts";
import { selfConsistencySection } from "./sections/selfConsistency.ts";
import { summarySection } from "./sections/summary.ts";
import { trainingSection } from "./sections/training.ts";
import { pageScript, pageStyle } from "./style.ts";
import { headlineRun } from "./tasks.ts";

export interface HtmlOptions {
  /** How many questions are shown with their COTs. */
  examples?: number | undefined;
}

/** report.html: one file that holds everything it shows and fetches nothing. */
export function renderHtml(run: RunData, summary: RunSummary, { examples = 10 }: HtmlOptions = {}): string {
  const sections = [
    { id: "in-short", title: "In short", content: summarySection(summary) },
    { id: "results", title: "Results", content: resultsSection(summary) },
    { id: "diagnostics", title: "What the numbers say", content: diagnosticsSection(summary) },
    { id: "assessor", title: "Is the score a good assessor?", content: assessorSection(summary) },
    { id: "consistency", title: "Against self-consistency", content: selfConsistencySection(summary) },
    { id: "difficulty", title: "Easy and hard questions", content: difficultySection(summary) },
    { id: "beta", title: "The boundary’s beta", content: betaSection(summary) },
    { id: "charts", title: "Charts", content: chartsSection(headlineRun(run), summary) },
    { id: "training", title: "While training", content: trainingSection(run, summary) },
    { id: "examples", title: "Questions and COTs", content: examplesSection(run, summary, examples) },
    { id: "cost", title: "What it cost", content: costSection(summary) },
    { id: "record", title: "The record", content: recordSection(summary) },
  ].filter(({ content }) => content.markup !== "");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${summary.name}: alignment fine-tuning, a report</title>
<style>${raw(pageStyle)}${raw(chartStyle)}</style>
</head>
<body>
<header>
<p class="quiet">Alignment fine-tuning, a report</p>
<h1>${summary.name}</h1>
${(summary.description ?? "") !== "" && html`<p class="lead">${summary.description}</p>`}
<p>A language model that was fine-tuned on worked solutions (vanilla fine-tuning, VFT) often finds a wrong solution to a question more likely than a right one: <em>assessment misalignment</em>. Alignment fine-tuning (AFT, <a href="https://arxiv.org/abs/2309.02144">arXiv 2309.02144</a>) lets the model sample several chains of thought (COTs) to each training question, judges each by its final answer, and trains on with a loss that lifts the right above the wrong, held back by a constraint – detached (DC) or boundary (BC) – so that text which is wrong but well formed is not destroyed. This report measures ${plural(summary.methods.length, "method")} on held-out test questions${ofTasks(summary)}${start(summary)}${baseline(summary)}.</p>
<nav aria-label="Contents"><ol>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ol></nav>
</header>
<main>
${sections.map(
  ({ content }) => html`${content}
`,
)}</main>
<footer><p>The same numbers, with every seed and interval, are in report.json.</p></footer>
<script>${raw(pageScript)}</script>
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
