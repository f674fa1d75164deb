/** What lies in the models folder, and what to do about a model that does not. */
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PackagedModel } from "../../config/index.ts";
import type { Problem } from "../../core/errors.ts";
import { jsonIn } from "../../core/json.ts";
import { keptModel, modelCatalogue } from "../../data/index.ts";

/** In the model's folder: what it was made from, and what that file held. Written last: with it the model is whole. */
export const noteFile = "aft-model.json";

export const noteSchema = z.object({
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
  /** The folder's files with their sizes in bytes. Folders made before this was written have none. */
  files: z.record(z.string(), z.int()).optional(),
});
export type ModelNote = z.output<typeof noteSchema>;

/** What a model's folder is: absent; made here and whole; the user's own, which has no note; or damaged since it was made. */
export type ModelState =
  | { kind: "absent" }
  | { kind: "own" }
  | { kind: "whole"; note: ModelNote }
  | { kind: "damaged"; fault: string };

/** Looks whether the files are there with the sizes that they had, not at their content. */
export async function stateOfModel(folder: string): Promise<ModelState> {
  const text = await readFile(join(folder, noteFile), "utf8").catch(() => undefined);
  if (text === undefined) return { kind: existsSync(folder) ? "own" : "absent" };
  const note = noteIn(text);
  if (note === undefined) return { kind: "damaged", fault: `${noteFile} is damaged` };
  const files = Object.entries(
    note.files ?? { "config.json": undefined, "model.safetensors": undefined, "tokenizer.json": undefined },
  );
  for (const [file, bytes] of files) {
    const size = await sizeOf(join(folder, file));
    if (size === undefined) return { kind: "damaged", fault: `${file} is not there` };
    if (bytes !== undefined && size !== bytes)
      return { kind: "damaged", fault: `${file} has ${size} bytes, and had ${bytes}` };
  }
  return { kind: "whole", note };
}

const noteIn = (text: string): ModelNote | undefined => noteSchema.safeParse(jsonIn(text)).data;

export const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ size }) => size,
    () => undefined,
  );

/** Why an experiment cannot take a model that `aft model get` keeps, with the command that mends it; undefined where it can. */
export async function missingModel(name: PackagedModel): Promise<Problem | undefined> {
  const folder = keptModel(name);
  const state = await stateOfModel(folder);
  if (state.kind === "whole" || (state.kind === "own" && existsSync(join(folder, "config.json"))))
    return undefined;
  if (state.kind === "absent")
    return {
      what: `the model ${name} is not here`,
      where: folder,
      fix: `aft model get ${name} makes it (AFT_MODELS names another folder than models); where there is a hub: --set model=${modelCatalogue[name].hub}`,
    };
  return {
    what: `the model ${name} is not whole`,
    where: folder,
    found: state.kind === "damaged" ? state.fault : "no config.json",
    expected: `what aft model get ${name} makes`,
    fix: `remove the folder, then aft model get ${name}`,
  };
}
