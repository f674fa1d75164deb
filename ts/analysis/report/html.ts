import { html, type Markup } from "../document/markup.ts";
import { assessorSection } from "../features/assessor/view.ts";
import { betaSection } from "../features/beta/view.ts";
import { chartsSection } from "../features/charts/view.ts";
import { costSection } from "../features/cost/view.ts";
import { difficultySection } from "../features/difficulty/view.ts";
import { diagnosticsSection } from "../features/findings/view.ts";
import { packRun } from "../features/questions/numbers.ts";
import { examplesSection } from "../features/questions/printed.ts";
import {
  type DataFile,
  type Limits,
  mostBeside,
  mostInPage,
  withQuestions,
} from "../features/questions/view.ts";
import { recordSection } from "../features/record/view.ts";
import { resultsSection } from "../features/results/view.ts";
import { selfConsistencySection } from "../features/self-consistency/view.ts";
import { trainingSection } from "../features/training/view.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";
import { plural } from "./format.ts";
import { isUntouched } from "./inShort.ts";
import type { RunSummary } from "./schema.ts";
import { comparedSection } from "./sections/compared.ts";
import { summarySection } from "./sections/summary.ts";
import { pageShell, whatItIs } from "./shell.ts";

export interface HtmlOptions {
  /** How many questions are printed with their COTs; 0 leaves out the browser of all questions, too. */
  examples?: number | undefined;
}

export interface ReportPage {
  html: string;
  /** The page without the browser's texts: what report.md is made from. */
  plain: string;
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
  const plain = pageOf(run, summary, examplesSection(run, summary, examples, packed !== undefined));
  return packed === undefined
    ? { html: plain, plain, files: [] }
    : { ...withQuestions(plain, packed, inPage), plain };
}

/** report.html as one file that holds everything it shows and fetches nothing, however large it gets. */
export const renderHtml = (run: RunData, summary: RunSummary, { examples }: HtmlOptions = {}): string =>
  renderReport(run, summary, { examples, inPage: Number.POSITIVE_INFINITY }).html;

function pageOf(run: RunData, summary: RunSummary, examplesHtml: Markup): string {
  const sections = [
    { id: "in-short", title: "In short", content: summarySection(summary) },
    {
      id: "compared",
      title: summary.methods.length === 1 ? "What is measured" : "What is compared",
      content: comparedSection(summary),
    },
    { id: "results", title: "Results", content: resultsSection(summary) },
    { id: "diagnostics", title: "What the numbers say", content: diagnosticsSection(summary) },
    { id: "assessor", title: "Is the score a good assessor?", content: assessorSection(summary) },
    { id: "consistency", title: "Against self-consistency", content: selfConsistencySection(summary) },
    { id: "difficulty", title: "Easy and hard questions", content: difficultySection(summary) },
    { id: "beta", title: "The boundary’s beta", content: betaSection(summary) },
    { id: "charts", title: "Charts", content: chartsSection(headlineRun(run), summary) },
    { id: "training", title: "While training", content: trainingSection(run, summary) },
    { id: "examples", title: "Questions and COTs", content: examplesHtml },
    { id: "cost", title: "What it cost", content: costSection(summary) },
    { id: "record", title: "The record", content: recordSection(summary) },
  ];
  return pageShell({
    kind: "Alignment fine-tuning, a report",
    name: summary.name,
    description: summary.description,
    intro: html`<p>${whatItIs} This report measures ${isUntouched(summary.methods) ? "the model before any alignment" : plural(summary.methods.length, "method")} on ${summary.split} questions${ofTasks(summary)}${start(summary)}${baseline(summary)}.</p>`,
    sections,
    footer: "The same numbers, with every seed and interval, are in report.json.",
  });
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
  methods.length > 1 && methods.every(({ settings }) => settings.start !== "base")
    ? ", all of them going on from the same VFT weights"
    : "";

const baseline = ({ methods }: RunSummary): Markup | string =>
  methods.some(({ role }) => role === "continued")
    ? html`; the fair baseline is <em>continued VFT</em>, the same further steps on the reference solutions alone`
    : "";
