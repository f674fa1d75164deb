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
  });
  const contentOf = (name: string): string => {
    const file = outputFiles.find(({ path }) => path === join(app, name));
    return file!.text.trim();
  };
  const banner = `/*! This script holds the npm package diff.\n${license.trim()}\n*/\n`;
  const exported = {
    browserScript: banner + contentOf("main.js"),
    browserStyle: contentOf("style.css"),
    liveScript: contentOf("live.js"),
  };
  return [
    "// Written by `npm run generate` from ts/browser. Do not edit.",
    ...Object.entries(exported).map(([name, text]) => `export const ${name} =\n  ${JSON.stringify(text)};`),
    "",
  ].join("\n");
}
