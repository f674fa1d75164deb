import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gc, show, verify } from "../../../../ts/cli/runs-kept.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { findGarbage, removeGarbage } from "../../../../ts/experiment/finished-runs/collect.ts";
import { showRuns, showStages } from "../../../../ts/experiment/finished-runs/show.ts";
import { verifyRuns } from "../../../../ts/experiment/finished-runs/verify.ts";
import { type Artefact, Store } from "../../../../ts/experiment/store/store.ts";

let runs: string;
let store: Store;
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), "aft-kept-"));
  store = new Store(join(runs, "artefacts"));
});
afterEach(() => vi.restoreAllMocks());

const artefact = (stage: string, text = "one\n"): Promise<Artefact> =>
  store.make({ stage, codeVersion: 1, settings: {}, inputs: {} }, silent, async (directory) => {
    await mkdir(join(directory, "checkpoint"));
    await writeFile(join(directory, "checkpoint", "model.safetensors"), "weights");
    await writeFile(join(directory, "rows.jsonl"), text);
    return {};
  });

const record = (name: string, finishedAt: string, stages: object[]) => ({
  ...{ format: 2, name, description: "", finishedAt, configYaml: "", examples: 1, extract: "strict" },
  ...{ tasks: [], methods: [], stages, seeds: [] },
});

/** The folder of a run that refers to these artefacts. */
async function run(name: string, made: readonly Artefact[], { ended = true, more = [] as string[] } = {}) {
  const directory = join(runs, name);
  await mkdir(directory, { recursive: true });
  const paths = [...made.map((one) => one.directory), ...more.map((one) => join(store.root, one))];
  const stages = paths.map((path) => ({ stage: "x", label: "x", artefact: relative(directory, path) }));
  const started = { format: 1, name, startedAt: "2026-01-02T03:00:00.000Z", stages };
  await writeFile(join(directory, "started.json"), JSON.stringify(started));
  const done = record(
    name,
    "2026-01-02T04:00:00.000Z",
    stages.map((one) => ({ ...one, reused: false })),
  );
  if (ended) await writeFile(join(directory, "run.json"), JSON.stringify(done));
  return directory;
}

