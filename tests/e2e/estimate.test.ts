import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { aft, artefactOf, temporaryFolder } from "./aft.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const experiment = "tests/e2e/tiny.yaml";
let runs: string;
let created: string;
let model: string;

beforeAll(async () => {
  runs = await temporaryFolder();
  const done = await aft(["run", experiment, "--runs", runs]);
  expect(done.stderr).not.toContain("estimate");
  expect(done.exitCode).toBe(0);
  model = join(await temporaryFolder(), "base");
  created = await artefactOf(runs, "create", () => true);
  await cp(join(created, "checkpoint"), model, { recursive: true });
});

const ofFolder = () => ["--set", "model.create=null", "--set", `model.path=${model}`];

test("a dry run with --estimate says what each stage takes, and writes nothing", async () => {
  const other = await temporaryFolder();
  const dry = await aft([
    "run",
    experiment,
    ...ofFolder(),
    "--runs",
    join(other, "runs"),
    "--dry-run",
    "--estimate",
  ]);
  expect(dry.exitCode).toBe(0);
  const { parameters } = JSON.parse(await readFile(join(created, "manifest.json"), "utf8")).facts;
  expect(dry.stdout).toContain(
    `estimate for ${model}: ${Math.round(parameters / 1000)} k parameters in float32, all trained: 16 bytes each before activations`,
  );
  for (const label of ["vft seed 1", "align aft-bc seed 1", "evaluate aft-bc seed 1", "in all"])
    expect(dry.stdout).toMatch(new RegExp(`^  ${label} .* (s|min|h)  .* GB`, "m"));
  expect(dry.stdout).toContain("assumed: training and scoring reach 40 % of the measured FLOP/s");
  expect(dry.stdout).not.toContain("warning:");
  expect(existsSync(join(other, "runs"))).toBe(false);
});

test("with --json the numbers stand beside the stages", async () => {
  const dry = await aft([
    "run",
    experiment,
    "--runs",
    runs,
    "--dry-run",
    "--estimate",
    "--json",
    "--set",
    "stages.evaluate.k=2",
  ]);
  const { estimate } = JSON.parse(dry.stdout);
  // VFT and the method are done; only what the change brings about is estimated.
  expect(estimate.stages.map(({ label }: { label: string }) => label)).not.toContain("vft seed 1");
  expect(estimate.stages.map(({ label }: { label: string }) => label)).toContain("evaluate aft-bc seed 1");
  expect(estimate.seconds).toBeGreaterThan(0);
  expect(estimate.warnings).toEqual([]);
});

test("a model from a folder is estimated before the work begins, unasked; one that is done is not", async () => {
  const short = [...ofFolder(), "--set", "methods={aft-bc: null}", "--set", "name=short"];
  const first = await aft(["run", experiment, ...short, "--runs", runs]);
  expect(first.exitCode).toBe(0);
  const [estimated, worked] = ["estimate for", "vft seed 1: "].map((text) => first.stderr.indexOf(text));
  expect(estimated).toBeGreaterThan(-1);
  expect(worked).toBeGreaterThan(estimated!);
  const again = await aft(["run", experiment, ...short, "--runs", runs], {
    env: { AFT_PYTHON: "/nowhere/python" },
  });
  expect(again.exitCode).toBe(0);
  expect(again.stderr).not.toContain("estimate");
});

test("what does not fit is said in one line, with what to change", async () => {
  const huge = {
    hiddenSize: 16_384,
    intermediateSize: 65_536,
    layers: 80,
    heads: 64,
    maxPositions: 256,
    tokenizer: { kind: "words" },
  };
  const dry = await aft([
    "run",
    experiment,
    "--runs",
    runs,
    "--dry-run",
    "--estimate",
    "--set",
    `model.create=${JSON.stringify(huge)}`,
  ]);
  expect(dry.exitCode).toBe(0);
  const warnings = dry.stdout.split("\n").filter((line) => line.startsWith("warning: "));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    /^warning: \w[\w -]* seed 1 needs about [\d,]+ GB, cpu has [\d.,]+ GB free: it needs a larger GPU: even the least setting takes [\d,]+ GB$/,
  );
});
