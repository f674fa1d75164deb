/** Whole runs whose worker dies at chosen moments, and what they come to. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "../../ts/core/digest.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, temporaryFolder } from "../e2e/aft.ts";

/** `train/step 5 within`: see tests/warm/dying.py. */
export async function runWithDeaths(args: readonly string[], deaths: readonly string[]) {
  const runs = await temporaryFolder();
  const file = join(await temporaryFolder(), "deaths");
  return { runs, file, done: await aftWithDeaths(["run", ...args, "--runs", runs], deaths, file) };
}

/** @param file names the deaths, in the environment of each process */
export async function aftWithDeaths(args: readonly string[], deaths: readonly string[], file?: string) {
  file ??= join(await temporaryFolder(), "deaths");
  await writeFile(file, deaths.map((death) => `${death}\n`).join(""));
  return aft(args, {
    // ranks are started anew, and know of the module by the path alone
    env: { AFT_HANDLERS: "dying", AFT_DEATHS: file, PYTHONPATH: join(projectRoot, "tests", "warm") },
  });
}

/** Fields that tell how long something took, or on what. */
const passing = new Set(["seconds", "tokensPerSecond", "finishedAt", "memory", "sha256", "bytes", "digest"]);

const lasting = (key: string, value: unknown): unknown => (passing.has(key) ? undefined : value);

/**
 * The digest of every file of every artefact, by artefact and file. Samples are as many and the same in whatever order they
 * came; what tells how long it took is left out.
 * @param kept what is compared of a field, for one that is not to be the same to the last digit
 */
export async function contentOf(runs: string, kept = asItIs): Promise<Record<string, string>> {
  const root = join(runs, "artefacts");
  const content: Record<string, string> = {};
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (!entry.isFile() || /\.lock|^\.verified/.test(name)) continue;
    content[name] = digestOf(await rowsOf(path, kept));
  }
  return content;
}

const asItIs = (_: string, value: unknown): unknown => value;

async function rowsOf(path: string, kept: typeof asItIs): Promise<unknown> {
  const bytes = await readFile(path);
  if (!/\.jsonl?$/.test(path) || /checkpoint|tokenizer/.test(path)) return bytes.toString("base64");
  const rows = bytes
    .toString()
    .split(path.endsWith(".jsonl") ? "\n" : /(?!)/)
    .filter((line) => line !== "")
    .map((line) => JSON.stringify(JSON.parse(line), (key, value) => kept(key, lasting(key, value))));
  return /(candidates|greedy)\.jsonl$/.test(path) ? rows.sort() : rows;
}
