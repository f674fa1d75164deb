/** What a repository holds already beside what is to be pushed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { digestOfFile } from "../../../core/digest.ts";

/** A file as the hub lists it: large ones by SHA-256, the others by git's own digest. */
export interface Listed {
  path: string;
  size: number;
  oid?: string | undefined;
  lfs?: { oid: string } | undefined;
}

/** What the hub itself puts into a new repository. */
const ofTheHub = new Set([".gitattributes"]);

/** The listed files that are not these ones with the same content; `local`: paths in the repository to files here. */
export async function othersIn(
  listed: readonly Listed[],
  local: ReadonlyMap<string, string>,
): Promise<string[]> {
  const others: string[] = [];
  for (const entry of listed) {
    const file = local.get(entry.path);
    if (ofTheHub.has(entry.path)) continue;
    if (file === undefined || !(await isSame(entry, file))) others.push(entry.path);
  }
  return others;
}

async function isSame({ size, oid, lfs }: Listed, file: string): Promise<boolean> {
  if ((await stat(file)).size !== size) return false;
  return lfs === undefined ? (await gitDigest(file, size)) === oid : (await digestOfFile(file)) === lfs.oid;
}

async function gitDigest(file: string, size: number): Promise<string> {
  const hash = createHash("sha1").update(`blob ${size}\0`);
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest("hex");
}
