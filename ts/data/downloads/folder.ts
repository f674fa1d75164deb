import { join, resolve } from "node:path";

/** Where `aft data get` puts datasets and tasks look for them: `data` in the working directory, or AFT_DATA. */
export const dataFolder = (): string => resolve(process.env.AFT_DATA || "data");

/** A file of a downloaded dataset. */
export const downloaded = (task: string, name: string): string => join(dataFolder(), task, name);

/** The files that settings name; where they name none, those of the downloaded dataset. */
export const namedFiles = <K extends string>(
  settings: Readonly<Partial<Record<NoInfer<K>, string | undefined>>>,
  task: string,
  published: Readonly<Record<K, string>>,
): Record<K, string> => {
  const entries = Object.entries<string>(published).map(([setting, name]) => [
    setting,
    settings[setting as K] ?? downloaded(task, name),
  ]);
  return Object.fromEntries(entries) as Record<K, string>;
};
