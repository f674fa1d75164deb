import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { generatedFiles } from "../../../ts/bridge/generate/files.ts";

test.each([...generatedFiles()].map(([path, content]) => ({ file: basename(path), path, content })))(
  "$file is what protocol.ts gives (npm run generate)",
  async ({ path, content }) => {
    expect(await readFile(path, "utf8")).toBe(content);
  },
);
