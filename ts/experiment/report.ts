import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type RunSummary,
  renderHtml,
  renderMarkdown,
  renderPicture,
  renderTable,
  summarise,
} from "../analysis/index.ts";
import { writeFileAtomic } from "../core/files.ts";
import { writePredictions } from "./predictions.ts";
import { loadRunData } from "./results.ts";

export interface Report {
  summary: RunSummary;
  table: string;
  html: string;
}

/**
 * Writes report.html, the same as report.md with its charts in charts/, report.json, table.txt, picture.svg and
 * predictions/ into a run's folder, from its artefacts alone.
 */
export async function writeReport(runDirectory: string): Promise<Report> {
  const { run, record } = await loadRunData(runDirectory);
  const summary = summarise(run);
  const table = renderTable(summary);
  const page = renderHtml(run, summary, { examples: record.examples });
  const html = join(runDirectory, "report.html");
  await writeFileAtomic(join(runDirectory, "report.json"), `${JSON.stringify(summary, null, 2)}\n`);
  await writeFileAtomic(join(runDirectory, "table.txt"), `${table}\n`);
  await writeFileAtomic(join(runDirectory, "picture.svg"), renderPicture(summary, run));
  await writePredictions(runDirectory, record);
  await writeMarkdown(runDirectory, page);
  await writeFileAtomic(html, page);
  return { summary, table, html };
}

/** A chart that an earlier report had and this one has not is taken away. */
async function writeMarkdown(runDirectory: string, page: string): Promise<void> {
  const { markdown, charts } = renderMarkdown(page);
  const folder = join(runDirectory, "charts");
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (name.endsWith(".svg") && charts[name] === undefined) await rm(join(folder, name));
  for (const [name, svg] of Object.entries(charts)) await writeFileAtomic(join(folder, name), svg);
  await writeFileAtomic(join(runDirectory, "report.md"), markdown);
}
