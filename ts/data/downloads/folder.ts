import { join, resolve } from "node:path";

/** Where `aft data get` puts datasets and tasks look for them: `data` in the working directory, or AFT_DATA. */
export const dataFolder = (): string => resolve(process.env.AFT_DATA || "data");

/** A file of a downloaded dataset. */
export const downloaded = (task: string, name: string): string => join(dataFolder(), task, name);
