import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder this software lies in (the one with package.json), with no slash at its end. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** Installed as a package of another project: what is written beside the sources is then gone with the next `npm install`. */
export const isInstalled = projectRoot.split(sep).includes("node_modules");

/** This software's version, from package.json. */
export const version: string = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")).version;
