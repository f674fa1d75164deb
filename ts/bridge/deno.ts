/** Deno, whose Jupyter kernel runs notebooks in TypeScript. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { inputError } from "../core/errors.ts";
import { projectRoot } from "../core/project.ts";

/** What the npm package offers to find its binary, which is there once the package is. */
interface DenoPackage {
  runInstall(): string;
}

/** The Deno of the npm package `deno`, in this project or that of the working folder; else one on the PATH. */
export function findDeno(
  folders: readonly string[] = [projectRoot, process.cwd()],
  path: string = process.env.PATH ?? "",
): string {
  for (const folder of folders) {
    const packaged = denoOfPackage(folder);
    if (packaged !== undefined) return packaged;
  }
  const program = process.platform === "win32" ? "deno.exe" : "deno";
  const onPath = path
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));
  if (onPath !== undefined) return onPath;
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
