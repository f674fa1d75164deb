/** A run's report, whatever shows it. */
import {
  blocksOf,
  type Content,
  emphasis,
  type Inline,
  type Report,
  report,
  type Section,
  section,
  text,
} from "../document/blocks.ts";
import { renderHtml } from "../document/html.ts";
import { renderTerminal } from "../document/terminal.ts";
import type { Feature, Shown } from "../features/feature.ts";
import { matteringWarnings } from "../features/findings/mattering.ts";
import { verdictSentence } from "../features/in-short/verdict.ts";
import { introduction } from "../features/introduction.ts";
import { isUntouched } from "../features/methods.ts";
import {
  type DataFile,
  type Limits,
  mostBeside,
  mostInPage,
  questionsApp,
} from "../features/questions/app.ts";
import { packRun } from "../features/questions/numbers.ts";
import { endTable } from "../features/results/terminal.ts";
import { topOf } from "../features/top/view.ts";
import { plural } from "../format.ts";
import type { RunSummary } from "../generated/report.ts";
import type { RunData } from "../run/run-data.ts";
import { headlineRun } from "../run/tasks.ts";
import { methodWords } from "../words/index.ts";
import { features, terminalTables } from "./features.ts";

export interface ReportOptions {
  /** How many questions are printed with their COTs; 0 leaves out the app with all questions, too. */
  examples?: number | undefined;
}

export interface ReportPage {
  html: string;
  /** What the page shows, without the texts of the app. */
  report: Report;
  /** What lies in {@link dataFolder} beside the page; none where the page holds everything. */
  files: DataFile[];
}

/** report.html, its texts in files beside it where the page would be too large with them. */
export function renderReport(
  run: RunData,
  summary: RunSummary,
  { examples = 10, inPage = mostInPage, beside = mostBeside }: ReportOptions & Partial<Limits> = {},
): ReportPage {
  const packed = examples === 0 ? undefined : packRun(run, summary, beside);
  const shown = { run, headline: headlineRun(run), summary, examples, hasApp: packed !== undefined };
  const plain = reportOf(shown);
  const html = renderHtml(plain);
  if (packed === undefined) return { html, report: plain, files: [] };
  const app = questionsApp(packed, inPage - Buffer.byteLength(html));
  const filled = { html: app.html, readsFiles: app.files.length > 0 };
  const sections = plain.sections.map(
    (part): Section => ({
      ...part,
      blocks: part.blocks.map((block) => (block.block === "app" ? { ...block, ...filled } : block)),
    }),
  );
  return { html: renderHtml({ ...plain, sections }), report: plain, files: app.files };
}

/** report.html as one file that holds everything it shows and fetches nothing, however large it gets. */
export const renderPage = (run: RunData, summary: RunSummary, { examples }: ReportOptions = {}): string =>
  renderReport(run, summary, { examples, inPage: Number.POSITIVE_INFINITY }).html;

/** The run's numbers as plain tables for a terminal, with counts and intervals. */
export const renderTable = (summary: RunSummary): string =>
  renderTerminal(terminalTables.flatMap((tables) => blocksOf(tables(summary))));

/**
 * What a run ends with on a terminal: the verdict, one table, and the warnings that matter. Its lines may be long, the
 * table's are not where columns of it can be left out.
 * @param width columns of letters
 */
export function renderEnd(summary: RunSummary, width = Number.POSITIVE_INFINITY): string {
  const warnings = matteringWarnings(summary).map(({ label }) => `warning: ${label}`);
  if (summary.methods.length === 0) return [verdictSentence(summary), ...warnings].join("\n");
  const { table, note } = endTable(summary, width);
  return [
    verdictSentence(summary),
    "",
    renderTerminal([table]),
    "",
    note,
    methodWords(summary.methods),
    ...warnings,
  ].join("\n");
}

/** Every feature's view in its section. */
function reportOf(shown: Shown): Report {
  const { summary } = shown;
  return report({
    kind: "Alignment fine-tuning, a report",
    title: summary.name,
    description: summary.description,
    introduction: text`${introduction} This report measures ${isUntouched(summary.methods) ? "the model before any alignment" : plural(summary.methods.length, "method")} on ${summary.split} questions${ofTasks(summary)}${start(summary)}${baseline(summary)}.`,
    top: topOf(shown),
    sections: sectionsOf(shown),
    footer: "The same numbers, with every seed and interval, are in report.json.",
  });
}

function sectionsOf(shown: Shown): (Section | null)[] {
  const sections: { heading: NonNullable<Feature["section"]>; content: Content[] }[] = [];
  for (const { section: heading, view } of features) {
    if (heading !== undefined) sections.push({ heading, content: [] });
    sections.at(-1)!.content.push(view?.(shown));
  }
  return sections.map(({ heading: { title, ...heading }, content }) =>
    section({ ...heading, title: title(shown.summary) }, content),
  );
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

const baseline = ({ methods }: RunSummary): Inline =>
  methods.some(({ role }) => role === "continued") &&
  text`; the fair baseline is ${emphasis("continued VFT")}, the same further steps on the reference solutions alone`;
