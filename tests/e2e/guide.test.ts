/** The guide's commands, block by block in the order of its pages, as a reader would type them, with a tiny quickstart. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { loadFile } from "../../ts/config/index.ts";
import { type Block, blocksOf, guidePages, marked } from "../guide/markdown.ts";
import { makeSandbox, type Sandbox } from "../guide/sandbox.ts";

// Each block starts processes of its own: minutes in all on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000 });

let sandbox: Sandbox;
let printed = "";

beforeAll(async () => {
  sandbox = await makeSandbox();
});

/** What is to be done with a block; undefined: nothing here (`tests/ts/guide` reads the rest). */
function doing(block: Block): (() => Promise<void>) | undefined {
  const file = marked(block, "file");
  if (file !== undefined)
    return async () => {
      const path = join(sandbox.folder, file);
      await writeFile(path, `${block.text}\n`);
      if (block.language === "yaml") expect((await loadFile(path)).warnings).toEqual([]);
    };
  if (block.language === "sh" && marked(block, "not run") === undefined)
    return async () => {
      const done = await sandbox.run(block.text);
      printed = done.printed;
      expect([done.exitCode, printed]).toEqual([Number(marked(block, "fails") ?? 0), printed]);
    };
  if (block.marker === "prints")
    return async () => {
      const seen = new Set(printed.split("\n").map((line) => line.trim()));
      const missing = block.text.split("\n").filter((line) => line !== "" && !seen.has(line.trim()));
      expect({ missing, printed }).toEqual({ missing: [], printed });
    };
  return undefined;
}

for (const page of guidePages())
  for (const block of blocksOf(page)) {
    const work = doing(block);
    if (work !== undefined) test(`${block.where} ${block.text.split("\n")[0]}`, work);
  }
