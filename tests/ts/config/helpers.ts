import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { type Loaded, type LoadOptions, loadExperiment } from "../../../ts/config/index.ts";
import { AftError } from "../../../ts/core/errors.ts";

import { smallest } from "./smallest.ts";

export { smallest };

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files in it; nested names make nested folders. */
export function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "aft-config-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Loads `main.yaml` of a folder with these files. */
export const load = (files: Record<string, string>, options?: LoadOptions): Promise<Loaded> =>
  loadExperiment(join(folderOf(files), "main.yaml"), options);

/** What a user reads when loading fails, with the folder's name left out; fails the test when it does not fail. */
export async function errorOf(files: Record<string, string>, set: readonly string[] = []): Promise<string> {
  const folder = folderOf(files);
  try {
    await loadExperiment(join(folder, "main.yaml"), { set });
  } catch (error) {
    if (!(error instanceof AftError)) throw error;
    if (error.exitCode !== 2) throw new Error(`exit code ${error.exitCode} for bad input`);
    return error.message.replaceAll(`${folder}/`, "");
  }
  throw new Error("no error");
}

/** The smallest experiment with one text replaced by another. */
export function withChange(from: string, to: string): Record<string, string> {
  if (!smallest.includes(from)) throw new Error(`the smallest experiment has no ${from}`);
  return { "main.yaml": smallest.replace(from, to) };
}

/** `a, b or c`. */
export const inWords = (names: readonly string[]): string =>
  names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
