/** `notes.jsonl` beside a run: the reader's own marks and notes on questions, one change a line; the last one of a question holds. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { OwnNote } from "../analysis/index.ts";
import { writeFileAtomic } from "../core/files.ts";
import { scanRows } from "../core/jsonl.ts";
import { withLock } from "../core/lock.ts";
import { silent } from "../core/progress.ts";
import { runFiles } from "../experiment/index.ts";

export const noteSchema = z.object({
  task: z.string().max(1000),
  id: z.string().min(1).max(10_000),
  marked: z.boolean(),
  text: z.string().max(10_000),
});
const lineSchema = noteSchema.extend({ at: z.string() });

export interface ReadNotes {
  /** That are not empty. */
  notes: OwnNote[];
  /** Lines that cannot be read. */
  damaged: number;
}

export async function readNotes(runDirectory: string): Promise<ReadNotes> {
  const file = join(runDirectory, runFiles.notes);
  if (!existsSync(file)) return { notes: [], damaged: 0 };
  const { rows, problems } = await scanRows(file, lineSchema);
  const notes = new Map<string, OwnNote>();
  for (const { value } of rows) {
    const { at: _, ...note } = value;
    notes.set(JSON.stringify([note.task, note.id]), note);
  }
  const damaged = new Set(problems.map(({ where }) => where)).size;
  return { notes: [...notes.values()].filter(({ marked, text }) => marked || text !== ""), damaged };
}

/** Adds a line: the file is written whole or not at all, and what is in it stays as it is, lines of another hand too. */
export function addNote(runDirectory: string, note: OwnNote): Promise<void> {
  const file = join(runDirectory, runFiles.notes);
  const line: z.infer<typeof lineSchema> = { ...note, at: new Date().toISOString() };
  const add = async (): Promise<void> => {
    const before = existsSync(file) ? await readFile(file, "utf8") : "";
    const ended = before === "" || before.endsWith("\n") ? before : `${before}\n`;
    await writeFileAtomic(file, `${ended}${JSON.stringify(line)}\n`);
  };
  return withLock(`${file}.lock`, add, { purpose: "another aft view keeps a note", progress: silent });
}
