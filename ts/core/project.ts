import { fileURLToPath } from "node:url";

/** The folder this software lies in (the one with package.json), with no slash at its end. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
