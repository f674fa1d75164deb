import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { inputError, systemCode } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";

const lockSchema = z.strictObject({
  files: z.record(z.string(), z.strictObject({ sha256: z.string(), bytes: z.int(), address: z.string() })),
});
export type Lock = z.output<typeof lockSchema>;

/** Beside the data: the digests of files whose publisher names none, as they were when they first came. */
export const lockPath = (folder: string): string => join(folder, "aft-data.lock.json");

export async function readLock(folder: string): Promise<Lock> {
  const path = lockPath(folder);
  try {
    return lockSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return { files: {} };
    throw inputError(
      {
        what: "the lock file of this dataset cannot be read",
        where: path,
        fix: "delete it if you trust the files beside it: the next `aft data get` writes it anew",
      },
      { cause: error },
    );
  }
}

/** Adds a file's digest; what is there already stays. */
export async function addToLock(folder: string, path: string, entry: Lock["files"][string]): Promise<void> {
  const { files } = await readLock(folder);
  await writeFileAtomic(
    lockPath(folder),
    `${JSON.stringify({ files: { ...files, [path]: entry } }, null, 2)}\n`,
  );
}
