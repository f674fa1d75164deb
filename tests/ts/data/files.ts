import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { AftError } from "../../../ts/core/errors.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder with these files in it: text as it stands, a list as JSON Lines. */
export function folderOf(files: Record<string, string | Buffer | readonly unknown[]>): string {
  const folder = mkdtempSync(join(tmpdir(), "aft-data-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(
      join(folder, name),
      Array.isArray(content) ? jsonLines(content) : (content as string | Buffer),
    );
  }
  return folder;
}

export const jsonLines = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** What a user reads when it fails, the folder's name left out; fails the test when it does not, or not as bad input. */
export async function refusalOf(work: Promise<unknown>, folder = ""): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AftError)) throw error;
    if (error.exitCode !== 2) throw new Error(`exit code ${error.exitCode} for bad input`);
    return error.message.replaceAll(`${folder}/`, "");
  }
  throw new Error("no error");
}
