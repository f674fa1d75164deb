/**
 * A run whose samples vLLM draws, killed in the middle and gone on with. A stand-in takes vLLM's place
 * (tests/py/fake_vllm), unless AFT_VLLM_PYTHON names a Python that has the real one.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ensurePython } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, artefactOf, someFile, temporaryFolder, until } from "../e2e/aft.ts";
import { standing } from "../e2e/deaths.ts";
import { setting } from "../e2e/whole-runs.ts";

const real = process.env.AFT_VLLM_PYTHON;
vi.setConfig({ testTimeout: real === undefined ? 300_000 : 1_200_000 });

const vllm = real ?? join(projectRoot, "tests", "py", "fake_vllm", "python.sh");
// two at once: not all have come with the first that are told of
const settings = setting(`worker.vllmPython=${vllm}`, "worker.samplesAtOnce=2");

interface Sampled {
  questionId: string;
  index: number;
  tokenIds: number[];
}

const rows = (text: string): Sampled[] =>
  text
    .split("\n")
    // the last line may be cut
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Sampled);

test("killed while it samples and run again, no sample is missing, and those of before are as they were", async () => {
  const runs = await temporaryFolder();
  const env = { FAKE_VLLM_PYTHON: await ensurePython() };
  const args = ["run", "tests/e2e/vllm.yaml", "--runs", runs, ...settings];
  const { kill } = await standing(args, "generate 1 tells", env);
  await until(() => someFile(runs, /^sample-/, "candidates.jsonl", 1));
  await kill();
  const half = (await readdir(join(runs, "artefacts"))).find((name) => /^sample-[^.]*$/.test(name))!;
  const before = rows(await readFile(join(runs, "artefacts", half, "candidates.jsonl"), "utf8"));
  const again = await aft(args, { env });
  expect(again.exitCode, again.stderr).toBe(0);
  const trained = ({ settings: { split } }: { settings: { split: string } }) => split === "train";
  const folder = await artefactOf(runs, "sample", trained);
  const all = rows(await readFile(join(folder, "candidates.jsonl"), "utf8"));
  expect(before.length).toBeGreaterThan(0);
  expect(before.length).toBeLessThan(24);
  expect(all.slice(0, before.length)).toEqual(before);
  expect(all).toHaveLength(24);
  expect(new Set(all.map(({ questionId, index }) => `${questionId} ${index}`)).size).toBe(24);
  expect(all.every(({ tokenIds }) => tokenIds.length > 0)).toBe(true);
  const { facts } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
  expect(facts.sampler).toEqual({ name: "vllm", version: real === undefined ? "99.1" : expect.any(String) });
});
