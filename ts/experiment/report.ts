import { join } from "node:path";
import { type RunSummary, renderHtml, renderPicture, renderTable, summarise } from "../analysis/index.ts";
import { writeFileAtomic } from "../core/files.ts";
import { writePredictions } from "./predictions.ts";
import { loadRunData } from "./results.ts";

export interface Report {
  summary: RunSummary;
  table: string;
  html: string;
}

/** Writes report.html, report.json, table.txt, picture.svg and predictions/ into a run's folder, from its artefacts alone. */
export async function writeReport(runDirectory: string): Promise<Report> {
  const { run, record } = await loadRunData(runDirectory);
  const summary = summarise(run);
  const table = renderTable(summary);
  const html = join(runDirectory, "report.html");
  await writeFileAtomic(join(runDirectory, "report.json"), `${JSON.stringify(summary, null, 2)}\n`);
  await writeFileAtomic(join(runDirectory, "table.txt"), `${table}\n`);
  await writeFileAtomic(join(runDirectory, "picture.svg"), renderPicture(summary, run));
  await writePredictions(runDirectory, record);
  await writeFileAtomic(html, renderHtml(run, summary, { examples: record.examples }));
  return { summary, table, html };
}
