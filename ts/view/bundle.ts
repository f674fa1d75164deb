/** The pages as a static site, which can be opened from a disk or published anywhere: written whole or not at all. */
import { existsSync } from "node:fs";
import { copyFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { dataFolder } from "../analysis/index.ts";
import { inputError, systemCode } from "../core/errors.ts";
import { makeFolder, writeError } from "../core/files.ts";
import type { ProgressSink } from "../core/progress.ts";
import { runFiles } from "../experiment/index.ts";
import { home, type Path, pageOfPair, pageOfRun } from "./links.ts";
import { ownDataFolder } from "./questions.ts";
import { Site } from "./site.ts";
import { sweepsOf } from "./sweeps.ts";

export interface BundleResult {
  directory: string;
  runs: number;
  /** Pages that show two runs side by side. */
  pairs: number;
  files: number;
  bytes: number;
}

export interface BundleOptions {
  runsDirectory: string;
  /** By name; all when left out. */
  only?: readonly string[] | undefined;
  progress: ProgressSink;
  signal: AbortSignal;
}

/** With more runs every two of them would be thousands of pages. */
const mostCompared = 8;
/** By this a folder is known as one that may be written anew. */
const markFile = "aft-view.json";

export async function writeBundle(to: string, options: BundleOptions): Promise<BundleResult> {
  const { runsDirectory, only, progress, signal } = options;
  const directory = resolve(to);
  await refuseOther(directory);
  let order: string[] = [];
  const site = new Site({
    ...{ runsDirectory, only, live: false },
    // A page for both ways round would be twice the work.
    pairs: (...pair) => {
      const [first, second] = order.filter((name) => pair.includes(name));
      return second === undefined ? undefined : pageOfPair(first!, second);
    },
  });
  const names = await site.names();
  order = await newest(site, names);
  const pairs = order.flatMap((a, at) => order.slice(at + 1).map((b) => pageOfPair(a, b)));
  const draft = join(dirname(directory), `.${basename(directory)}.writing-${process.pid}`);
  const result = { directory, runs: names.length, pairs: pairs.length, files: 0, bytes: 0 };
  const label = "writing pages";
  const pages = [home, ...names.map((name) => pageOfRun(name)), ...pairs];
  const ofRuns = [...names, ...sweepsOf(names)];
  const total = pages.length + ofRuns.length;
  let done = 0;
  const write = async (path: Path): Promise<void> => {
    signal.throwIfAborted();
    const content = await site.contentOf(path);
    if (content === undefined) return;
    const file = join(draft, path);
    await makeFolder(dirname(file));
    if ("file" in content) await copyFile(content.file, file);
    else await writeFile(file, "html" in content ? content.html : content.script);
    result.files++;
    result.bytes += (await stat(file)).size;
  };
  const tell = (): void => progress.update({ label, done: done++, total, unit: "pages" });
  try {
    for (const path of pages) {
      tell();
      await write(path);
    }
    for (const name of ofRuns) {
      tell();
      await writeReport(site, name, write);
    }
    const mark = {
      format: 1,
      writtenBy: "aft view --bundle",
      writtenAt: new Date().toISOString(),
      ...counts(result),
    };
    await writeFile(join(draft, markFile), `${JSON.stringify(mark, null, 2)}\n`);
    await put(draft, directory);
  } catch (error) {
    throw signal.aborted || systemCode(error) === undefined ? error : writeError(directory, error);
  } finally {
    progress.end(label);
    await rm(draft, { recursive: true, force: true });
  }
  return result;
}

const counts = ({ runs, files, bytes }: BundleResult) => ({ runs, files, bytes });

/** The report as it is, the page of its questions, and what both read their texts from. */
async function writeReport(site: Site, name: string, write: (path: Path) => Promise<void>): Promise<void> {
  await write(pageOfRun(name, runFiles.page));
  const folder = join(site.watch.directory, name);
  if (!existsSync(join(folder, runFiles.page)) || !(await site.names()).includes(name)) return;
  await write(pageOfRun(name, "questions.html"));
  for (const file of await site.questionFiles(name)) await write(pageOfRun(name, `${ownDataFolder}/${file}`));
  for (const file of await readdir(join(folder, dataFolder)).catch(() => []))
    await write(pageOfRun(name, `${dataFolder}/${file}`));
}

/** Those that ended last, of the ones that can be compared. */
async function newest(site: Site, names: readonly string[]): Promise<string[]> {
  const runs = await Promise.all((await site.comparable(names)).map((name) => site.watch.run(name)));
  return runs
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, mostCompared)
    .map(({ name }) => name);
}

async function refuseOther(directory: string): Promise<void> {
  const status = await stat(directory).catch(() => undefined);
  if (status === undefined) return;
  const expected = "a folder that is empty, that is not there yet, or that aft view --bundle wrote";
  if (!status.isDirectory()) throw inputError({ what: "is a file", where: directory, expected });
  const names = await readdir(directory);
  if (names.length > 0 && !names.includes(markFile))
    throw inputError({
      what: "this folder holds other files",
      where: directory,
      found: names.slice(0, 3).join(", "),
      expected,
    });
}

/** In the place of the older one, which goes only when the new one is there. */
async function put(draft: string, directory: string): Promise<void> {
  const old = `${draft}-old`;
  const isThere = existsSync(directory);
  if (isThere) await rename(directory, old);
  try {
    await rename(draft, directory);
  } catch (error) {
    if (isThere) await rename(old, directory);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
