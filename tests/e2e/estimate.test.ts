import { existsSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadExperiment } from "../../ts/config/index.ts";
import { silent } from "../../ts/core/progress.ts";
import { measureOn } from "../../ts/experiment/index.ts";
import { LazyWorker } from "../../ts/experiment/worker/lazy-worker.ts";
import { aft, artefactOf, temporaryFolder } from "./aft.ts";
import { dryRun, setting, wholeRun } from "./whole-runs.ts";

const experiment = "tests/e2e/tiny.yaml";
let runs: string;
let created: string;
let model: string;

beforeAll(async () => {
  const { runs: folder, done } = await wholeRun(experiment);
  runs = folder;
  expect(done.stderr).not.toContain("estimate");
  expect(done.exitCode).toBe(0);
  model = join(await temporaryFolder(), "base");
  created = await artefactOf(runs, "create", () => true);
  await cp(join(created, "checkpoint"), model, { recursive: true });
});

const ofFolder = () => setting("model.create=null", `model.path=${model}`);
const estimated = (file: string, folder: string, ...options: string[]) =>
  dryRun(file, folder, "--estimate", ...options);

test("a dry run with --estimate says what each stage takes, and writes nothing", async () => {
  const other = await temporaryFolder();
  const dry = await estimated(experiment, join(other, "runs"), ...ofFolder());
  expect(dry.exitCode).toBe(0);
  const { parameters } = JSON.parse(await readFile(join(created, "manifest.json"), "utf8")).facts;
  expect(dry.stdout).toContain(
    `estimate for ${model}: ${Math.round(parameters / 1000)} k parameters in float32, all trained: 16 bytes each before activations`,
  );
  for (const label of ["vft seed 1", "align aft-bc seed 1", "evaluate aft-bc seed 1", "in all"])
    expect(dry.stdout).toMatch(new RegExp(`^  ${label} .* (s|min|h)  .* GB`, "m"));
  expect(dry.stdout).toContain("measured: training, sampling and scoring of a model of these sizes");
  expect(dry.stdout).not.toContain("warning:");
  expect(existsSync(join(other, "runs"))).toBe(false);
});

test("with --json the numbers stand beside the stages", async () => {
  const dry = await estimated(experiment, runs, "--json", ...setting("stages.evaluate.k=2"));
  const { estimate } = JSON.parse(dry.stdout);
  // VFT and the method are done; only what the change brings about is estimated.
  expect(estimate.stages.map(({ label }: { label: string }) => label)).not.toContain("vft seed 1");
  expect(estimate.stages.map(({ label }: { label: string }) => label)).toContain("evaluate aft-bc seed 1");
  expect(estimate.seconds).toBeGreaterThan(0);
  expect(estimate.pace).toMatchObject({ measured: true });
  expect(estimate.warnings).toEqual([]);
});

test("a run's own worker finds out what is left, with the model that the run has made", async () => {
  const { experiment: changed } = await loadExperiment(experiment, { set: ["stages.evaluate.k=2"] });
  const { signal } = new AbortController();
  const worker = new LazyWorker(changed.worker, silent, signal);
  try {
    const seconds = await measureOn({ runsDirectory: runs, signal })(changed, worker);
    const dry = await estimated(experiment, runs, "--json", ...setting("stages.evaluate.k=2"));
    const { stages } = JSON.parse(dry.stdout).estimate;
    expect([...seconds.keys()]).toEqual(stages.map(({ key }: { key: string }) => key));
    for (const value of seconds.values()) expect(value).toBeGreaterThan(0);
  } finally {
    await worker.close();
  }
});

