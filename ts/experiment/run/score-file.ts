import { existsSync } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Worker } from "../../bridge/index.ts";
import { marksOf, openAppend } from "../../core/append.ts";
import { digestOf, digestOfFile } from "../../core/digest.ts";
import { AftError, inputError } from "../../core/errors.ts";
import { writeError, writeFileAtomic } from "../../core/files.ts";
import { unlessInterrupted } from "../../core/interrupt.ts";
import { noRows, readJsonl } from "../../core/jsonl.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { type Group, groupSchema } from "../../core/records.ts";
import { sumOf } from "../../core/sum.ts";
import { LazyWorker } from "../worker/lazy-worker.ts";
import { Restarts } from "../worker/restarts.ts";
import { scoreGroups } from "../worker/scoring.ts";
import { tellOnce } from "../worker/told.ts";

export interface ScoreFileOptions {
  /** A folder in Hugging Face format, or a hub id. */
  model: string;
  input: string;
  output: string;
  device: string;
  maxTokensPerBatch: number;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** `name` or `organisation/name`; anything else can only be a path. */
const hubId = /^\w[\w.-]*(\/\w[\w.-]*)?$/;

export interface ScoredCounts {
  groups: number;
  candidates: number;
}

/**
 * Scores a file of groups into another. The output appears when it is whole; until then its rows are kept in
 * `OUTPUT.partial`, from which the same command goes on.
 */
export async function scoreFile(options: ScoreFileOptions): Promise<ScoredCounts> {
  try {
    return await scoreRows(options);
  } catch (error) {
    throw unlessInterrupted(error, options.signal, "interrupted: the same command goes on from here");
  }
}

async function scoreRows(options: ScoreFileOptions): Promise<ScoredCounts> {
  if (existsSync(options.output) && (await stat(options.output)).isDirectory())
    throw inputError({ what: "is a folder", where: options.output, expected: "a file to write to" });
  if (!existsSync(options.model) && !hubId.test(options.model))
    throw inputError({
      what: "no such folder",
      where: options.model,
      expected: "a folder with a model in Hugging Face format, or a hub id",
    });
  const groups = await readJsonl(options.input, groupSchema);
  if (groups.length === 0) throw noRows(options.input, "group");
  const { progress, signal } = options;
  const workers = new LazyWorker({ transport: "stdio" }, progress, signal);
  const restarts = new Restarts(workers, progress, signal);
  try {
    await restarts.outlive("score", progress, async (progress) =>
      scoreMissing(groups, await workers.get(), { ...options, progress }),
    );
    return { groups: groups.length, candidates: sumOf(groups, ({ candidates }) => candidates.length) };
  } finally {
    restarts.summarize();
    await workers.close();
  }
}

async function scoreMissing(
  groups: readonly Group[],
  worker: Worker,
  { model: source, device, input, output, maxTokensPerBatch, progress, signal }: ScoreFileOptions,
): Promise<void> {
  const { model, digest, note } = await worker.request("model/load", {
    source: existsSync(source) ? resolve(source) : source,
    dtype: "auto",
    attention: "auto",
    device,
  });
  tellOnce(worker, note, progress);
  const partial = await openPartial(output, digestOf([digest, await digestOfFile(input)]), progress);
  try {
    const scoring = {
      worker,
      model,
      maxTokensPerBatch,
      label: "score",
      progress,
      signal,
      from: partial.done,
    };
    await scoreGroups(groups.slice(partial.done), scoring, partial.append);
  } finally {
    await partial.close();
  }
  await partial.finish();
}

/** The rows done so far, good only for the same weights and the same input: their digest lies beside them. */
async function openPartial(output: string, identity: string, progress: ProgressSink) {
  const rows = `${output}.partial`;
  const note = `${output}.partial.of`;
  const same = (await readFile(note, "utf8").catch(() => "")) === identity;
  if (!same) for (const file of [marksOf(rows), rows]) await rm(file, { force: true });
  await writeFileAtomic(note, identity);
  const { append, close } = await openAppend<Group>(rows, (text) => progress.note(text));
  const done = await readJsonl(rows, groupSchema).then(
    (scored) => scored.length,
    async (error: unknown) => {
      await close();
      throw error instanceof AftError
        ? inputError({ ...error.problems[0]!, fix: `remove ${rows} to score from the beginning` })
        : error;
    },
  );
  return {
    done,
    append,
    close,
    async finish() {
      await rm(marksOf(rows), { force: true });
      await rename(rows, output).catch((error: unknown) => {
        throw writeError(output, error);
      });
      await rm(note, { force: true });
    },
  };
}
