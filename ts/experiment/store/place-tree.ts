import { copyFile, link, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeError } from "../../core/files.ts";

/**
 * Puts a folder's files at another place, as hard links: artefacts never change, and weights are large. Where a file
 * system cannot link it is a copy. What was at `to` is taken away first.
 */
export async function placeTree(from: string, to: string, linkFile: typeof link = link): Promise<void> {
  try {
    await rm(to, { recursive: true, force: true });
    await placeFolder(from, to, linkFile);
  } catch (error) {
    throw writeError(to, error);
  }
}

async function placeFolder(from: string, to: string, linkFile: typeof link): Promise<void> {
  await makeFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await placeFolder(source, target, linkFile);
    else await linkFile(source, target).catch(() => copyFile(source, target));
  }
}
