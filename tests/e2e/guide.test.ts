/** The guide's and README's commands, block by block in the order of a page, as a reader would type them, with a tiny quickstart. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { loadFile } from "../../ts/config/index.ts";
import { type Block, blocksOf, marked, testedPages } from "../guide/markdown.ts";
import { makeSandbox, type Sandbox } from "../guide/sandbox.ts";

// Each block starts processes of its own: minutes in all on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, maxConcurrency: 2 });

/** These come first and in this order: what they leave (a run, an exported model) is used by the others. */
const firstPages = ["install.md", "first-run.md"];
const otherPages = testedPages().filter((page) => !firstPages.includes(page) && blocksOf(page).some(isDone));

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await makeSandbox();
  // A page may name a file that another has its reader write.
  for (const block of testedPages().flatMap(blocksOf)) {
    const file = marked(block, "file");
    if (file !== undefined) await writeFile(join(sandbox.folder, file), `${block.text}\n`);
  }
});

for (const page of firstPages) test(page, () => follow(page));
test.concurrent.each(otherPages)("%s", follow);

/** Whether a block is tested here; `tests/ts/guide` reads the rest. */
function isDone(block: Block): boolean {
  if (block.language === "sh") return marked(block, "not run") === undefined;
  return block.marker === "prints" || (block.language === "yaml" && marked(block, "file") !== undefined);
}

/** Does what a page says, one block after the other. Failures name the block's line. */
async function follow(page: string): Promise<void> {
  let printed = "";
  for (const block of blocksOf(page).filter(isDone)) {
    const { where, language, text } = block;
    if (language === "yaml") {
      const { warnings } = await loadFile(join(sandbox.folder, marked(block, "file")!));
      expect({ where, warnings }).toEqual({ where, warnings: [] });
    } else if (language === "sh") {
      const done = await sandbox.run(text);
      printed = done.printed;
      const exitCode = Number(marked(block, "fails") ?? 0);
      expect({ where, ...done }).toEqual({ where, printed, exitCode });
    } else {
      const seen = new Set(printed.split("\n").map((line) => line.trim()));
      const missing = text.split("\n").filter((line) => line !== "" && !seen.has(line.trim()));
      expect({ where, missing, printed }).toEqual({ where, missing: [], printed });
    }
  }
}
