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
    entryPoints: ["main.ts", "style.css", "live.ts"].map((name) => join(app, name)),
    outdir: app,
    write: false,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    banner: { js: `/*! This script holds the npm package diff.\n${license.trim()}\n*/` },
  });
  const contentOf = (name: string): string => {
    const file = outputFiles.find(({ path }) => path === join(app, name));
    return JSON.stringify(file?.text.trim());
  };
  return [
    "// Written by `npm run generate` from ts/browser. Do not edit.",
    `export const browserScript =\n  ${contentOf("main.js")};`,
    `export const browserStyle =\n  ${contentOf("style.css")};`,
    `export const liveScript =\n  ${contentOf("live.js")};\n`,
  ].join("\n");
}
