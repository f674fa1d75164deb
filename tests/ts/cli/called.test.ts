import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { asCalled, callName, setCallName } from "../../../ts/cli/called.ts";
import { firstWords } from "../../../ts/cli/commands.ts";

afterEach(() => setCallName("aft", firstWords));

function folderWith(mode: number | undefined, ...parts: string[]): string {
  const folder = join(mkdtempSync(join(tmpdir(), "aft-called-")), ...parts);
  mkdirSync(folder, { recursive: true });
  if (mode !== undefined) writeFileSync(join(folder, "aft"), "", { mode });
  return folder;
}

test("it is aft where a shell finds that, and npx aft where only npm puts it on the path, or nothing does", () => {
  const [none, there] = [folderWith(undefined), folderWith(0o755)];
  const [unusable, npms] = [folderWith(0o644), folderWith(0o755, "node_modules", ".bin")];
  expect(callName({ PATH: [none, there].join(delimiter) })).toBe("aft");
  for (const folders of [[none], [unusable], [npms, none], []])
    expect(callName({ PATH: folders.join(delimiter) })).toBe("npx aft");
});

test("every command in a message is told as it is to be typed, and nothing else changes", () => {
  const texts = [
    ["  fix: aft data get gsm8k", "  fix: npx aft data get gsm8k"],
    ["aft doctor says more (aft judge --explain)", "npx aft doctor says more (npx aft judge --explain)"],
    ["aft --help lists them all", "npx aft --help lists them all"],
    ["npx aft run x.yaml", "npx aft run x.yaml"],
    ["a bug in aft, please", "a bug in aft, please"],
    ["node_modules/aft run, draft run, aft runner", "node_modules/aft run, draft run, aft runner"],
  ] as const;
  for (const [text] of texts) expect(asCalled(text)).toBe(text);
  setCallName("npx aft", firstWords);
  for (const [text, told] of texts) expect(asCalled(text)).toBe(told);
});
