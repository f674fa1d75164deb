import { readFileSync } from "node:fs";

/** In the order in which each needs only those before it. */
const files = [
  ...["dom", "diff", "unpack", "choose", "search", "data"],
  ...["list", "controls", "cot", "compare", "detail", "main", "page"],
];

let script: string | undefined;

/**
 * The page's script: the files of page/ one after the other in one module, for a page that is opened from a disk cannot load
 * modules. So no two of them may have a name in common at their top.
 */
export function pageScript(): string {
  script ??= files
    .map((name) => asPart(readFileSync(new URL(`page/${name}.js`, import.meta.url), "utf8")))
    .join("");
  return script;
}

/** Without imports, exports and the comments that start a line, which only whoever reads the sources needs. */
const asPart = (source: string): string =>
  source
    .replace(/^import [^;]*;\n/gm, "")
    .replace(/^export /gm, "")
    .replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, "")
    .replace(/^ *\/\/.*\n/gm, "")
    .replace(/\n{2,}/g, "\n");
