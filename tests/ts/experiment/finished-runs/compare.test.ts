import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunData } from "../../../../ts/analysis/index.ts";
import { writeJsonl } from "../../../../ts/core/jsonl.ts";
import { silent } from "../../../../ts/core/progress.ts";
import { compareAside } from "../../../../ts/experiment/finished-runs/index.ts";
import { Store } from "../../../../ts/experiment/store/store.ts";
import { syntheticRun } from "../../analysis/synthetic.ts";

let runs: string;
beforeAll(async () => {
  runs = await mkdtemp(join(tmpdir(), "aft-compared-"));
});
afterAll(() => rm(runs, { recursive: true }));

/** A run's folder with what its methods answered, as `aft run` leaves it; no files of any training. */
async function recorded(name: string, run: RunData): Promise<string> {
  const store = new Store(join(runs, "artefacts"));
  const folder = join(runs, name);
  const made = async (stage: string, files: Record<string, readonly object[]>) => {
    const recipe = { stage, codeVersion: 1, settings: { name, files }, inputs: {} };
    const { directory } = await store.make(recipe, silent, async (within) => {
      for (const [file, rows] of Object.entries(files)) await writeJsonl(join(within, file), rows);
      return {};
    });
    return relative(folder, directory);
  };
  const vft = await made("vft", {});
  const artefacts = [vft];
  const arms = [];
  for (const { method, predictions, samples, heldOut } of run.arms.slice(0, 2)) {
    const files = {
      "predictions.jsonl": predictions,
      "samples.jsonl": samples,
      "heldout.jsonl": heldOut,
    };
    const artefact = await made("evaluate", files);
    artefacts.push(artefact);
    arms.push({ method, checkpoint: vft, evaluate: [{ task: "arithmetic", artefact }] });
  }
  const record = {
    ...{ format: 2, name, description: "", finishedAt: "2026-01-02T03:04:05.000Z", configYaml: "name: x\n" },
    ...{ examples: 1, extract: "strict", tasks: [], methods: run.methods },
    stages: artefacts.map((artefact) => ({ stage: "vft", artefact, reused: false })),
    seeds: [{ seed: 1, vft, trainGroups: [], arms }],
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "run.json"), JSON.stringify(record));
  return folder;
}

test("two runs are compared by their answers alone, and in a thread as without one", async () => {
  const run = syntheticRun({ questions: 12, k: 2 });
  const [a, b] = [await recorded("a", run), await recorded("b", run)];
  const compared = await compareAside(a, b);
  expect(compared.methods).toHaveLength(2);
  expect(compared.methods[0]!.metrics.accuracy).toMatchObject({ a: { n: 12 }, difference: 0 });
  expect(await compareAside(a, b, 0)).toEqual(compared);
  const [artefact] = (await import(join(a, "run.json"), { with: { type: "json" } })).default.stages;
  await rm(join(a, artefact.artefact), { recursive: true });
  await expect(compareAside(a, b)).rejects.toThrow("an artefact of this run is missing or damaged");
});
