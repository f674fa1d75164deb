import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { RunSummary } from "../../../ts/analysis/index.ts";
import { loadExperiment } from "../../../ts/config/index.ts";
import { silent } from "../../../ts/core/progress.ts";
import type { Group } from "../../../ts/core/records.ts";
import { exportRun } from "../../../ts/experiment/export.ts";
import { rowsIn } from "../../../ts/experiment/export-formats.ts";
import { modelCard } from "../../../ts/experiment/model-card.ts";
import { planOf, recipeOf } from "../../../ts/experiment/plan.ts";
import { readRunRecord, writeRunRecord } from "../../../ts/experiment/run-record.ts";
import type { Done } from "../../../ts/experiment/runner.ts";
import { keyOf, type Manifest, Store } from "../../../ts/experiment/store.ts";

const right = { text: "#### 2", extracted: "2", correct: true };
const wrong = { text: "#### 3", extracted: "3", correct: false };
const group: Group = {
  id: "q1",
  task: "arithmetic",
  prompt: "1 + 1?\n",
  reference: "1 + 1 = 2\n#### 2",
  answer: "2",
  candidates: [right, wrong],
};

let runs: string;
let run: string;
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), "aft-run-files-"));
  run = join(runs, "miniature");
  const set = [
    "methods={kept: {method: keep}, rft: {method: rft, label: Rejection sampling}}",
    "seeds=[1,2]",
  ];
  const { experiment, yaml } = await loadExperiment("experiments/miniature.yaml", {
    set: [
      "methods={vft-kept: null, vft-continued: null, aft-none: null, aft-dc: null, aft-bc: null}",
      ...set,
    ],
  });
  const plan = await planOf(experiment);
  const store = new Store(join(runs, "artefacts"));
  const done = new Map<string, Done>();
  for (const node of plan.nodes) {
    const recipe = recipeOf(node);
    const artefact = await store.make(recipe, silent, async (directory) => {
      await writeFile(join(directory, "groups.jsonl"), `${JSON.stringify(group)}\n`);
      return { digest: `weights of ${node.stage} ${node.method} ${node.seed}` };
    });
    done.set(keyOf(recipe), { node, artefact });
  }
  await writeRunRecord(run, experiment, yaml, { plan, done });
});

test("the record names every stage once and each arm's own files, relative to the run's folder", async () => {
  const record = await readRunRecord(run);
  expect(record.methods.map(({ name, label }) => [name, label])).toEqual([
    ["rft", "Rejection sampling"],
    ["kept", "kept"],
  ]);
  expect(record.stages.map(({ artefact }) => artefact)).toEqual([
    ...new Set(record.stages.map(({ artefact }) => artefact)),
  ]);
  const manifestOf = async (artefact: string) =>
    JSON.parse(await readFile(join(run, artefact, "manifest.json"), "utf8"));
  for (const { seed, vft, arms } of record.seeds) {
    expect((await manifestOf(vft)).facts.digest).toBe(`weights of vft undefined ${seed}`);
    const [rft, kept] = arms;
    expect(kept).toMatchObject({ method: "kept", checkpoint: vft });
    expect(kept).not.toHaveProperty("align");
    expect(rft!.checkpoint).toBe(rft!.align);
    expect((await manifestOf(rft!.checkpoint)).facts.digest).toBe(`weights of align rft ${seed}`);
  }
});

test("a run.json of another version is told from none at all", async () => {
  await writeFile(join(run, "run.json"), '{"format": 7}');
  await expect(readRunRecord(run)).rejects.toThrow("run.json is damaged or was written by another version");
  await expect(readRunRecord(runs)).rejects.toThrow("not the folder of a finished run: it has no run.json");
});

