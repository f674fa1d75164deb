import { createHash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, digestOfFile } from "../../core/digest.ts";
import { inputError } from "../../core/errors.ts";

const smallBytes = 8 * 1024 * 1024;
const endBytes = 1024 * 1024;

/**
 * A digest of a model's folder that does not read tens of gigabytes: small files whole; of a large one its size
 * and its first and last MiB (a safetensors file begins with the table of its tensors).
 */
export async function digestOfFolder(folder: string): Promise<string> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw inputError(
      {
        what: "the model's folder cannot be read",
        where: folder,
        expected: "a folder in Hugging Face format",
      },
      { cause: error },
    );
  });
  const parts: unknown[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const status = await stat(path);
    if (!status.isFile()) continue;
    const digest = status.size <= smallBytes ? digestOfFile(path) : digestOfEnds(path, status.size);
    parts.push([name, status.size, await digest]);
  }
  return digestOf(parts);
}

async function digestOfEnds(path: string, size: number): Promise<string> {
  const handle = await open(path);
  try {
    const hash = createHash("sha256");
    for (const start of [0, size - endBytes]) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(endBytes), 0, endBytes, start);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest("hex");
  } finally {
    await handle.close();
  }
}
