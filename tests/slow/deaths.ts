/** Whole runs whose worker dies at chosen moments, and what they come to. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, temporaryFolder } from "../e2e/aft.ts";

/** `train/step 5 within`: see tests/warm/dying.py. */
export async function runWithDeaths(args: readonly string[], deaths: readonly string[]) {
  const runs = await temporaryFolder();
  const file = join(await temporaryFolder(), "deaths");
  return { runs, file, done: await aftWithDeaths(["run", ...args, "--runs", runs], deaths, file) };
}

/** @param file names the deaths, in the environment of each process */
export async function aftWithDeaths(args: readonly string[], deaths: readonly string[], file?: string) {
  file ??= join(await temporaryFolder(), "deaths");
  await writeFile(file, deaths.map((death) => `${death}\n`).join(""));
  return aft(args, {
    // ranks are started anew, and know of the module by the path alone
    env: { AFT_HANDLERS: "dying", AFT_DEATHS: file, PYTHONPATH: join(projectRoot, "tests", "warm") },
  });
}
