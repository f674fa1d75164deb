// node compile.mjs FOLDER STAMP: the sources as plain JavaScript, as `npm run build` makes them; then writes STAMP.
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execaSync } from "execa";

const [folder, stamp] = process.argv.slice(2);
const root = fileURLToPath(new URL("../..", import.meta.url));
for (const old of readdirSync(folder).filter((name) => name.startsWith("done-"))) rmSync(join(folder, old));
execaSync(
  join(root, "node_modules", ".bin", "tsc"),
  ["-p", "tsconfig.build.json", "--outDir", folder, "--declaration", "false"],
  {
    cwd: root,
  },
);
const sources = join(root, "ts");
for (const name of readdirSync(sources, { recursive: true }))
  if (/\.(json|js|css|html)$/.test(name)) cpSync(join(sources, name), join(folder, name));
writeFileSync(stamp, "");
