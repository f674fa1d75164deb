import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeRuns } from "../../../../ts/cli/describe-runs.ts";
import { configDifferences, differences } from "../../../../ts/experiment/finished-runs/compare.ts";
import { findRun, listRuns } from "../../../../ts/experiment/finished-runs/list.ts";

test("only what differs is told, by its path: maps and lists of maps part by part, other lists whole", () => {
  const a = "name: a\nseeds: [1, 2]\ntasks: [{task: arithmetic, train: 5}]\nmethods: {dc: {weight: 1}}\n";
  const b =
    "name: b\nseeds: [1, 3]\ntasks: [{train: 6, task: arithmetic}]\nmethods: {dc: {weight: 1}, bc: {beta: 0.1}}\n";
  expect(configDifferences(a, b)).toEqual([
    { path: "seeds", a: [1, 2], b: [1, 3] },
    { path: "tasks.0.train", a: 5, b: 6 },
    { path: "methods.bc", b: { beta: 0.1 } },
  ]);
  expect(differences({ x: [{ y: 1 }] }, { x: [{ y: 1 }, { y: 2 }] })).toEqual([
    { path: "x", a: [{ y: 1 }], b: [{ y: 1 }, { y: 2 }] },
  ]);
  expect(configDifferences(a, a.replace("name: a", "name: z"))).toEqual([]);
});

const record = {
  format: 2,
  name: "one",
  description: "",
  finishedAt: "2026-01-02T03:04:05.000Z",
  configYaml: "name: one\n",
  examples: 1,
  extract: "strict",
  tasks: [],
  methods: [{ name: "kept", label: "VFT, kept", method: "keep", settings: {} }],
  stages: [],
  seeds: [{ seed: 7, vft: "x", trainGroups: [], arms: [] }],
};

async function folderOfRuns(): Promise<string> {
  const runs = await mkdtemp(join(tmpdir(), "aft-runs-"));
  for (const [name, text] of Object.entries({
    one: JSON.stringify(record),
    "k/k=10": JSON.stringify(record),
    "k/k=9": JSON.stringify(record),
    torn: "{",
  })) {
    await mkdir(join(runs, name), { recursive: true });
    await writeFile(join(runs, name, "run.json"), text);
  }
  await mkdir(join(runs, "artefacts", "vft-1"), { recursive: true });
  await writeFile(join(runs, "artefacts", "run.json"), "{}");
  return runs;
}

test("the list has every run, cells of sweeps too, and says which cannot be read", async () => {
  const runs = await folderOfRuns();
  const found = await listRuns(runs);
  expect(found.map(({ name }) => name)).toEqual(["k/k=9", "k/k=10", "one", "torn"]);
  expect(found[2]).toEqual({
    name: "one",
    finishedAt: "2026-01-02T03:04:05.000Z",
    methods: ["kept"],
    seeds: [7],
    best: null,
  });
  expect(found[3]!.problem).toContain("run.json is damaged");
  expect(describeRuns(found, runs)).toMatch(/^one +2026-01-02 03:04 +7 +1 +–$/m);
  expect(describeRuns([], "runs")).toBe("no finished run in runs");
  await expect(listRuns(join(runs, "none"))).rejects.toThrow(`${join(runs, "none")}: no such folder`);
});

test("a run is found by its folder or its name; else the nearest name is told", async () => {
  const runs = await folderOfRuns();
  expect(await findRun("k/k=9", runs)).toBe(join(runs, "k/k=9"));
  expect(await findRun(join(runs, "one"), "elsewhere")).toBe(join(runs, "one"));
  await expect(findRun("on", runs)).rejects.toThrow(/no finished run of this name.*did you mean: one/s);
});
