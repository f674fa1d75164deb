import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { RunSummary } from "../../analysis/index.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import { writeError, writeFileAtomic } from "../../core/files.ts";
import { readJsonl, writeJsonl } from "../../core/jsonl.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import { readSummary, summaryFile } from "../run/read-summary.ts";
import { type RunRecord, readRunRecord } from "../run/run-record.ts";
import { checkpointIn } from "../stages/context.ts";
import { openArtefact } from "../store/store.ts";
import { copyAdapter, holdsAdapter, mergeAdapter } from "./adapter.ts";
import { modelCard } from "./card/model-card.ts";
import { type ExportFormat, rowsIn } from "./formats.ts";

export { type ExportFormat, exportFormats } from "./formats.ts";

export interface ExportOptions {
  /** A folder that is not there yet. */
  to: string;
  method?: string | undefined;
  seed?: number | undefined;
  /** The judged training samples in this form, in place of weights. */
  data?: ExportFormat | undefined;
  /** A LoRA adapter as it is, in place of merged weights. */
  adapter?: boolean | undefined;
  /** Of merging, which needs a worker. */
  progress?: ProgressSink;
  signal?: AbortSignal;
}

/** Copies a method's weights (Hugging Face format, with a model card) or a run's data out of the store. */
export async function exportRun(runDirectory: string, options: ExportOptions): Promise<string[]> {
  // With a slash at its end the neighbour below would be a child of it.
  const to = resolve(options.to);
  const record = await readRunRecord(runDirectory);
  if (existsSync(to))
    throw inputError({
      what: "the folder to export to is there already",
      where: options.to,
      expected: "a new folder",
    });
  const seed = seedOf(record, options.seed);
  // Filled beside its place and renamed: a cut-off export leaves nothing that looks like one.
  const unfinished = `${to}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    await mkdir(unfinished, { recursive: true });
    if (options.data === undefined)
      await exportModel(runDirectory, record, seed, options, { draft: unfinished, to });
    else await exportData(runDirectory, seed, options.data, unfinished);
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error instanceof Error && "code" in error ? writeError(to, error) : error;
  }
  return [options.to];
}

type Seed = RunRecord["seeds"][number];

function seedOf(record: RunRecord, wanted: number | undefined): Seed {
  const found = wanted === undefined ? record.seeds[0] : record.seeds.find(({ seed }) => seed === wanted);
  if (found !== undefined) return found;
  throw inputError({
    what: "this run has no such seed",
    found: wanted,
    expected: `one of ${record.seeds.map(({ seed }) => seed).join(", ")}`,
  });
}

async function exportModel(
  runDirectory: string,
  record: RunRecord,
  { seed, arms }: Seed,
  options: ExportOptions,
  { draft, to }: { draft: string; to: string },
): Promise<void> {
  const wanted = options.method;
  const names = arms.map(({ method }) => method);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  const arm = arms.find(({ method }) => method === name);
  if (arm === undefined)
    throw inputError({
      what:
        wanted === undefined
          ? "the run has several methods: say whose weights"
          : "this run has no such method",
      ...(wanted === undefined ? {} : { found: wanted, nearest: nearestName(wanted, names) }),
      expected: `--method with one of ${names.join(", ")}`,
    });
  const { directory, manifest } = await openArtefact(join(runDirectory, arm.checkpoint));
  const checkpoint = checkpointIn({ directory });
  const adapted = holdsAdapter(checkpoint);
  if (options.adapter === true && !adapted)
    throw inputError({
      what: "this run trained all weights: there is no adapter to export",
      where: checkpoint,
      fix: "leave out --adapter",
    });
  if (!adapted) await cp(checkpoint, draft, { recursive: true });
  else if (options.adapter === true) await copyAdapter(checkpoint, draft, to);
  else await mergeAdapter(checkpoint, draft, options);
  const form = !adapted ? "weights" : options.adapter === true ? "adapter" : "merged";
  const summary = await summaryOf(runDirectory);
  await writeFileAtomic(
    join(draft, "README.md"),
    modelCard(record, summary, { method: arm.method, seed, manifest, form }),
  );
}

async function summaryOf(runDirectory: string): Promise<RunSummary> {
  const summary = await readSummary(runDirectory);
  if (summary !== undefined) return summary;
  throw inputError({
    what: "the run's report.json is missing or damaged",
    where: summaryFile(runDirectory),
    fix: `aft report ${runDirectory}`,
  });
}

async function exportData(
  runDirectory: string,
  { trainGroups }: Seed,
  format: ExportFormat,
  to: string,
): Promise<void> {
  const groups: Group[] = [];
  for (const { artefact } of trainGroups) {
    const { directory } = await openArtefact(join(runDirectory, artefact));
    groups.push(...(await readJsonl(join(directory, "groups.jsonl"), groupSchema)));
  }
  await writeJsonl(join(to, "train.jsonl"), rowsIn(format, groups));
}
