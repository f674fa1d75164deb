import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type DataFile,
  dataFolder,
  type MarkdownReport,
  type RunSummary,
  renderMarkdown,
  renderPicture,
  renderReport,
  renderTable,
  summarise,
} from "../../analysis/index.ts";
import { makeFolder, writeFileAtomic } from "../../core/files.ts";
import { aloneIn } from "./alone.ts";
import { runFiles } from "./files.ts";
import { writePredictions } from "./predictions.ts";
import { writeSummary } from "./read-summary.ts";
import { loadRunData } from "./results.ts";
import { readRunRecord } from "./run-record.ts";

export interface Report {
  summary: RunSummary;
  table: string;
  html: string;
}

/** {@link reportOn}, for who does not work in the folder yet. */
export async function writeReport(runDirectory: string): Promise<Report> {
  // Where there is no run nothing is written, not even a lock.
  await readRunRecord(runDirectory);
  return aloneIn(runDirectory, () => reportOn(runDirectory));
}

/**
 * Writes report.html, the same as report.md with its charts in charts/, report.json, table.txt, picture.svg and
 * predictions/ into a run's folder, from its artefacts alone; for a large run also report-data/, which the page reads its
 * texts from.
 */
export async function reportOn(runDirectory: string): Promise<Report> {
  const { run, record } = await loadRunData(runDirectory);
  const summary = summarise(run);
  const table = renderTable(summary);
  const html = join(runDirectory, runFiles.page);
  await writeSummary(runDirectory, summary);
  await writeFileAtomic(join(runDirectory, runFiles.table), `${table}\n`);
  await writeFileAtomic(join(runDirectory, runFiles.picture), renderPicture(summary, run));
  await writePredictions(runDirectory, record);
  const page = renderReport(run, summary, { examples: record.examples });
  await writeMarkdown(runDirectory, renderMarkdown(page.report));
  await writeData(join(runDirectory, dataFolder), page.files);
  await writeFileAtomic(html, page.html);
  return { summary, table, html };
}

/** report.md and its charts; a chart that an earlier report had and this one has not is taken away. */
export async function writeMarkdown(
  runDirectory: string,
  { markdown, charts }: MarkdownReport,
): Promise<void> {
  const folder = join(runDirectory, runFiles.charts);
  await makeFolder(folder);
  for (const name of await readdir(folder))
    if (name.endsWith(".svg") && charts[name] === undefined) await rm(join(folder, name));
  for (const [name, svg] of Object.entries(charts)) await writeFileAtomic(join(folder, name), svg);
  await writeFileAtomic(join(runDirectory, runFiles.markdown), markdown);
}

/** Instead of those of an earlier report: a page knows its own files and refuses others, so a broken-off write is seen. */
async function writeData(folder: string, files: readonly DataFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const { name, content } of files) await writeFileAtomic(join(folder, name), content);
}
