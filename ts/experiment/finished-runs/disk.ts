/** What files take on the disk. Artefacts share weights by hard links, which take their space once. */
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

interface Linked {
  bytes: number;
  links: number;
  seen: number;
}

/** By inode, every file below these paths, which may be files. What went meanwhile is left out. */
async function filesBelow(paths: Iterable<string>): Promise<Map<string, Linked>> {
  const files = new Map<string, Linked>();
  const add = async (path: string): Promise<void> => {
    const status = await lstat(path).catch(() => undefined);
    if (status === undefined) return;
    if (status.isDirectory()) {
      for (const name of await readdir(path).catch(() => [])) await add(join(path, name));
      return;
    }
    const inode = `${status.dev} ${status.ino}`;
    const seen = (files.get(inode)?.seen ?? 0) + 1;
    files.set(inode, { bytes: status.size, links: status.nlink, seen });
  };
  for (const path of paths) await add(path);
  return files;
}

const sum = (files: readonly Linked[]): number => files.reduce((total, { bytes }) => total + bytes, 0);

export const bytesOf = async (paths: Iterable<string>): Promise<number> =>
  sum([...(await filesBelow(paths)).values()]);

/** What becomes free with these paths: nothing of a file that is linked from elsewhere too. */
export const bytesFreed = async (paths: Iterable<string>): Promise<number> =>
  sum([...(await filesBelow(paths)).values()].filter(({ links, seen }) => seen >= links));