const names = async (folder: string) =>
  (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
const options = { progress: silent, signal: new AbortController().signal };

test("runs are shown with their state: done, under way, broken off, unreadable", async () => {
  const [vft, align] = [await artefact("vft"), await artefact("align")];
  await run("done", [vft, align]);
  await run("sweep/k=2", [vft], { ended: false, more: ["align-missing"] });
  const working = await run("working", [vft], { ended: false, more: ["align-missing"] });
  await writeFile(join(working, "run.lock"), `${process.pid} `);
  await writeFile(join(await run("torn", []), "run.json"), "{");
  const shown = await showRuns(runs);
  expect(shown.map(({ name, state, stages }) => [name, state, stages.done, stages.total])).toEqual([
    ["done", "done", 2, 2],
    ["sweep/k=2", "unfinished", 1, 2],
    ["torn", "damaged", 0, 0],
    ["working", "running", 1, 2],
  ]);
  expect(shown.map(({ at }) => at.slice(11, 16))).toEqual(["04:00", "03:00", "", "03:00"]);
  expect(shown[3]!.process).toBe(`process ${process.pid}`);
  expect(shown[2]!.problem).toContain("run.json is damaged");
  const own = await stat(join(runs, "done", "run.json"));
  expect(shown[0]!.bytes).toBeGreaterThan(own.size + 22);
  const { all } = await showStages(join(runs, "sweep", "k=2"), runs);
  expect(all.map(({ artefact, done }) => [artefact, done])).toEqual([
    [relative(runs, vft.directory), true],
    [join("artefacts", "align-missing"), false],
  ]);
});

test("verify reads every file, whatever is known of it, and names what is damaged or missing with the runs", async () => {
  const [vft, align, gone] = [await artefact("vft"), await artefact("align"), await artefact("gone")];
  await run("a", [vft, align, gone]);
  await run("b", [vft]);
  expect(await verifyRuns(runs, options)).toMatchObject({ artefacts: 3, files: 6, damaged: [], missing: [] });
  await rm(gone.directory, { recursive: true });
  const weights = join(vft.directory, "checkpoint", "model.safetensors");
  await writeFile(weights, "weighty");
  expect(await verifyRuns(runs, options)).toMatchObject({
    artefacts: 2,
    bytes: 22,
    damaged: [
      {
        artefact: vft.directory,
        file: "checkpoint/model.safetensors",
        what: "is not what was written",
        runs: ["a", "b"],
      },
    ],
    missing: [{ artefact: gone.directory, runs: ["a"] }],
  });
  expect((await verifyRuns(runs, { ...options, run: join(runs, "b") })).damaged).toHaveLength(1);
  await expect(verify.handler({ run: undefined, runs, json: false })).rejects.toThrow(
    /checkpoint\/model\.safetensors is not what was written\n {2}fix: run again: a, b; what is damaged is made anew/,
  );
});

test("after verify a damage that left no trace in size and time is known to the next run", async () => {
  const vft = await artefact("vft");
  const rows = join(vft.directory, "rows.jsonl");
  const seenFile = join(store.root, ".verified", `${vft.directory.split("/").at(-1)}.json`);
  const seen = JSON.parse(await readFile(seenFile, "utf8"));
  await writeFile(rows, "two\n");
  const { ino, size: bytes, mtimeNs, ctimeNs } = await stat(rows, { bigint: true });
  // As if the bit had fallen over on the disk: the file is known by these very times, with its old digest.
  seen["rows.jsonl"].identity = `${ino} ${bytes} ${mtimeNs} ${ctimeNs}`;
  seen["rows.jsonl"].readAt = Date.now() + 1000;
  await writeFile(seenFile, JSON.stringify(seen));
  const recipe = { stage: "vft", codeVersion: 1, settings: {}, inputs: {} };
  expect(await store.find(recipe)).toBeDefined();
  await run("a", [vft]);
  expect((await verifyRuns(runs, options)).damaged).toHaveLength(1);
  expect(await store.find(recipe)).toBeUndefined();
});

test("what no run refers to is garbage; what a broken-off run will go on with is not", async () => {
  const [used, unused, linked] = [await artefact("vft"), await artefact("align"), await artefact("search")];
  const going = join(store.root, "sample-going");
  await mkdir(going);
  await writeFile(join(going, "candidates.jsonl.9.0badcafe.tmp"), "half");
  await writeFile(join(store.root, "sample-left"), "");
  const weights = join("checkpoint", "model.safetensors");
  await rm(join(linked.directory, weights));
  await link(join(used.directory, weights), join(linked.directory, weights));
  const ended = await run("ended", [used]);
  await run("begun", [], { ended: false, more: ["sample-going"] });
  await writeFile(join(ended, "report.json.4194304.0badcafe.tmp"), "half");
  await writeFile(join(store.root, "vft-1.lock"), "4194304");
  await writeFile(join(store.root, ".verified", "gone-1.json"), "{}");
  const garbage = await findGarbage(runs);
  const found = garbage.unused.map(({ kind, path }) => [kind, relative(runs, path)]);
  expect(found.sort()).toEqual(
    [
      ["artefact", relative(runs, unused.directory)],
      ["artefact", relative(runs, linked.directory)],
      ["unfinished artefact", join("artefacts", "sample-left")],
      ["leftover", join("ended", "report.json.4194304.0badcafe.tmp")],
      ["leftover", join("artefacts", "vft-1.lock")],
      ["leftover", join("artefacts", ".verified", "gone-1.json")],
    ].sort(),
  );
  // Weights that a used artefact shares do not become free.
  const own = await Promise.all(
    ["manifest.json", "rows.jsonl"].map((name) => stat(join(linked.directory, name))),
  );
  expect(garbage.unused.find(({ path }) => path === linked.directory)!.bytes).toBe(
    own[0]!.size + own[1]!.size,
  );
  const removed = await removeGarbage(runs, garbage);
  expect(removed.unused).toHaveLength(6);
  expect(await names(store.root)).toEqual(["sample-going", used.directory.split("/").at(-1)!].sort());
  expect(await names(ended)).toEqual(["run.json", "started.json"]);
  expect(await names(going)).toEqual(["candidates.jsonl.9.0badcafe.tmp"]);
  expect((await findGarbage(runs)).unused).toEqual([]);
});

test("nothing is removed while a run goes on, or where what a run refers to cannot be read", async () => {
  await artefact("align");
  const working = await run("working", [], { ended: false });
  await writeFile(join(working, "run.lock"), `${process.pid} `);
  const garbage = await findGarbage(runs);
  await expect(removeGarbage(runs, garbage)).rejects.toThrow(
    `run.lock: a run is going on, which may come to need what no run refers to yet\n  found: "process ${process.pid}"`,
  );
  const longAgo = Date.now() / 1000 - 200;
  await writeFile(join(working, "run.lock"), "7 7 elsewhere");
  await utimes(join(working, "run.lock"), longAgo, longAgo);
  await writeFile(join(await run("torn", []), "run.json"), "{");
  await expect(findGarbage(runs)).rejects.toThrow("so that nothing can be said to be unused");
  expect(await names(store.root)).toHaveLength(1);
});

test("gc asks, and nobody who cannot answer; --yes removes", async () => {
  const { directory } = await artefact("align");
  const told = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const printed = () => told.mock.calls.map(([text]) => String(text)).join("");
  await gc.handler({ runs, yes: false, json: false });
  expect(printed()).toContain("nothing was removed (--yes removes without asking)");
  expect(await names(store.root)).toHaveLength(1);
  await gc.handler({ runs, yes: true, json: false });
  expect(printed()).toMatch(/1 removed, \d+ B free\n$/);
  expect(await names(store.root)).toEqual([]);
  await artefact("align");
  told.mockClear();
  await gc.handler({ runs, yes: false, json: true });
  expect(JSON.parse(printed())).toMatchObject({
    removed: 0,
    unused: [{ kind: "artefact", path: directory }],
  });
  await run("one", []);
  await show.handler({ runs, run: "one", json: false });
  expect(printed()).toContain("one: done, 0 of 0 stages");
  await expect(show.handler({ runs, run: "on", json: false })).rejects.toThrow(
    /no run of this name.*mean: one/s,
  );
});
