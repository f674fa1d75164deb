import { mkdtemp, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { silent } from "../../../../ts/core/progress.ts";
import { keyOf, openArtefact, type Recipe, Store } from "../../../../ts/experiment/store/store.ts";

let store: Store;
beforeEach(async () => {
  store = new Store(await mkdtemp(join(tmpdir(), "aft-store-")));
});

const recipe: Recipe = { stage: "sample", codeVersion: 1, settings: { k: 6 }, inputs: { checkpoint: "abc" } };
const make = (work: (directory: string) => Promise<Record<string, unknown>>, of = recipe) =>
  store.make(of, silent, work);
const writing = (text: string) => async (directory: string) => {
  await writeFile(join(directory, "rows.jsonl"), text);
  return { rows: text.length };
};

test("the same work is done once", async () => {
  const first = await make(writing("one\n"));
  const second = await make(() => Promise.reject(new Error("done twice")));
  expect(first.reused).toBe(false);
  expect(second.reused).toBe(true);
  expect(second.manifest.facts).toEqual({ rows: 4 });
  expect(second.directory).toBe(first.directory);
});

test("other settings and other inputs are other work", () => {
  const keys = [
    recipe,
    { ...recipe, settings: { k: 3 } },
    { ...recipe, inputs: { checkpoint: "abd" } },
    { ...recipe, stage: "judge" },
    { ...recipe, codeVersion: 2 },
  ].map(keyOf);
  expect(new Set(keys).size).toBe(5);
});

test("an artefact that failed is not read as one, and its directory is there for the next try", async () => {
  await expect(
    make(async (directory) => {
      await writeFile(join(directory, "rows.jsonl"), "half");
      throw new Error("cut off");
    }),
  ).rejects.toThrow("cut off");
  expect(await store.find(recipe)).toBeUndefined();
  await expect(openArtefact(store.directoryOf(recipe))).rejects.toThrow("missing or damaged");
  const again = await make(async (directory) => {
    expect(await readFile(join(directory, "rows.jsonl"), "utf8")).toBe("half");
    return {};
  });
  expect(Object.keys(again.manifest.files)).toEqual(["rows.jsonl"]);
});

test("the seconds of a resumed artefact are those of all its work", async () => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 60));
  await make(async () => {
    await pause();
    throw new Error("cut off");
  }).catch(() => {});
  const { manifest } = await make(async () => {
    await pause();
    return {};
  });
  expect(manifest.seconds).toBeGreaterThan(0.11);
});

test("an artefact whose file was cut is made again, and says so", async () => {
  const { directory } = await make(writing("one\ntwo\n"));
  await truncate(join(directory, "rows.jsonl"), 4);
  const notes: string[] = [];
  const again = await store.make(
    recipe,
    { ...silent, note: (text) => notes.push(text) },
    writing("one\ntwo\n"),
  );
  expect(again.reused).toBe(false);
  expect(notes).toEqual([`${directory}: files are missing or cut; making it again`]);
});

test("a manifest that is not one counts as damage, and nothing more", async () => {
  const { directory } = await make(writing("one\n"));
  for (const damage of ["{}", "null", '{"key": 1', ""]) {
    await writeFile(join(directory, "manifest.json"), damage);
    expect(await store.find(recipe)).toBeUndefined();
    await expect(openArtefact(directory)).rejects.toThrow("missing or damaged");
    expect((await make(writing("one\n"))).reused).toBe(false);
  }
});

test("waiting for another's work ends with the signal", async () => {
  const controller = new AbortController();
  const held = make(() => new Promise((resolve) => setTimeout(() => resolve({}), 600)));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const waiting = store.make(recipe, silent, async () => ({}), controller.signal);
  controller.abort();
  await expect(waiting).rejects.toBe(controller.signal.reason);
  expect((await held).reused).toBe(false);
});

test("two that want the same artefact at once do the work once", async () => {
  let times = 0;
  const work = async () => {
    times++;
    await new Promise((resolve) => setTimeout(resolve, 30));
    return {};
  };
  const both = await Promise.all([make(work), make(work)]);
  expect(times).toBe(1);
  expect(both.map(({ reused }) => reused).sort()).toEqual([false, true]);
  expect((await readdir(store.root)).filter((name) => name.includes("lock"))).toEqual([]);
});
