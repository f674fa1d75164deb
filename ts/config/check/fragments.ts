import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { projectRoot } from "../../core/project.ts";

/** What a first comparison has: the model as it was, the fair baseline, and AFT. */
const first = ["vft-kept", "vft-continued", "aft-bc"];

/**
 * How a file in this folder gets methods that are ready to be compared; the others of `configs/methods` are named.
 * undefined where the fragments are not here.
 */
export function methodsToExtend(directory: string): string | undefined {
  const folder = join(projectRoot, "configs", "methods");
  const names = namesIn(folder);
  if (!first.every((name) => names.includes(name))) return undefined;
  const from = relative(directory, folder).split(sep).join("/");
  const further = names.filter((name) => !first.includes(name));
  return `extends: [${first.map((name) => `${from}/${name}.yaml`).join(", ")}] gives three; there are also ${further.join(", ")}`;
}

function namesIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
    return files.map((file) => file.slice(0, -".yaml".length)).sort();
  } catch {
    return [];
  }
}
