/** The app of ts/browser as one script and one style that every report carries: written by `npm run generate`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "../../../../core/project.ts";

export const generatedFile = join(projectRoot, "ts", "analysis", "generated", "browser.ts");

/** @returns the text of {@link generatedFile} */
export async function bundleApp(): Promise<string> {
  const app = join(projectRoot, "ts", "browser");
  const license = await readFile(join(projectRoot, "node_modules", "diff", "LICENSE"), "utf8");
  const { outputFiles } = await build({
    entryPoints: [join(app, "main.ts"), join(app, "style.css")],
    outdir: app,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    banner: { js: `/*! This script holds the npm package diff.\n${license.trim()}\n*/` },
  });
  const contentOf = (suffix: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(suffix));
    return JSON.stringify(file?.text.trim());
  };
  return [
    "// Written by `npm run generate` from ts/browser. Do not edit.",
    `export const browserScript =\n  ${contentOf(".js")};`,
    `export const browserStyle =\n  ${contentOf(".css")};\n`,
  ].join("\n");
}
