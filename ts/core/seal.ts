/** Folders that the worker writes with the digests of their files, so that who goes on from one later knows it again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { digestOfFile } from "./digest.ts";
import { jsonIn } from "./json.ts";

/** As `py/aft_worker/folders.py` writes it: file to SHA-256 in hex. */
const sealFile = ".sha256";
const sealSchema = z.record(z.string(), z.string());

/** "model.safetensors is not what was written"; undefined: nothing, or the folder has no seal. */
export async function damageInSealed(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, sealFile), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const written = sealSchema.safeParse(jsonIn(text));
  if (!written.success) return `${sealFile} is damaged`;
  for (const [name, sha256] of Object.entries(written.data)) {
    const found = await digestOfFile(join(folder, name)).catch(() => undefined);
    if (found !== sha256) return `${name} is ${found === undefined ? "missing" : "not what was written"}`;
  }
  return undefined;
}
