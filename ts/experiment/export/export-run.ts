import { constants, existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { defined } from "../../core/defined.ts";
import { inputError, nearestName } from "../../core/errors.ts";
import { isUnderWay, makeFolder, writeError, writeFileAtomic } from "../../core/files.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { summaryOf } from "../run/read-summary.ts";
import { type RunRecord, readRunRecord } from "../run/run-record.ts";
import { weightsIn } from "../store/files.ts";
import { openArtefact } from "../store/store.ts";
import { copyAdapter, holdsAdapter, mergeAdapter } from "./adapter.ts";
import { datasetCard } from "./card/dataset-card.ts";
import { evalResults, evalResultsFile } from "./card/eval-results.ts";
import { modelCard } from "./card/model-card.ts";
import type { ExportFormat } from "./formats.ts";
import { writeGroups } from "./groups.ts";

export interface ExportOptions {
  /** A folder that is not there yet. */
  to: string;
  method?: string | undefined;
  seed?: number | undefined;
  /** The judged training samples in this form, in place of weights. */
  data?: ExportFormat | undefined;
  /** A LoRA adapter as it is, in place of merged weights. */
  adapter?: boolean | undefined;
  /** Where the folder will be published, `ORGANISATION/NAME`: its card says so. */
  repository?: string | undefined;
  /** Of merging, which needs a worker. */
  progress?: ProgressSink;
  signal?: AbortSignal;
}

type Seed = RunRecord["seeds"][number];

/** What is exported. */
interface Source {
  directory: string;
  record: RunRecord;
  seed: Seed;
}

/** Copies a method's weights (Hugging Face format, with a model card) or a run's data out of the store. */
export async function exportRun(directory: string, options: ExportOptions): Promise<string[]> {
  // With a slash at its end the neighbour below would be a child of it.
  const to = resolve(options.to);
  const record = await readRunRecord(directory);
  if (existsSync(to))
    throw inputError({
      what: "the folder to export to is there already",
      where: options.to,
      expected: "a new folder",
    });
  const source: Source = { directory, record, seed: seedOf(record, options.seed) };
  // Filled beside its place and renamed: a cut-off export leaves nothing that looks like one.
  const unfinished = `${to}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  try {
    await makeFolder(unfinished);
    if (options.data === undefined) await exportModel(source, options, { draft: unfinished, to });
    else await exportData(source, options, unfinished);
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error instanceof Error && "code" in error ? writeError(to, error) : error;
  }
  return [options.to];
}

function seedOf({ seeds }: RunRecord, wanted: number | undefined): Seed {
  const chosen = wanted === undefined ? seeds[0] : seeds.find(({ seed }) => seed === wanted);
  if (chosen !== undefined) return chosen;
  throw inputError({
    what: "this run has no such seed",
    found: wanted,
    expected: `one of ${seeds.map(({ seed }) => seed).join(", ")}`,
  });
}

/** The arm of the wanted method, or the only one. */
function armOf({ arms }: Seed, wanted: string | undefined): Seed["arms"][number] {
  const names = arms.map(({ method }) => method);
  const arm =
    wanted === undefined && arms.length === 1 ? arms[0] : arms.find(({ method }) => method === wanted);
  if (arm !== undefined) return arm;
  throw inputError({
    ...(wanted === undefined
      ? { what: "the run has several methods: say whose weights" }
      : { what: "this run has no such method", found: wanted, nearest: nearestName(wanted, names) }),
    expected: `--method with one of ${names.join(", ")}`,
  });
}

async function exportModel(
  { directory: runDirectory, record, seed }: Source,
  options: ExportOptions,
  { draft, to }: { draft: string; to: string },
): Promise<void> {
  const arm = armOf(seed, options.method);
  const artefact = await openArtefact(join(runDirectory, arm.checkpoint), { weights: true });
  const checkpoint = weightsIn(artefact);
  const isAdapted = holdsAdapter(checkpoint);
  if (options.adapter === true && !isAdapted)
    throw inputError({
      what: "this run trained all weights: there is no adapter to export",
      where: checkpoint,
      fix: "leave out --adapter",
    });
  const form = !isAdapted ? "weights" : options.adapter === true ? "adapter" : "merged";
  if (form === "weights")
    await cp(checkpoint, draft, {
      recursive: true,
      filter: (path) => !isUnderWay(basename(path)),
      // On file systems that can, without a second copy of the bytes.
      mode: constants.COPYFILE_FICLONE,
    });
  else if (form === "adapter") await copyAdapter(checkpoint, draft, to);
  else await mergeAdapter(checkpoint, draft, options);
  const summary = await summaryOf(runDirectory, {
    what: "the run's report.json is missing or damaged",
    fix: `aft report ${runDirectory}`,
  });
  const { repository } = options;
  const subject = {
    method: arm.method,
    seed: seed.seed,
    artefact,
    form,
    ...defined({ repository }),
  } as const;
  await writeFileAtomic(join(draft, "README.md"), modelCard(record, summary, subject));
  const results = evalResults(record, summary, subject);
  if (results !== undefined) await writeFileAtomic(join(draft, evalResultsFile), results);
}

async function exportData(
  { directory, record, seed }: Source,
  { data, method, repository }: ExportOptions,
  to: string,
): Promise<void> {
  const arms = method === undefined ? seed.arms : [armOf(seed, method)];
  const files = await writeGroups({ directory, seed, arms, format: data! }, to);
  const card = datasetCard(record, { format: data!, seed: seed.seed, files, ...defined({ repository }) });
  await writeFileAtomic(join(to, "README.md"), card);
}
