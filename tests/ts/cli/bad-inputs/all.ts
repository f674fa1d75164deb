/** Every case, and errors.txt: what each is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../../ts/core/project.ts";
import type { Case } from "./cases.ts";
import { commandLines } from "./commands.ts";
import { experiments } from "./experiments.ts";
import { ownTasks } from "./own-tasks.ts";
import { records } from "./records.ts";
import type { Told } from "./told.ts";

export const cases: readonly Case[] = [...experiments, ...ownTasks, ...records, ...commandLines];

export const errorsFile = join(projectRoot, "tests", "ts", "cli", "bad-inputs", "errors.txt");

export const blockOf = ({ name }: Case, { exitCode, stderr }: Told): string =>
  `## ${name} (${exitCode})\n${stderr}\n`;

export function blocks(): Map<string, string> {
  const found = readFileSync(errorsFile, "utf8").split(/^(?=## )/m);
  return new Map(found.map((block) => [/^## (.*) \(\d+\)$/m.exec(block)?.[1] ?? "", block.trimEnd()]));
}