test("a model from a folder is estimated before the work begins, unasked; one that is done is not", async () => {
  const short = [...ofFolder(), ...setting("methods={aft-bc: null}", "name=short")];
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

test("an adapter that the model cannot have ends a run before any work", async () => {
  const folder = join(await temporaryFolder(), "runs");
  const wrong = setting("model.adapter={rank: 2, targets: [q_proj, v_prj]}", "name=wrong");
  const run = await aft(["run", experiment, ...ofFolder(), ...wrong, "--runs", folder]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("(/adapter/targets/1): cannot put an adapter on");
  expect(run.stderr).toContain(
    "it has no linear layer 'v_prj' in its blocks (there are down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj); did you mean v_proj?",
  );
  expect(run.stderr).not.toContain("estimate for");
  expect(existsSync(folder)).toBe(false);
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
  const dry = await estimated(experiment, runs, ...setting(`model.create=${JSON.stringify(huge)}`));
  expect(dry.exitCode).toBe(0);
  expect(dry.stdout).toContain(
    "assumed, as the model is too large to be tried here: training and scoring reach 40 %",
  );
  const warnings = dry.stdout.split("\n").filter((line) => line.startsWith("warning: "));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(
    /^warning: \w[\w -]* seed 1 needs about [\d,]+ GB, cpu has [\d.,]+ GB free: it needs a larger GPU: even the least setting takes [\d,]+ GB$/,
  );
});

describe("for devices that are elsewhere", () => {
  const elsewhere = ["--estimate", "--device", "h200", "--devices", "8", "--nodes", "2"];

  test("a model's ways of training are planned, and nothing is run or written", async () => {
    const folder = join(await temporaryFolder(), "runs");
    const large = { hiddenSize: 8192, intermediateSize: 28_672, layers: 80, heads: 64, keyValueHeads: 8 };
    const create = { ...large, maxPositions: 256, tieEmbeddings: false, tokenizer: { kind: "words" } };
    const set = setting(`model.create=${JSON.stringify(create)}`, "model.dtype=bfloat16");
    const plan = await aft(["run", experiment, ...set, "--runs", folder, ...elsewhere]);
    expect(plan.exitCode).toBe(0);
    expect(plan.stdout).toContain(
      "on 16 x h200 (NVIDIA H200 SXM, 141 GB) in 2 machines of 8: 149 GB free each",
    );
    expect(plan.stdout).toMatch(/^ {2}data parallel +1,2\d\d GB .* no /m);
    expect(plan.stdout).toMatch(/^ {2}FSDP +7\d GB .* yes: the first /m);
    expect(plan.stdout).toContain("  worker: { device: cuda, devices: 8, nodes: 2, sharding: fsdp }");
    expect(plan.stdout).toContain("worked out, not measured");
    expect(existsSync(folder)).toBe(false);
  });

  test.each([
    [["--device", "h200"], "--device is for a plan: it names a kind of device that need not be here"],
    [["--devices", "8"], "--devices is for a plan of devices that are elsewhere, and --device names no kind"],
    [["--estimate", "--device", "h2000"], "did you mean: h200"],
  ])("%j is refused", async (options, message) => {
    const run = await aft(["run", experiment, "--runs", join(await temporaryFolder(), "runs"), ...options]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
  });
});

describe("of a sweep", () => {
  const sweep = "tests/e2e/sweep.yaml";
  const names = ["k=2,beta=0.1", "k=2,beta=0.2", "k=3,beta=0.1"];

  test("what cells share counts once: stages, time and disk", async () => {
    const folder = join(await temporaryFolder(), "runs");
    const dry = await estimated(sweep, folder, "--jobs", "2", "--json");
    expect(dry.stderr).not.toContain("error");
    const { cells, estimate } = JSON.parse(dry.stdout);
    expect(cells.map(({ cell }: { cell: string }) => cell)).toEqual(names);
    type Cell = { stages: object; estimate: { stages: { key: string; label: string; seconds: number }[] } };
    const found: Cell[] = estimate.cells;
    expect(found.map(({ stages }) => stages)).toEqual([
      { all: 9, there: 0, shared: 0 },
      { all: 9, there: 0, shared: 7 },
      { all: 9, there: 0, shared: 5 },
    ]);
    const own = ["align aft-bc seed 1", "evaluate aft-bc seed 1"];
    expect(found.map((cell) => cell.estimate.stages.map(({ label }) => label))).toEqual([
      ["vft seed 1", "sample seed 1", own[0], "sample test seed 1", own[1]],
      own,
      ["sample seed 1", ...own],
    ]);
    const stages = found.flatMap((cell) => cell.estimate.stages);
    expect(new Set(stages.map(({ key }) => key)).size).toBe(10);
    expect(estimate.seconds).toBeCloseTo(stages.reduce((sum, { seconds }) => sum + seconds, 0));
    expect(estimate.jobs).toBe(2);
    expect(estimate.elapsedSeconds).toBeGreaterThan(estimate.seconds / 2);
    expect(estimate.elapsedSeconds).toBeLessThan(estimate.seconds);
    // VFT's checkpoint and one of each cell, and of two cells at a time a state to go on from: masters and two moments.
    const { parameters } = JSON.parse(await readFile(join(created, "manifest.json"), "utf8")).facts;
    expect(estimate.diskBytes).toBe((4 * 4 + 2 * 12) * parameters);
    expect(existsSync(folder)).toBe(false);
  });

  test("what is there counts as done; the table has a row a cell, and says what is assumed of cells at a time", async () => {
    const dry = await estimated(sweep, runs, "--jobs", "2");
    expect(dry.exitCode).toBe(0);
    expect(dry.stdout).toContain("estimate for the sweep tiny-sweep: 3 cells\na model made from scratch: ");
    // The run above is the third cell but for its other method.
    expect(dry.stdout).toMatch(/^ {2}k=2,beta=0.1 +9 +5 +0 +\d+ s .* GB +[\d.]+ GB$/m);
    expect(dry.stdout).toMatch(/^ {2}k=2,beta=0.2 +9 +5 +2 /m);
    expect(dry.stdout).toMatch(/^ {2}k=3,beta=0.1 +9 +9 +0$/m);
    expect(dry.stdout).toMatch(/^time: about \d+ s with 2 cells at a time if none slows another down/m);
    expect(dry.stdout).toContain("measured: training, sampling and scoring of a model of these sizes");
  });
});

test("a question that is too long for a model yet to be made is told", async () => {
  const settings = setting("model.create.maxPositions=26", "name=narrow");
  const dry = await estimated(experiment, runs, ...settings);
  const told =
    /^warning: (\d+) of 60 train questions of arithmetic are too long for the model, which takes 26/m;
  expect(dry.stdout).toMatch(told);
  const run = await aft(["run", experiment, ...settings, "--runs", runs]);
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toContain(`${told.exec(dry.stdout)![1]} of 60 solutions are with their prompts longer`);
});
