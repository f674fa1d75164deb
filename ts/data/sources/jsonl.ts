import { z } from "zod";
import { scanRows } from "../../core/jsonl.ts";
import { type Source, sourceOf } from "./source.ts";

export const anyRow = z.record(z.string(), z.unknown());

/** JSON Lines: one object a line, blank lines left out. */
export async function readJsonLines(file: string): Promise<Source> {
  const { rows, problems } = await scanRows(file, anyRow);
  return sourceOf(file, rows, problems);
}
