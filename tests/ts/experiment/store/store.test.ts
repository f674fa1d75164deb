import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { silent } from "../../../../ts/core/progress.ts";
import { keyOf, type Recipe } from "../../../../ts/experiment/store/manifest.ts";
import { type Artefact, openArtefact, refuseDamaged, Store } from "../../../../ts/experiment/store/store.ts";

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
  expect(notes).toEqual([`${directory}: rows.jsonl has 4 bytes in the place of 8; making it again`]);
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

const damage = async (path: string, from: string, to: string) =>
  writeFile(path, (await readFile(path, "utf8")).replace(from, to));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a file of the right size with other content is found, named, and made again", async () => {
  const { directory } = await make(writing("one\ntwo\n"));
  await damage(join(directory, "rows.jsonl"), "two", "twp");
  await expect(openArtefact(directory)).rejects.toThrow(
    `${directory}: an artefact of this run is missing or damaged\n  found: "rows.jsonl is not what was written"`,
  );
  expect(await store.find(recipe)).toBeUndefined();
  const notes: string[] = [];
  const again = await store.make(
    recipe,
    { ...silent, note: (text) => notes.push(text) },
    writing("one\ntwo\n"),
  );
  expect(notes).toEqual([`${directory}: rows.jsonl is not what was written; making it again`]);
  expect(again.reused).toBe(false);
  expect(await readFile(join(directory, "rows.jsonl"), "utf8")).toBe("one\ntwo\n");
});

test("what a manifest says is held against its own digest, and its recipe against its key", async () => {
  for (const [from, to] of [
    ['"rows": 4', '"rows": 5'],
    ['"k": 6', '"k": 7'],
    ['"bytes": 4', '"bytes": 5'],
    ['"seconds": 0.', '"seconds": 1.'],
  ]) {
    const { directory } = await make(writing("one\n"));
    await damage(join(directory, "manifest.json"), from!, to!);
    expect(await store.find(recipe)).toBeUndefined();
    await expect(openArtefact(directory)).rejects.toThrow('found: "manifest.json is damaged"');
    expect((await make(writing("one\n"))).reused).toBe(false);
  }
});

test("a manifest without a digest, as older versions wrote it, is a manifest", async () => {
  const { directory, manifest } = await make(writing("one\n"));
  await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
  expect((await make(writing("one\n"))).reused).toBe(true);
});

/** The files that a look at the artefact reads through. */
async function readBy(reading: { weights: boolean; anew?: boolean }): Promise<string[]> {
  const read: string[] = [];
  await store.find(recipe, { ...reading, onRead: (path) => read.push(basename(path)) });
  return read.sort();
}

const withWeights = async (directory: string) => {
  await mkdir(join(directory, "checkpoint"), { recursive: true });
  await writeFile(join(directory, "checkpoint", "model.safetensors"), "weights");
  await writeFile(join(directory, "rows.jsonl"), "one\n");
  // Written well before it is read: the clock of files is coarse.
  await pause(60);
  return {};
};

test("a file is read once: after that its inode, size and times tell, in other processes too", async () => {
  const { directory } = await make(withWeights);
  expect(await readBy({ weights: true })).toEqual([]);
  const rows = join(directory, "rows.jsonl");
  await writeFile(rows, "one\n");
  await pause(60);
  expect(await readBy({ weights: true })).toEqual(["rows.jsonl"]);
  expect(await readBy({ weights: true })).toEqual([]);
  // The time of its content can be put back, that of its inode cannot.
  await writeFile(rows, "two\n");
  await utimes(rows, 1, 1);
  expect(await store.find(recipe)).toBeUndefined();
  await writeFile(rows, "one\n");
  await pause(60);
  expect(await store.find(recipe)).toBeDefined();
  expect(await readBy({ weights: true, anew: true })).toEqual(["model.safetensors", "rows.jsonl"]);
  // Nothing is known of a folder that was copied; its weights are read where they are loaded.
  await rm(join(store.root, ".verified"), { recursive: true });
  expect(await readBy({ weights: false })).toEqual(["rows.jsonl"]);
  expect(await readBy({ weights: true })).toEqual(["model.safetensors"]);
});

