import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { listRuns, listSweeps, loadRun, loadSweep, table } from "../../../ts/notebook/index.ts";

const metric = (value: number) => ({ value, interval: { low: value - 0.1, high: value + 0.1 }, n: 40 });
const cell = (k: number, rest: object) => ({
  cell: `k=${k}`,
  settings: { "stages.sample.k": k, "methods.aft-bc.train": { steps: 8 } },
  status: "done",
  run: `k=${k}`,
  seeds: [1],
  split: "validation",
  methods: [
    {
      name: "aft-bc",
      label: "AFT-BC",
      role: "boundary",
      metrics: { accuracy: metric(k / 10), assessmentMicro: { value: null, interval: null, n: 0 } },
      againstContinued: { accuracy: { value: 0.1, interval: null } },
    },
  ],
  ...rest,
});

const results = {
  schemaVersion: 1,
  name: "samples",
  description: "Do more samples help?",
  writtenAt: "2024-01-01T00:00:00.000Z",
  keys: ["stages.sample.k"],
  best: {
    metric: "accuracy",
    cell: "k=4",
    method: "aft-bc",
    label: "AFT-BC",
    value: 0.4,
    interval: null,
    n: 40,
    among: 2,
  },
  cells: [
    cell(2, {}),
    cell(4, {}),
    cell(8, { status: "failed", error: "the loss is nan", methods: [] }),
    cell(16, { status: "waiting", methods: [] }),
  ],
};

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), "aft-sweeps-"));
  for (const name of ["samples", "damaged"]) await mkdir(join(runs, name));
  await writeFile(join(runs, "samples", "sweep.json"), JSON.stringify(results));
  await writeFile(join(runs, "damaged", "sweep.json"), "{}");
  await mkdir(join(runs, "samples", "k=2"));
  await writeFile(join(runs, "samples", "k=2", "run.json"), "{}");
});

test("a sweep is found by its name, and has its cells with their settings, methods and metrics", async () => {
  expect(await listSweeps(runs)).toEqual(["damaged", "samples"]);
  expect(await listRuns(runs)).toEqual([]);
  const sweep = await loadSweep("samples", { runs });
  expect(sweep).toMatchObject({
    name: "samples",
    directory: join(runs, "samples"),
    keys: ["stages.sample.k"],
  });
  expect(sweep.best).toMatchObject({ cell: "k=4", value: 0.4, among: 2 });
  expect(sweep.cells.map(({ name, status }) => [name, status])).toEqual([
    ["k=2", "done"],
    ["k=4", "done"],
    ["k=8", "failed"],
    ["k=16", "waiting"],
  ]);
  const { settings, split, methods } = sweep.cell("k=4");
  expect(settings["stages.sample.k"]).toBe(4);
  expect(split).toBe("validation");
  expect(methods[0]!.metrics.accuracy).toEqual(metric(0.4));
  expect(methods[0]!.againstContinued?.accuracy?.value).toBe(0.1);
});

test("its rows make a table: a method in a cell each, of those that are done", async () => {
  const sweep = await loadSweep(join(runs, "samples"));
  const [first, ...others] = sweep.rows();
  expect(first).toEqual({
    cell: "k=2",
    "stages.sample.k": 2,
    "methods.aft-bc.train": '{"steps":8}',
    method: "AFT-BC",
    value: 0.2,
    low: 0.1,
    high: 0.2 + 0.1,
  });
  expect(others.map((row) => row.cell)).toEqual(["k=4"]);
  expect(sweep.rows("assessmentMicro")[0]).toMatchObject({ value: null, low: null, high: null });
  expect(table(sweep.rows(), { columns: ["cell", "value"] }).text).toMatch(/k=2 +0\.2\n *k=4 +0\.4/);
});

test("a cell's run is read by the cell, or by both names; without one it is said why", async () => {
  const sweep = await loadSweep("samples", { runs });
  // The record of a run is read there, which is not one here.
  await expect(sweep.run("k=2")).rejects.toThrow(
    `${join(runs, "samples", "k=2", "run.json")}: run.json is damaged`,
  );
  await expect(loadRun("samples/k=2", { runs })).rejects.toThrow("run.json is damaged");
  await expect(sweep.run("k=8")).rejects.toThrow(
    'samples, k=8: this cell has no run yet\n  found: "failed: the loss is nan"\n  fix: run the sweep\'s file again: only what is missing is made',
  );
  await expect(sweep.run("k=16")).rejects.toThrow('found: "waiting"');
  expect(() => sweep.cell("k=5")).toThrow(
    'samples: this sweep has no such cell\n  found: "k=5"\n  expected: one of k=2; k=4; k=8; k=16\n  did you mean: k=2',
  );
});

test("an unknown name, a folder that is no sweep's and a damaged file are told", async () => {
  await expect(loadSweep("sample", { runs })).rejects.toThrow(
    'there is no sweep of this name\n  found: "sample"\n  expected: one of damaged, samples\n  did you mean: samples',
  );
  await expect(loadSweep(join(runs, "samples", "k=2"))).rejects.toThrow("not the folder of a sweep");
  await expect(loadSweep("damaged", { runs })).rejects.toThrow(
    "sweep.json is damaged or was written by another version",
  );
});
