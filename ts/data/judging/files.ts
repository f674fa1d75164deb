/**
 * Judges files into a file, in memory that hardly grows with them. They are read twice: first every row is checked and only
 * where it stands is kept, some thirty bytes; then the questions are judged in their order, some at a time, by as many
 * threads as pay.
 */
import { stat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { inMegabytes } from "../../core/bytes.ts";
import { refuseOwnInput, rereadable, writeFileAtomic } from "../../core/files.ts";
import { hasNoRows, jsonLinesFile, noRows } from "../../core/jsonl.ts";
import { type ProgressSink, silent } from "../../core/progress.ts";
import { sumOf } from "../../core/sum.ts";
import { entryBeside, inThreads, threadsFor } from "../../core/threads.ts";
import { spentTogether } from "../answers/index.ts";
import { type Block, blockJudge, type CandidatesFile, type JudgedBlock, type JudgedFiles } from "./block.ts";
import { addCounts, type JudgeCounts } from "./counts.ts";
import { FilesIndex, type Part } from "./files-index.ts";
import type { ReadFile } from "./rows.ts";
import type { ThreadStart } from "./thread.ts";
import { type NotUnderstood, Unread } from "./unread.ts";

export interface JudgeFilesOptions extends JudgedFiles {
  /** Where the groups are written, all or none. */
  out: string;
  /** Which questions are judged; default: all. */
  part?: Part | undefined;
  progress?: ProgressSink;
  /** What progress is shown under. */
  shownAs?: string;
  signal?: AbortSignal;
  /** How many threads judge, 1: this one; default: as many as pay. */
  threads?: number;
}

export interface JudgedFile {
  counts: JudgeCounts;
  /** Answers that were stated and not understood, the most frequent first: the first of them. */
  notUnderstood: NotUnderstood[];
}

/** Fewer samples than this are judged in the time that a thread takes to start. */
const leastEach = 5_000;
const mostExamples = 5;

/** As `judge`, from files to a file: the same groups, counts and errors. */
export async function judgeFiles({
  out,
  part,
  progress = silent,
  shownAs = "judge",
  signal,
  threads,
  ...judged
}: JudgeFilesOptions): Promise<JudgedFile> {
  const copies: Awaited<ReturnType<typeof rereadable>>[] = [];
  const readable = async (path: string): Promise<ReadFile> => {
    const copy = await rereadable(path, jsonLinesFile);
    copies.push(copy);
    return { path: copy.path, shownAs: path };
  };
  try {
    await refuseOwnInput(out, [judged.questions, ...judged.candidates.map(({ path }) => path)]);
    const questions = await readable(judged.questions);
    const candidates: (ReadFile & CandidatesFile)[] = [];
    for (const file of judged.candidates) candidates.push({ ...file, ...(await readable(file.path)) });
    const total = sumOf(
      await Promise.all([questions, ...candidates].map(({ path }) => stat(path))),
      ({ size }) => size,
    );
    // A stage's own files may be empty: it judges the part of a task that may have no question.
    if (part === undefined)
      for (const { path, shownAs } of [questions, ...candidates])
        if (await hasNoRows(path))
          throw noRows(shownAs ?? path, path === questions.path ? "question" : "candidate");
    const reading = `${shownAs} (reading)`;
    const index = await FilesIndex.of(judged, { questions, candidates }, part, (bytes) => {
      signal?.throwIfAborted();
      progress.update({ label: reading, ...inMegabytes(bytes, total) });
    });
    progress.end(reading);
    const files: JudgedFiles = { ...judged, questions: questions.path, candidates };
    const count = threads ?? threadsFor(index.candidates, leastEach);
    const blocks = count === 1 ? here(files, index.blocks()) : aside(files, index.blocks(), count);
    const unread = new Unread();
    async function* written(): AsyncGenerator<Uint8Array> {
      for await (const block of blocks) {
        signal?.throwIfAborted();
        addCounts(index.counts, block.counts);
        unread.addAll(block.unread);
        const { candidates: done } = index.counts;
        progress.update({ label: shownAs, done, total: index.candidates, unit: "samples" });
        yield block.groups;
      }
    }
    await writeFileAtomic(out, written());
    return { counts: index.counts, notUnderstood: unread.mostFrequent(mostExamples) };
  } finally {
    progress.end(shownAs);
    for (const copy of copies) await copy.end();
  }
}

/** In this thread, which between two blocks hears what else there is, such as Ctrl-C. */
async function* here(files: JudgedFiles, blocks: Iterable<Block>): AsyncGenerator<JudgedBlock> {
  const judge = blockJudge(files);
  for (const block of blocks) {
    yield judge(block);
    await setImmediate();
  }
}

function aside(files: JudgedFiles, blocks: Iterable<Block>, count: number): AsyncGenerator<JudgedBlock> {
  return inThreads(
    entryBeside(import.meta.url, "thread"),
    { files, spent: spentTogether() } satisfies ThreadStart,
    blocks,
    count,
  );
}