test("damaged weights are found where they are loaded, and where they were seen whole before", async () => {
  const { directory } = await make(withWeights);
  const weights = join(directory, "checkpoint", "model.safetensors");
  await damage(weights, "w", "v");
  expect(await store.find(recipe)).toBeUndefined();
  await rm(join(store.root, ".verified"), { recursive: true });
  const found = (await store.find(recipe))!;
  expect(await store.find(recipe, { weights: true })).toBeUndefined();
  await expect(refuseDamaged([found])).rejects.toThrow(
    `${directory}: an artefact was damaged: checkpoint/model.safetensors is not what was written\n  fix: run the same`,
  );
  expect((await store.make(recipe, silent, withWeights, { weights: true })).reused).toBe(false);
});

test("what was made from a damaged artefact is removed, and what was made from that; what was made before is not", async () => {
  const one = await make(writing("one\n"));
  const rows = join(one.directory, "rows.jsonl");
  const from = (stage: string, input: Artefact) => ({ ...recipe, stage, inputs: { samples: input.key } });
  const before = await make(writing("from one\n"), from("before", one));
  await pause(40);
  await damage(rows, "one", "two");
  await pause(40);
  const after = await make(writing("from two\n"), from("after", one));
  const later = await make(writing("from two, too\n"), from("later", after));
  const elsewhere = await make(writing("from one, later\n"), from("later", before));
  const begun = from("begun", one);
  await make(() => Promise.reject(new Error("cut off")), begun).catch(() => {});
  const notes: string[] = [];
  const progress = { ...silent, note: (text: string) => notes.push(text) };
  await store.make(recipe, progress, writing("one\n"));
  expect(notes.sort()).toEqual(
    [
      `${one.directory}: rows.jsonl is not what was written; making it again`,
      ...[after.directory, later.directory, store.directoryOf(begun)].map(
        (directory) => `${directory}: was made from a damaged artefact; removed`,
      ),
    ].sort(),
  );
  const there = (await readdir(store.root)).filter((name) => !name.startsWith("."));
  expect(there.sort()).toEqual([one, before, elsewhere].map(({ directory }) => basename(directory)).sort());
  // A bit that fell over by itself leaves no time: all that was made from it since it was made is in doubt.
  await pause(40);
  await make(writing("from one\n"), from("after", one));
  await damage(rows, "one", "two");
  await utimes(rows, 1, 1);
  await make(writing("one\n"));
  expect((await readdir(store.root)).filter((name) => !name.startsWith(".")).sort()).toEqual(there);
});

test("what a killed process left of a file is no part of the artefact that is gone on with, and goes", async () => {
  const { directory, manifest } = await make(async (directory) => {
    await writeFile(join(directory, "train.jsonl.4194304.0badcafe.tmp"), "ha");
    await mkdir(join(directory, ".resume.writing-4194304"));
    await writeFile(join(directory, ".resume.writing-4194304", "state.json"), "{");
    await writeFile(join(directory, "train.jsonl"), "whole\n");
    return {};
  });
  expect(Object.keys(manifest.files)).toEqual(["train.jsonl"]);
  expect((await readdir(directory)).sort()).toEqual(["manifest.json", "train.jsonl"]);
});

test("an older manifest that lists what a killed process left is read without it", async () => {
  const { directory, manifest } = await make(writing("one\n"));
  const listed = {
    ...manifest,
    files: { ...manifest.files, "a.jsonl.7.0badcafe.tmp": { bytes: 1, sha256: "x" } },
  };
  await writeFile(join(directory, "manifest.json"), JSON.stringify(listed));
  expect(Object.keys((await openArtefact(directory)).manifest.files)).toEqual(["rows.jsonl"]);
});

test("waiting for another's work ends with the signal", async () => {
  const controller = new AbortController();
  let end = (): void => {};
  let held: ReturnType<typeof make> | undefined;
  await new Promise<void>((begun) => {
    held = make(() => {
      begun();
      return new Promise((resolve) => {
        end = () => resolve({});
      });
    });
  });
  const waiting = store.make(recipe, silent, async () => ({}), { signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toBe(controller.signal.reason);
  end();
  expect((await held!).reused).toBe(false);
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
