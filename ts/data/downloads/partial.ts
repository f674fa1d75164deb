import { open, readFile, rm, stat } from "node:fs/promises";
import { z } from "zod";
import { writeError, writeFileAtomic } from "../../core/files.ts";

/** What is here of a file that is being downloaded: its bytes in `<file>.partial`, and of what they are beside it. */
export interface Partial {
  bytes: number;
  tag: string | undefined;
}

export const partialOf = (file: string): string => `${file}.partial`;
const noteOf = (file: string): string => `${file}.partial.json`;

const noteSchema = z.object({ address: z.string(), tag: z.string() });

/** What a broken download left, if it can be gone on with: from the same address, of a version that is known. */
export async function leftOver(file: string, address: string): Promise<Partial> {
  const nothing: Partial = { bytes: 0, tag: undefined };
  try {
    const note = noteSchema.parse(JSON.parse(await readFile(noteOf(file), "utf8")));
    const { size } = await stat(partialOf(file));
    return note.address === address ? { bytes: size, tag: note.tag } : nothing;
  } catch {
    return nothing;
  }
}

export async function noteVersion(file: string, address: string, tag: string | undefined): Promise<void> {
  if (tag === undefined) await rm(noteOf(file), { force: true });
  else await writeFileAtomic(noteOf(file), `${JSON.stringify({ address, tag })}\n`);
}

export async function forget(file: string): Promise<void> {
  await rm(partialOf(file), { force: true });
  await rm(noteOf(file), { force: true });
}

/** Writes pieces from some place on; `onBytes` gets how many bytes are there after each. What was written stays. */
export async function appendAll(
  file: string,
  from: number,
  pieces: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const path = partialOf(file);
  const handle = await open(path, from === 0 ? "w" : "r+").catch((error: unknown) => {
    throw writeError(path, error);
  });
  let at = from;
  try {
    await handle.truncate(from);
    for await (const piece of pieces) {
      await handle.write(piece, 0, piece.length, at).catch((error: unknown) => {
        throw writeError(path, error);
      });
      at += piece.length;
      onBytes(at);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return at;
}
