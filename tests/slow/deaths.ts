/** Whole runs whose worker dies at chosen moments, and what they come to. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, temporaryFolder } from "../e2e/aft.ts";

/** `train/step 5 within`: see tests/warm/dying.py. */
export type Deaths = readonly string[];

/** A file that names them. */
export async function deathsFile(deaths: Deaths): Promise<string> {
  const file = join(await temporaryFolder(), "deaths");
  await writeFile(file, deaths.map((death) => `${death}\n`).join(""));
  return file;
}

export async function runWithDeaths(args: readonly string[], deaths: Deaths) {
  const [runs, file] = [await temporaryFolder(), await deathsFile(deaths)];
  return { runs, file, done: await dying(["run", ...args, "--runs", runs], file) };
}

export const aftWithDeaths = async (args: readonly string[], deaths: Deaths) =>
  dying(args, await deathsFile(deaths));

const dying = (args: readonly string[], file: string) => aft(args, { env: deathsEnvironment(file) });

/** Where modules of handlers lie. */
export const warmFolder = join(projectRoot, "tests", "warm");

/** Ranks are started anew, and know of the module by the path alone. */
export const deathsEnvironment = (file: string): Record<string, string> => ({
  AFT_HANDLERS: "dying",
  AFT_DEATHS: file,
  PYTHONPATH: warmFolder,
});
