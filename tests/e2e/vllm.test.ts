/** A run whose samples vLLM draws, by the stand-in in tests/py/fake_vllm; tests/slow kills one, and takes the real one. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { ensurePython } from "../../ts/bridge/index.ts";
import { projectRoot } from "../../ts/core/project.ts";
import { aft, artefactOf } from "./aft.ts";
import { dryRun, setting, wholeRun } from "./whole-runs.ts";

const experiment = "tests/e2e/vllm.yaml";
const vllm = setting(`worker.vllmPython=${join(projectRoot, "tests", "py", "fake_vllm", "python.sh")}`);
let runs: string;

beforeAll(async () => {
  // the commands' own environment
  process.env.FAKE_VLLM_PYTHON = await ensurePython();
  const whole = await wholeRun(experiment, ...vllm);
  expect(whole.done.exitCode, whole.done.stderr).toBe(0);
  expect(whole.done.stderr).toContain("sample seed 1: vLLM is starting (float32, cpu, ");
  runs = whole.runs;
});

test("samples and evaluations name vLLM and its version, and so does the report", async () => {
  const sampler = { name: "vllm", version: "99.1" };
  for (const stage of ["sample", "evaluate"]) {
    const folder = await artefactOf(runs, stage, () => true);
    const { facts, settings } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    expect([facts.sampler, settings.sampler]).toEqual([sampler, "vllm"]);
  }
  const report = JSON.parse(await readFile(join(runs, "vllm", "report.json"), "utf8"));
  expect(report.provenance.samplers).toEqual([sampler]);
});

test("with the other sampler samples are drawn anew, and what was trained before stays", async () => {
  const { stdout } = await dryRun(experiment, runs, ...vllm, ...setting("worker.sampler=transformers"));
  expect(stdout).toMatch(/^done {3}vft seed 1 /m);
  expect(stdout).toMatch(/^to do {2}sample seed 1 /m);
  const again = await dryRun(experiment, runs, ...vllm);
  expect(again.exitCode, again.stderr).toBe(0);
  expect(again.stdout).not.toContain("to do");
});

test("an estimate says that vLLM samples, and tells no time of it", async () => {
  const { stdout } = await dryRun(experiment, runs, "--estimate", ...vllm, ...setting("stages.evaluate.k=2"));
  expect(stdout).toMatch(/^ {2}evaluate aft-bc seed 1 .* not known {2}.*\(scoring\)$/m);
  expect(stdout).toMatch(/^ {2}in all +not known {2}/m);
  expect(stdout).toContain("; vLLM samples at a pace and in memory of its own, which are not tried: ");
});

test("validate says what draws the samples, and refuses what cannot", async () => {
  const valid = await aft(["validate", experiment, ...vllm]);
  expect(valid.stdout).toMatch(/^samples are drawn by vLLM 99\.1, \//m);
  const other = await aft(["validate", experiment, ...vllm, ...setting("worker.device=cuda")]);
  expect(other.stderr).toContain("vLLM and the worker run on different devices");
  expect(other.exitCode).toBe(2);
});
