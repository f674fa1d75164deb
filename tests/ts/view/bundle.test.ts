import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { silent } from "../../../ts/core/progress.ts";
import { writeBundle } from "../../../ts/view/index.ts";
import { type Recorded, recordedRuns } from "./recorded.ts";

let recorded: Recorded;
let to: string;
beforeAll(async () => {
  recorded = await recordedRuns();
  to = await mkdtemp(join(tmpdir(), "aft-bundle-"));
});
afterAll(async () => {
  await rm(recorded.runs, { recursive: true });
  await rm(to, { recursive: true });
});

const write = (directory: string, only?: string[], signal = new AbortController().signal) =>
  writeBundle(directory, { runsDirectory: recorded.runs, only, progress: silent, signal });
const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("holds a page of every run, every report with what it reads; every link leads to one of its files", async () => {
  const directory = join(to, "site");
  const result = await write(directory);
  const files = await filesIn(directory);
  expect(result).toMatchObject({ directory, runs: 6, files: files.length - 1 });
  expect(files).toContain(join(directory, "runs", "sweep", "k=2", "report.html"));
  expect(files).toContain(join(directory, "runs", "large", "report-data", "texts-0.js"));
  expect(files).toContain(join(directory, "runs", "done", "questions-data", "texts-0.js"));
  let links = 0;
  for (const file of files.filter((name) => /(index|questions)\.html$|compare/.test(name))) {
    const page = await readFile(file, "utf8");
    expect(page).not.toMatch(/(?:src|href)="(?:https?:|\/)/);
    for (const [, link] of page.matchAll(/ href="([^"#]+)"/g)) {
      if (link!.startsWith("data:")) continue;
      links++;
      expect(files).toContain(resolve(dirname(file), decodeURIComponent(link!)));
    }
    expect(page).not.toContain(recorded.runs);
  }
  expect(links).toBeGreaterThan(30);
});

test("is written anew in the place of an older one, whose other pages go", async () => {
  const directory = join(to, "again");
  await write(directory);
  await write(directory, ["done", "sweep"]);
  expect((await readdir(join(directory, "runs"))).sort()).toEqual(["done", "sweep"]);
  expect((await readdir(to)).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a folder with other files, and a file, are refused and left as they are", async () => {
  const mine = join(to, "mine");
  await mkdir(mine);
  await writeFile(join(mine, "thesis.txt"), "all of it");
  await expect(write(mine)).rejects.toThrow(/mine: this folder holds other files\n {2}found: "thesis.txt"/);
  await expect(write(join(mine, "thesis.txt"))).rejects.toThrow("thesis.txt: is a file");
  await expect(write(recorded.runs)).rejects.toThrow("this folder holds other files");
  expect(await filesIn(mine)).toEqual([join(mine, "thesis.txt")]);
});

test("broken off it leaves the older one as it was, and nothing beside it", async () => {
  const directory = join(to, "broken");
  await write(directory, ["done"]);
  const before = await filesIn(directory);
  await expect(write(directory, undefined, AbortSignal.abort())).rejects.toThrow();
  expect(await filesIn(directory)).toEqual(before);
  expect((await readdir(to)).filter((name) => name.startsWith("."))).toEqual([]);
});
