#!/usr/bin/env node
// The one entry that plain Node can read: checks the Node version, then hands over to the TypeScript sources of a
// checkout, or to what an installed package holds in their place.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `aft needs Node.js 20.19 or newer\n  found: ${process.versions.node}\n  fix: install a newer Node.js\n`,
  );
  process.exit(2);
}

const sources = new URL("./main.ts", import.meta.url);
if (existsSync(sources)) {
  const { register } = await import("tsx/esm/api").catch(() => {
    process.stderr.write("aft: the packages of this checkout are not installed\n  fix: npm ci\n");
    process.exit(1);
  });
  // Named, so that a tsconfig.json of the folder the user stands in is never read in its place.
  register({ tsconfig: fileURLToPath(new URL("../../tsconfig.json", import.meta.url)) });
}
const { main } = await import(existsSync(sources) ? sources.href : "../../dist/cli/main.js");
await main(process.argv.slice(2));
