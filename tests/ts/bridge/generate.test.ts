import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { generatedFiles } from "../../../ts/bridge/generate/files.ts";

test.each([...generatedFiles()])("%s is what protocol.ts gives (npm run generate)", async (path, content) => {
  expect(await readFile(path, "utf8")).toBe(content);
});
