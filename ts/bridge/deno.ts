/** Deno, whose Jupyter kernel runs notebooks in TypeScript. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { inputError } from "../core/errors.ts";
import { projectRoot } from "../core/project.ts";

/** The npm package's own way to its binary: it is there once the package is. */
interface DenoPackage {
  runInstall(): string;
}

/** The Deno of the npm package `deno`, in this project or that of the working folder; else one on the PATH. */
export function findDeno(
  folders: readonly string[] = [projectRoot, process.cwd()],
  path: string = process.env.PATH ?? "",
): string {
  for (const folder of folders) {
    const own = denoOfPackage(folder);
    if (own !== undefined) return own;
  }
  const program = process.platform === "win32" ? "deno.exe" : "deno";
  const found = path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw inputError({
    what: "notebooks run on Deno, which is not here",
    expected: "the npm package deno in this project, or a program deno on the PATH",
    fix: "npm install --save-dev deno",
  });
}

function denoOfPackage(folder: string): string | undefined {
  try {
    const require = createRequire(join(folder, "package.json"));
    return (require("deno/install_api.cjs") as DenoPackage).runInstall();
  } catch {
    // Not installed, or not for this system.
    return undefined;
  }
}
