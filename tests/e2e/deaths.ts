/** Whole runs whose worker dies or stands still at chosen moments, and what they come to. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, startAft, temporaryFolder, until } from "./aft.ts";

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

/** Waits until the worker stands still; -> the number of its process. */
export async function standsStill(file: string, isOver = (): boolean => false): Promise<number> {
  const number = async () => Number(await readFile(`${file}.stands`, "utf8").catch(() => ""));
  await until(async () => isOver() || (await number()) > 0);
  return number();
}

/** One that waits goes on. */
export const goesOn = (file: string): Promise<void> => writeFile(`${file}.goes`, "");

/**
 * A command, still running, whose worker stands still: `train/step 41 waits`. However fast or slow the machine, what is done
 * to it now is done in the middle of its work.
 */
export async function standing(args: readonly string[], moment: string, env: Record<string, string> = {}) {
  const file = await deathsFile([moment]);
  const started = startAft(args, { ...env, ...deathsEnvironment(file) });
  const worker = await standsStill(file, () => started.exitCode !== null);
  if (worker === 0) throw new Error(`it ended before ${moment}: ${(await started).all}`);
  return {
    started,
    /** The number of its process. */
    worker,
    goOn: () => goesOn(file),
    /** As the system does to both: neither has a word to say. */
    kill: async () => {
      for (const id of [started.pid!, worker]) process.kill(id, "SIGKILL");
      await started;
    },
  };
}
