import { readFileSync } from "node:fs";

/** The rows of a golden file of this area. */
export const golden = <T>(name: string): T[] =>
  readFileSync(new URL(`../../golden/data/${name}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
