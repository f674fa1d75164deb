/** How this program is called where it runs: what a message tells to type is to work as it stands. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, sep } from "node:path";

/** `aft` where a shell finds it; `npx aft`, which always works in a project, where it does not. */
export function callName(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = join("node_modules", ".bin");
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  // npx and npm scripts put these folders in front, for this process alone.
  const ofShell = folders.filter((folder) => !folder.endsWith(own) && !folder.includes(own + sep));
  const names = process.platform === "win32" ? ["aft.cmd", "aft.exe"] : ["aft"];
  return ofShell.some((folder) => names.some((name) => isProgram(join(folder, name)))) ? "aft" : "npx aft";
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

let asTyped = (text: string): string => text;

/**
 * Once, when the program starts: until then, and in a library, it is `aft`.
 * @param commands the words that may follow it
 */
export function setCallName(name: string, commands: readonly string[]): void {
  const pattern = new RegExp(`(?<!npx |[\\w./-])aft (?=(?:${commands.join("|")})\\b|--help)`, "g");
  asTyped = name === "aft" ? (text) => text : (text) => text.replace(pattern, `${name} `);
}

/** A text with the commands in it as they are to be typed here. */
export const asCalled = (text: string): string => asTyped(text);