test("samples are exported in each form, into nested folders, and never over what is there", async () => {
  const to = join(runs, "deep", "er", "data");
  expect(await exportRun(run, { to: `${to}/`, data: "trl-preference" })).toEqual([`${to}/`]);
  expect(JSON.parse(await readFile(join(to, "train.jsonl"), "utf8"))).toMatchObject({
    prompt: group.prompt,
    chosen: right.text,
    rejected: wrong.text,
  });
  await expect(exportRun(run, { to, data: "rrhf" })).rejects.toThrow(
    "the folder to export to is there already",
  );
  await expect(exportRun(run, { to: join(runs, "x"), seed: 9, data: "rrhf" })).rejects.toThrow(
    "this run has no such seed\n  found: 9\n  expected: one of 1, 2",
  );
});

test("weights of an unnamed or misnamed method are refused with the names", async () => {
  const to = join(runs, "model");
  await expect(exportRun(run, { to })).rejects.toThrow(
    "the run has several methods: say whose weights\n  expected: --method with one of rft, kept",
  );
  await expect(exportRun(run, { to, method: "rfd" })).rejects.toThrow(
    'this run has no such method\n  found: "rfd"\n  expected: --method with one of rft, kept\n  did you mean: rft',
  );
});

test("the forms of export", () => {
  expect(rowsIn("groups", [group])).toEqual([group]);
  expect(rowsIn("trl-unpaired", [group]).map((row) => (row as { label: boolean }).label)).toEqual([
    true,
    false,
  ]);
  expect(rowsIn("rrhf", [group])).toHaveLength(1);
  const allWrong = { ...group, candidates: [wrong] };
  expect(rowsIn("trl-preference", [allWrong])).toEqual([]);
});

test("a model card says what was measured, for its own seed", async () => {
  const record = await readRunRecord(run);
  const perSeed = [
    { seed: 1, value: 0.5, n: 40, interval: { low: 0.352, high: 0.648 } },
    { seed: 2, value: null, n: 0, interval: null },
  ];
  const methods = [
    { name: "rft", label: "Rejection sampling", method: "rft", metrics: { accuracy: { perSeed } } },
  ];
  const summary = { methods } as unknown as RunSummary;
  const store = new Store(join(runs, "artefacts"));
  const node = (await planNodes()).find(({ stage, seed }) => stage === "vft" && seed === 1)!;
  const { manifest } = (await store.find(recipeOf(node)))!;
  const card = (seed: number) => modelCard(record, summary, { method: "rft", seed, manifest });
  expect(card(1)).toContain("# miniature: Rejection sampling");
  expect(card(1)).toContain(
    "- Greedy accuracy on held-out questions: 50.0 % of 40 (95 % interval 35.2 % to 64.8 %)",
  );
  expect(card(2)).toContain("- Greedy accuracy on held-out questions: not measured");
  expect(card(1)).toContain("- SHA-256 of the weights: weights of vft undefined 1");
});

const planNodes = async () =>
  (await planOf((await loadExperiment("experiments/miniature.yaml", {})).experiment)).nodes;

test("a model card says which beta was worked out or chosen, where the settings do not", async () => {
  const record = await readRunRecord(run);
  const methods = [{ name: "rft", label: "RFT", method: "rft", metrics: { accuracy: { perSeed: [] } } }];
  const summary = { methods } as unknown as RunSummary;
  const card = (facts: object, settings: object) =>
    modelCard(record, summary, {
      method: "rft",
      seed: 1,
      manifest: { facts, settings } as unknown as Manifest,
    });
  const search = { boundary: { beta: 0.2, rule: "search" } };
  expect(card(search, { values: [0.1, 0.2] })).toContain(
    "seed 1\n- beta of the boundary: 0.2 (chosen among 0.1, 0.2 by accuracy on validation questions)\n- Greedy",
  );
  const auto = { boundary: { beta: 0.25, rule: "auto", quantile: 0.9, negatives: 40, below: 0.1 } };
  expect(card(auto, {})).toContain(
    "- beta of the boundary: 0.25 (worked out from 40 worse COTs, 10.0 % of them below the boundary)",
  );
  expect(card({}, { beta: 0.15 })).not.toContain("beta of the boundary");
});
