import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  bundleApp,
  generatedFile,
} from "../../../../../../ts/analysis/features/questions/generate/bundle.ts";
import { browserScript, browserStyle } from "../../../../../../ts/analysis/generated/browser.ts";

test("browser.ts is what ts/browser gives (npm run generate)", async () => {
  expect(await readFile(generatedFile, "utf8")).toBe(await bundleApp());
});

test("the script is one module that may stand in a page, with the licence of what is bundled", () => {
  expect(browserScript).not.toMatch(/<\/script|<!--|\bimport\b[^(]*\bfrom\b/i);
  expect(browserStyle).not.toMatch(/<\/style|@import/i);
  expect(browserScript).toMatch(/^\/\*![\s\S]*Copyright \(c\) 2009-2015, Kevin Decker/);
});
