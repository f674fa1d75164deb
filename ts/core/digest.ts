import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** JSON with object keys sorted at every depth: equal values give equal text, whatever order they were built in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** SHA-256 of a value's canonical JSON, in hex. */
export const digestOf = (value: unknown): string =>
  createHash("sha256").update(canonicalJson(value)).digest("hex");

/** Large enough that reading costs little beside the digest. */
const chunkBytes = 1 << 20;

/** SHA-256 of a file's bytes, in hex, read as a stream. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }))
    hash.update(chunk as Buffer);
  return hash.digest("hex");
}
