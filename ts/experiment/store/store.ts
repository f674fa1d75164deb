/**
 * The store of artefacts: one directory for each piece of work, named by the digest of what went into it
 * (stage, settings, the inputs' digests, the version of the code's formats). The same work is never done
 * twice, across experiments too. An artefact is complete when its `manifest.json` has been renamed into
 * place; before that its directory can be resumed and is never read as an input.
 */
import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { digestOfFile } from "../../core/digest.ts";
import { failure } from "../../core/errors.ts";
import { makeFolder, removeLeftovers, shownPath, writeError } from "../../core/files.ts";
import { holderInWords, withLock } from "../../core/lock.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { JsonFile } from "./files.ts";
import {
  isPartUnderWay,
  isSound,
  keyOf,
  type Manifest,
  manifestFile,
  type Recipe,
  storeVersion,
} from "./manifest.ts";
import { type Damage, damageIn, type Reading, rememberDigests } from "./verify.ts";

export interface Artefact {
  key: string;
  directory: string;
  manifest: Manifest;
  /** True when it was there before this call. */
  reused: boolean;
}

const keyLengthInName = 16;
/** Of an artefact that is not at its end: what it is made from, and how long it was worked on. */
const unfinishedFile = new JsonFile(
  "unfinished.json",
  z.looseObject({ seconds: z.number(), inputs: z.record(z.string(), z.string()).optional() }),
  { seal: "checksum" },
);

export class Store {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  directoryOf(recipe: Recipe): string {
    return join(this.root, `${recipe.stage}-${keyOf(recipe).slice(0, keyLengthInName)}`);
  }

  /**
   * The finished artefact of a recipe, or undefined. One whose files are gone or are not what was written does not count as
   * finished.
   */
  async find(recipe: Recipe, reading: Reading = withoutWeights): Promise<Artefact | undefined> {
    const { artefact, damage } = await this.look(recipe, reading);
    return damage.length === 0 ? artefact : undefined;
  }

  /** With what is wrong with it; no artefact where there is none, or only one whose manifest is damaged. */
  private async look(
    recipe: Recipe,
    reading: Reading,
  ): Promise<{ artefact: Artefact | undefined; damage: Damage[] }> {
    const directory = this.directoryOf(recipe);
    if (!manifestFile.isIn({ directory })) return { artefact: undefined, damage: [] };
    const { manifest, damage } = await damageOf(directory, reading);
    if (manifest === undefined || manifest.key !== keyOf(recipe))
      return { artefact: undefined, damage: [manifestDamage] };
    return { artefact: { key: manifest.key, directory, manifest, reused: true }, damage };
  }

  /**
   * Gives the artefact of a recipe, making it when it is not there. `work` writes into the directory and may
   * find there what an interrupted run left; it returns the facts for the manifest.
   */
  async make(
    recipe: Recipe,
    progress: ProgressSink,
    work: (directory: string) => Promise<object>,
    { signal, weights = false }: MakeOptions = {},
  ): Promise<Artefact> {
    const directory = this.directoryOf(recipe);
    const waitingFor = `another aft is working on ${shownPath(directory)}`;
    const makeOnce = async (): Promise<Artefact> => {
      const { artefact, damage } = await this.look(recipe, { weights, signal });
      const [first] = damage;
      if (artefact !== undefined && first === undefined) return artefact;
      if (first !== undefined) {
        progress.note(`${shownPath(directory)}: ${first.file} ${first.what}; making it again`);
        const times = damage.flatMap(({ since }) => since ?? []);
        if (times.length > 0) await this.removeMadeFrom(keyOf(recipe), Math.min(...times), progress);
        await rm(directory, { recursive: true, force: true });
      }
      return build(directory, recipe, work);
    };
    return withLock(`${directory}.lock`, makeOnce, { purpose: waitingFor, progress, signal });
  }

