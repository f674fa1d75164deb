/**
 * The store of artefacts: one directory for each piece of work, named by the digest of what went into it
 * (stage, settings, the inputs' digests, the version of the code's formats). The same work is never done
 * twice, across experiments too. An artefact is complete when its `manifest.json` has been renamed into
 * place; before that its directory can be resumed and is never read as an input.
 */
import { readdir, rm, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { digestOf, digestOfFile } from "../../core/digest.ts";
import { failure } from "../../core/errors.ts";
import { makeFolder, shownPath, writeError } from "../../core/files.ts";
import { withLock } from "../../core/lock.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { JsonFile } from "./files.ts";

/** Raised when the files of all stages change their form or meaning, so that older artefacts are not mistaken for new. */
export const storeVersion = 2;

/** What an artefact is made from; all of it goes into its key. */
export interface Recipe {
  stage: string;
  /** The version of the stage that makes it. */
  codeVersion: number;
  settings: unknown;
  /** Role to key of each input artefact. */
  inputs: Record<string, string>;
}

/** What a manifest tells of any stage's artefact. What a stage leaves beside it is checked by that stage's schema. */
const factsSchema = z.looseObject({
  tokens: z.int().optional().meta({ description: "that went through the model" }),
  environment: z
    .looseObject({ versions: z.record(z.string(), z.string()), device: z.string() })
    .optional()
    .meta({ description: "of the worker that made it" }),
  memory: z
    .looseObject({ peakResidentBytes: z.number().optional(), peakAcceleratorBytes: z.number().optional() })
    .optional()
    .meta({ description: "the worker's highest use up to the stage's end; older artefacts do not tell it" }),
});

const manifestSchema = z.object({
  stage: z.string(),
  codeVersion: z.int(),
  settings: z.unknown(),
  inputs: z.record(z.string(), z.string()),
  key: z.string(),
  storeVersion: z.int(),
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
  facts: factsSchema,
  /** Seconds of work in all, those before an interruption included. */
  seconds: z.number(),
  finishedAt: z.string(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export interface Artefact {
  key: string;
  directory: string;
  manifest: Manifest;
  /** True when it was there before this call. */
  reused: boolean;
}

export const keyOf = (recipe: Recipe): string => digestOf({ ...recipe, storeVersion });

const keyLengthInName = 16;
const manifestFile = new JsonFile("manifest.json", manifestSchema);
/** Of an artefact that was broken off: how long it was worked on. */
const unfinishedFile = new JsonFile("unfinished.json", z.looseObject({ seconds: z.number() }));

export class Store {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  directoryOf(recipe: Recipe): string {
    return join(this.root, `${recipe.stage}-${keyOf(recipe).slice(0, keyLengthInName)}`);
  }

  /** The finished artefact of a recipe, or undefined. One whose files are gone or cut does not count as finished. */
  async find(recipe: Recipe): Promise<Artefact | undefined> {
    const directory = this.directoryOf(recipe);
    const manifest = await manifestFile.find({ directory });
    if (manifest === undefined || manifest.key !== keyOf(recipe)) return undefined;
    if (!(await filesAreWhole(directory, manifest))) return undefined;
    return { key: manifest.key, directory, manifest, reused: true };
  }

  /**
   * Gives the artefact of a recipe, making it when it is not there. `work` writes into the directory and may
   * find there what an interrupted run left; it returns the facts for the manifest.
   */
  async make(
    recipe: Recipe,
    progress: ProgressSink,
    work: (directory: string) => Promise<object>,
    signal?: AbortSignal,
  ): Promise<Artefact> {
    const directory = this.directoryOf(recipe);
    const waitingFor = `another aft is working on ${shownPath(directory)}`;
    const makeOnce = async (): Promise<Artefact> => {
      const finished = await this.find(recipe);
      if (finished !== undefined) return finished;
      if (manifestFile.isIn({ directory })) {
        progress.note(`${directory}: files are missing or cut; making it again`);
        await rm(directory, { recursive: true, force: true });
      }
      return build(directory, recipe, work);
    };
    return withLock(`${directory}.lock`, makeOnce, { purpose: waitingFor, progress, signal });
  }
}

async function build(
  directory: string,
  recipe: Recipe,
  work: (directory: string) => Promise<object>,
): Promise<Artefact> {
  await makeFolder(directory).catch((error: unknown) => {
    throw writeError(directory, error);
  });
  const { seconds: secondsBefore } = (await unfinishedFile.find({ directory })) ?? { seconds: 0 };
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
  const manifest: Manifest = {
    ...recipe,
    key: keyOf(recipe),
    storeVersion,
    files: await describeFiles(directory),
    facts: { ...facts },
    seconds: spent(),
    finishedAt: new Date().toISOString(),
  };
  await manifestFile.write({ directory }, manifest, 2);
  return { key: manifest.key, directory, manifest, reused: false };
}

/** Opens a finished artefact by its directory (reports and exports find theirs so). */
export async function openArtefact(directory: string): Promise<Artefact> {
  const manifest = await manifestFile.find({ directory });
  if (manifest === undefined || !(await filesAreWhole(directory, manifest)))
    throw failure({
      what: "an artefact of this run is missing or damaged",
      where: directory,
      fix: "run the experiment again: only what is missing is made",
    });
  return { key: manifest.key, directory, manifest, reused: true };
}

async function filesAreWhole(directory: string, manifest: Manifest): Promise<boolean> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const status = await stat(join(directory, name)).catch(() => undefined);
    if (status?.size !== bytes) return false;
  }
  return true;
}

async function describeFiles(directory: string): Promise<Manifest["files"]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files: Manifest["files"] = {};
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[relative(directory, path)] = { bytes: (await stat(path)).size, sha256: await digestOfFile(path) };
  }
  return files;
}
