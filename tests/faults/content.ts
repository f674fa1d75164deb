/** What a runs folder holds, less what tells when and how long: equal for two runs that came to the same. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "../../ts/core/digest.ts";

/** Fields that tell how long something took, or on what. */
const passing = new Set([
  "seconds",
  "tokensPerSecond",
  "finishedAt",
  "memory",
  "sha256",
  "bytes",
  "digest",
  "checksum",
]);

export /** Of a sample the last digits depend on which others were drawn at once: a resumed run has others beside it. */
const lasting = (key: string, value: unknown): unknown =>
  passing.has(key)
    ? undefined
    : key === "logprob" && typeof value === "number"
      ? value.toPrecision(5)
      : value;

/**
 * The digest of every file of every artefact, by artefact and file. Samples are as many and the same in whatever order they
 * came; what tells how long it took is left out.
 * @param kept what is compared of a field of a row
 */
export const contentOf = (runs: string, kept = lasting): Promise<Record<string, string>> =>
  digests(
    join(runs, "artefacts"),
    (name) => !/\.lock|^\.verified|(^|\/)\.([^/]+\.)?sha256$/.test(name),
    kept,
  );

async function digests(
  root: string,
  counts: (name: string) => boolean,
  kept = lasting,
): Promise<Record<string, string>> {
  const content: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (entry.isFile() && counts(name)) content[name] = digestOf(await rowsOf(path, kept));
  }
  return content;
}

async function rowsOf(path: string, kept: typeof lasting): Promise<unknown> {
  const bytes = await readFile(path);
  if (!/\.jsonl?$/.test(path) || /checkpoint|tokenizer/.test(path)) return bytes.toString("base64");
  const rows = bytes
    .toString()
    .split(path.endsWith(".jsonl") ? "\n" : /(?!)/)
    .filter((line) => line !== "")
    .map((line) => JSON.stringify(JSON.parse(line), kept));
  return /(candidates|greedy)\.jsonl$/.test(path) ? rows.sort() : rows;
}

/** What a run's own folder says of what it came to: its table, and the answers of each method. */
export const resultOf = (runs: string, name: string): Promise<Record<string, string>> =>
  digests(join(runs, name), (file) => /^(table\.txt|picture\.svg|predictions\/.*)$/.test(file));

/** The first file that differs, in words; undefined: none. */
export function differenceOf(
  wanted: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
): string | undefined {
  for (const name of new Set([...Object.keys(wanted), ...Object.keys(found)]))
    if (wanted[name] !== found[name])
      return `${name} ${found[name] === undefined ? "is missing" : wanted[name] === undefined ? "is one too many" : "differs"}`;
  return undefined;
}
