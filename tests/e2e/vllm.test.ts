/**
 * A run whose samples vLLM draws, killed in the middle and gone on with. A stand-in takes vLLM's place
 * (tests/py/fake_vllm), unless AFT_VLLM_PYTHON names a Python that has the real one.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { ensurePython } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, artefactOf, someFile, startAft, temporaryFolder, until } from "./aft.ts";
import { setting } from "./whole-runs.ts";

const real = process.env.AFT_VLLM_PYTHON;
const vllm = real ?? join(projectRoot, "tests", "py", "fake_vllm", "python.sh");
if (real !== undefined) vi.setConfig({ testTimeout: 1_200_000, hookTimeout: 1_200_000 });

const experiment = "tests/e2e/vllm.yaml";
// two at once: slow enough to be killed in the middle
const settings = setting(`worker.vllmPython=${vllm}`, "worker.samplesAtOnce=2");

interface Sampled {
  questionId: string;
  index: number;
  tokenIds: number[];
}

describe("a run with vLLM, killed while it samples and run again", () => {
  let runs: string;
  let env: Record<string, string>;
  let before: Sampled[];
  let stderr: string;
  const manifestOf = async (stage: string) =>
    JSON.parse(await readFile(join(await artefactOf(runs, stage, () => true), "manifest.json"), "utf8"));

  beforeAll(async () => {
    runs = await temporaryFolder();
    env = { FAKE_VLLM_PYTHON: await ensurePython() };
    const args = ["run", experiment, "--runs", runs, ...settings];
    const first = startAft(args, { ...env, FAKE_VLLM_SLEEP: "0.1" });
    const ended = first.then(({ all }) => Promise.reject(new Error(`it ended by itself: ${all}`)));
    await Promise.race([ended, until(() => someFile(runs, /^sample-/, "candidates.jsonl", 8), 900_000)]);
    ended.catch(() => {});
    first.kill("SIGKILL");
    await first;
    const half = (await readdir(join(runs, "artefacts"))).find((name) => /^sample-[^.]*$/.test(name))!;
    before = rows(await readFile(join(runs, "artefacts", half, "candidates.jsonl"), "utf8"));
    const done = await aft(args, { env });
    stderr = done.stderr;
    expect(done.exitCode, stderr).toBe(0);
  });

  test("no sample is missing and none is double, and those of before are as they were", async () => {
    const trained = ({ settings: { split } }: { settings: { split: string } }) => split === "train";
    const folder = await artefactOf(runs, "sample", trained);
    const all = rows(await readFile(join(folder, "candidates.jsonl"), "utf8"));
    expect(before.length).toBeGreaterThanOrEqual(8);
    expect(before.length).toBeLessThan(24);
    expect(all.slice(0, before.length)).toEqual(before);
    expect(all).toHaveLength(24);
    expect(new Set(all.map(({ questionId, index }) => `${questionId} ${index}`)).size).toBe(24);
    expect(all.every(({ tokenIds }) => tokenIds.length > 0)).toBe(true);
  });

  test("samples and evaluations name vLLM and its version, and so does the report", async () => {
    const sampler = { name: "vllm", version: real === undefined ? "99.1" : expect.any(String) };
    for (const stage of ["sample", "evaluate"]) {
      const { facts, settings } = await manifestOf(stage);
      expect([facts.sampler, settings.sampler]).toEqual([sampler, "vllm"]);
    }
    const report = JSON.parse(await readFile(join(runs, "vllm", "report.json"), "utf8"));
    expect(report.provenance.samplers).toEqual([sampler]);
  });

  test("with the other sampler samples are drawn anew, and what was trained before stays", async () => {
    const plan = (...more: string[]) =>
      aft(["run", experiment, "--runs", runs, "--dry-run", ...settings, ...setting(...more)], { env });
    const { stdout } = await plan("worker.sampler=transformers");
    expect(stdout).toMatch(/^done {3}vft seed 1 /m);
    expect(stdout).toMatch(/^to do {2}sample seed 1 /m);
    const again = await plan();
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).not.toContain("to do");
  });

  test("validate says what draws the samples, and refuses what cannot", async () => {
    const valid = await aft(["validate", experiment, ...settings], { env });
    expect(valid.stdout).toMatch(/^samples are drawn by vLLM \S+, \//m);
    const other = await aft(["validate", experiment, ...settings, ...setting("worker.device=cuda")], { env });
    expect(other.stderr).toContain("vLLM and the worker run on different devices");
    expect(other.exitCode).toBe(2);
  });
});

const rows = (text: string): Sampled[] =>
  text
    .split("\n")
    .filter((line, at, lines) => line !== "" && at < lines.length - 1)
    .map((line) => JSON.parse(line) as Sampled);
