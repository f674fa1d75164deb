/** `notes.jsonl` beside a run: the reader's own marks and notes on questions, one change a line; the last one of a question holds. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { OwnNote } from "../analysis/index.ts";
import { openAppend, scanRows } from "../core/jsonl.ts";
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

/** Adds a line; one that a crash tore is cut off first. */
export async function addNote(runDirectory: string, note: OwnNote): Promise<void> {
  const file = await openAppend<z.infer<typeof lineSchema>>(join(runDirectory, runFiles.notes));
  try {
    await file.append([{ ...note, at: new Date().toISOString() }]);
  } finally {
    await file.close();
  }
}