  /**
   * Removes what was made from an artefact after this time, in ms, and what was made from that in turn, whichever
   * experiment it is of: it is made again when something needs it.
   */
  private async removeMadeFrom(key: string, since: number, progress: ProgressSink): Promise<void> {
    for (const name of await readdir(this.root)) {
      const directory = join(this.root, name);
      const finished = await manifestFile.find({ directory });
      const made = finished ?? (await unfinishedFile.find({ directory }));
      if (made === undefined || !Object.values(made.inputs ?? {}).includes(key)) continue;
      if (finished === undefined && (await holderInWords(`${directory}.lock`)) !== undefined) continue;
      if (finished !== undefined && Date.parse(finished.finishedAt) <= since) continue;
      progress.note(`${shownPath(directory)}: was made from a damaged artefact; removed`);
      if (finished !== undefined) await this.removeMadeFrom(finished.key, since, progress);
      await rm(directory, { recursive: true, force: true });
    }
  }
}

const withoutWeights: Reading = { weights: false };

export interface MakeOptions {
  signal?: AbortSignal | undefined;
  /** Whether its weights are loaded by what comes after: they are held against the manifest then. */
  weights?: boolean;
}

const manifestDamage: Damage = { file: manifestFile.name, what: "is damaged" };

async function build(
  directory: string,
  recipe: Recipe,
  work: (directory: string) => Promise<object>,
): Promise<Artefact> {
  await makeFolder(directory).catch((error: unknown) => {
    throw writeError(directory, error);
  });
  const { seconds: secondsBefore } = (await unfinishedFile.find({ directory })) ?? { seconds: 0 };
  await unfinishedFile.write({ directory }, { ...recipe, seconds: secondsBefore });
  const started = performance.now();
  const spent = (): number => secondsBefore + (performance.now() - started) / 1000;
  let facts: object;
  try {
    facts = await work(directory);
  } catch (error) {
    // Only so that the duration in the manifest is that of all the work; losing it must not hide the error.
    await unfinishedFile.write({ directory }, { ...recipe, seconds: spent() }).catch(() => {});
    throw error;
  }
  await rm(unfinishedFile.pathIn({ directory }), { force: true });
  const readAt = Date.now();
  const manifest: Manifest = {
    ...recipe,
    key: keyOf(recipe),
    storeVersion,
    files: await describeFiles(directory),
    facts: { ...facts },
    seconds: spent(),
    finishedAt: new Date().toISOString(),
  };
  await rememberDigests(directory, manifest.files, readAt);
  await manifestFile.write({ directory }, manifest, 2);
  // Last: by the digests among them a run that is broken off before knows what it goes on from.
  await removeLeftovers(directory);
  return { key: manifest.key, directory, manifest, reused: false };
}

/** What is wrong with the artefact in a folder, whatever it was made from; empty: nothing. */
export async function damageOf(
  directory: string,
  reading: Reading,
): Promise<{ manifest: Manifest | undefined; damage: Damage[] }> {
  const manifest = await manifestFile.find({ directory });
  if (manifest === undefined || !isSound(manifest)) return { manifest: undefined, damage: [manifestDamage] };
  return { manifest, damage: await damageIn(directory, manifest, reading) };
}

/** Opens a finished artefact by its directory (reports and exports find theirs so). */
export async function openArtefact(directory: string, reading: Reading = withoutWeights): Promise<Artefact> {
  const { manifest, damage } = await damageOf(directory, reading);
  if (manifest !== undefined && damage.length === 0)
    return { key: manifest.key, directory, manifest, reused: true };
  const { file, what } = damage[0]!;
  throw failure({
    what: "an artefact of this run is missing or damaged",
    where: directory,
    ...(existsSync(directory) ? { found: `${file} ${what}` } : {}),
    fix: "run the experiment again: only what is missing is made",
  });
}

/** Refuses what a stage is to go on from where it is no more what was written. */
export async function refuseDamaged(inputs: readonly Artefact[], signal?: AbortSignal): Promise<void> {
  for (const { directory, manifest } of inputs) {
    const [first] = await damageIn(directory, manifest, { weights: true, signal });
    if (first !== undefined)
      throw failure({
        what: `an artefact was damaged: ${first.file} ${first.what}`,
        where: directory,
        fix: "run the same command again: it is made anew",
      });
  }
}

async function describeFiles(directory: string): Promise<Manifest["files"]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files: Manifest["files"] = {};
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    if (isPartUnderWay(name)) continue;
    files[name] = { bytes: (await stat(path)).size, sha256: await digestOfFile(path) };
  }
  return files;
}
