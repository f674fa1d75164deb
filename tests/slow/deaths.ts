/** Whole runs whose worker dies at chosen moments, and what they come to. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { aft, temporaryFolder } from "../e2e/aft.ts";

/** `train/step 5 within`: see tests/warm/dying.py. */
export async function runWithDeaths(args: readonly string[], deaths: readonly string[]) {
  const runs = await temporaryFolder();
  return { runs, done: await aftWithDeaths(["run", ...args, "--runs", runs], deaths) };
}

export async function aftWithDeaths(args: readonly string[], deaths: readonly string[]) {
  const file = join(await temporaryFolder(), "deaths");
  await writeFile(file, deaths.map((death) => `${death}\n`).join(""));
  return aft(args, { env: { AFT_HANDLERS: "dying", AFT_DEATHS: file } });
}
