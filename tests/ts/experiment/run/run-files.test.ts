import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { loadExperiment } from "../../../../ts/config/index.ts";
import { silent } from "../../../../ts/core/progress.ts";
import type { Group } from "../../../../ts/core/records.ts";
import { exportRun } from "../../../../ts/experiment/export/export-run.ts";
import { rowsIn } from "../../../../ts/experiment/export/formats.ts";
import { planOf } from "../../../../ts/experiment/plan/plan.ts";
import { readRunRecord, writeRunRecord } from "../../../../ts/experiment/run/run-record.ts";
import type { Done } from "../../../../ts/experiment/run/runner.ts";
import { recipeOf } from "../../../../ts/experiment/stages/node.ts";
import { Store } from "../../../../ts/experiment/store/store.ts";

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
    const artefact = await store.make(recipeOf(node), silent, async (directory) => {
      await writeFile(join(directory, "groups.jsonl"), `${JSON.stringify(group)}\n`);
      return { digest: `weights of ${node.stage} ${node.method} ${node.seed}` };
    });
    done.set(artefact.key, { node, artefact });
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
  await writeFile(join(runs, "started.json"), "{}");
  await expect(readRunRecord(runs)).rejects.toThrow("the run is not finished: it has no run.json");
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
