import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { aft, artefactOf, startAft, temporaryFolder, until } from "./aft.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const experiment = "tests/e2e/methods.yaml";
const pairs = ["bc-auto", "bc-search", "rrhf", "pro", "dpo", "dpo-bc", "irpo", "dpop", "simper"];
const others = ["nca", "infonca", "nsr", "grpo", "kto", "nft"];
const grouped = [...pairs, ...others];

let runs: string;
let run: string;
let first: Awaited<ReturnType<typeof aft>>;

beforeAll(async () => {
  runs = await temporaryFolder();
  run = join(runs, "methods");
  first = await aft(["run", experiment, "--runs", runs]);
});

const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), "utf8"));
const jsonLines = async (...path: string[]) =>
  (await readFile(join(...path), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
async function armOf(name: string): Promise<{ align: string; evaluate: string }> {
  const { seeds } = await json(run, "run.json");
  const arm = seeds[0].arms.find(({ method }: { method: string }) => method === name);
  return { align: join(run, arm.align), evaluate: join(run, arm.evaluate[0].artefact) };
}
/** The training of AFT's boundary constraint with this beta. */
const bounded = (folder: string, beta: number): Promise<string> =>
  artefactOf(
    folder,
    "align",
    ({ settings: { method, constraint, ...settings } }) =>
      method === "aft" && constraint === "boundary" && settings.beta === beta,
  );
const manifestOf = async (directory: string) => json(directory, "manifest.json");

test("every method by groups trains on pairs, to its row of the report", async () => {
  expect(first.stderr).not.toMatch(/error|traceback/i);
  expect(first.exitCode).toBe(0);
  const { methods } = await json(run, "report.json");
  const names = methods.map(({ name }: { name: string }) => name);
  expect(names).toEqual(["vft-kept", ...grouped]);
  const digests = new Set<string>();
  for (const name of grouped) {
    const { align } = await armOf(name);
    const { facts } = await manifestOf(align);
    expect(facts.pairedQuestions).toBeGreaterThan(2);
    // Sampled so hot that some questions have right or wrong samples alone.
    if (["nca", "infonca", "nsr"].includes(name)) expect(facts.takenQuestions).toBe(16);
    if (pairs.includes(name) || name === "grpo") expect(facts.takenQuestions).toBe(facts.pairedQuestions);
    digests.add(facts.digest);
    const steps = await jsonLines(align, "metrics.jsonl");
    expect(steps.some(({ pairedGroups, loss }) => pairedGroups > 0 && loss.alignment !== 0)).toBe(true);
  }
  expect(digests.size).toBe(grouped.length);
});

test("the VFT model scores samples and references once, for DPO and for automatic boundaries", async () => {
  const scores = (await readdir(join(runs, "artefacts"))).filter(
    (name) => name.startsWith("score-") && !name.endsWith(".lock"),
  );
  expect(scores).toHaveLength(1);
  const groups = await jsonLines(runs, "artefacts", scores[0]!, "groups.jsonl");
  for (const { referenceLogprob, referenceTokens, candidates } of groups) {
    expect(referenceLogprob).toBeLessThan(0);
    expect(referenceTokens).toBeGreaterThan(3);
    for (const { score, logprob, tokens } of candidates) expect(score).toBeCloseTo(logprob / tokens, 9);
  }
});

test("DPO starts where policy and reference model are one: its first loss is log 2 for each question with a pair", async () => {
  for (const name of ["dpo", "dpo-bc"]) {
    const [{ loss, pairedGroups, groups }] = await jsonLines((await armOf(name)).align, "metrics.jsonl");
    expect(pairedGroups).toBeGreaterThan(0);
    if (name === "dpo") expect(loss.alignment).toBeCloseTo((Math.log(2) * pairedGroups) / groups, 3);
    else expect(loss.alignment).toBeGreaterThan(0);
  }
});

test("KTO and NFT start where the model has not moved: each COT costs a half, each token nothing", async () => {
  const kto = await jsonLines((await armOf("kto")).align, "metrics.jsonl");
  expect(kto[0].loss.alignment).toBeCloseTo(0.5, 3);
  // Those all right or all wrong take part too.
  expect(kto.some(({ takenGroups, pairedGroups }) => takenGroups > pairedGroups)).toBe(true);
  for (const { divergence } of kto) expect(divergence).toBeGreaterThanOrEqual(0);
  const [first, second] = await jsonLines((await armOf("nft")).align, "metrics.jsonl");
  expect(first.loss.alignment).toBe(0);
  expect(second.loss.alignment).not.toBe(0);
  expect(first).not.toHaveProperty("divergence");
});

test("an automatic boundary is recorded with what it was worked out from", async () => {
  const { boundary } = (await manifestOf((await armOf("bc-auto")).align)).facts;
  expect(boundary).toMatchObject({ rule: "auto", quantile: 0.9 });
  expect(boundary.beta).toBeGreaterThan(0);
  expect(boundary.negatives).toBeGreaterThan(5);
  expect(boundary.below).toBeLessThanOrEqual(0.2);
});

test("a search's weights are those of the value it chose, linked, not copied", async () => {
  const { align } = await armOf("bc-search");
  const { chosen, points } = await json(align, "search.json");
  expect(points.map(({ beta, questions }: { beta: number; questions: number }) => [beta, questions])).toEqual(
    [
      [0.1, 4],
      [0.4, 4],
    ],
  );
  const trained = await bounded(runs, chosen);
  const weights = (folder: string) => stat(join(folder, "checkpoint", "model.safetensors"));
  expect((await weights(align)).ino).toBe((await weights(trained)).ino);
  const [searched, own] = [await manifestOf(align), await manifestOf(trained)];
  expect(searched.facts.digest).toBe(own.facts.digest);
  expect(searched.facts.boundary).toEqual({ beta: chosen, rule: "search" });
  const to = join(await temporaryFolder(), "model");
  expect((await aft(["export", run, "--to", to, "--method", "bc-search"])).exitCode).toBe(0);
  expect(await readFile(join(to, "README.md"), "utf8")).toContain(
    `- beta of the boundary: ${chosen} (chosen among 0.1, 0.4 by accuracy on validation questions)`,
  );
});

test("run again nothing is done; the chosen value as a number takes the search's training", async () => {
  const again = await aft(["run", experiment, "--runs", runs, "--json"]);
  expect(JSON.parse(again.stdout).made).toBe(0);
  const { chosen } = await json((await armOf("bc-search")).align, "search.json");
  const set = `methods.bc-search={method: aft, constraint: boundary, beta: ${chosen}}`;
  const dry = await aft(["run", experiment, "--runs", runs, "--dry-run", "--json", "--set", set]);
  const missing = JSON.parse(dry.stdout).stages.filter(({ done }: { done: boolean }) => !done);
  expect(missing.map(({ label }: { label: string }) => label)).toEqual(["evaluate bc-search seed 1"]);
});

/** A run that has all but what the search makes. */
async function withoutSearch(): Promise<string> {
  const copy = await temporaryFolder();
  await cp(runs, copy, { recursive: true });
  await rm(await artefactOf(copy, "search", () => true), { recursive: true });
  for (const beta of [0.1, 0.4]) await rm(await bounded(copy, beta), { recursive: true });
  return copy;
}

test("kill -9 in mid-search: run again, what was trained is not trained again, and the choice is the same", async () => {
  const copy = await withoutSearch();
  const started = startAft(["run", experiment, "--runs", copy]);
  const trained = (beta: number): Promise<boolean> =>
    bounded(copy, beta).then(
      () => true,
      () => false,
    );
  await until(() => trained(0.1));
  started.kill("SIGKILL");
  await started;
  const { finishedAt } = await manifestOf(await bounded(copy, 0.1));
  expect((await aft(["run", experiment, "--runs", copy])).exitCode).toBe(0);
  expect((await manifestOf(await bounded(copy, 0.1))).finishedAt).toBe(finishedAt);
  const search = await artefactOf(copy, "search", () => true);
  const { align } = await armOf("bc-search");
  expect(await json(search, "search.json")).toEqual(await json(align, "search.json"));
});

test("a training that fails in a search is told with its value", async () => {
  const set = "methods.bc-search.train={learningRate: 1.0e+30}";
  const failed = await aft(["run", experiment, "--runs", runs, "--set", set, "--set", "name=failed"]);
  expect(failed.exitCode).toBe(1);
  expect(failed.stderr).toContain(
    "\nalign bc-search beta 0.1 seed 1: the worker, in train/step: step 2: the gradient is not finite",
  );
  // What a tracker was told of the first steps may stay; of a result there is nothing.
  for (const file of ["run.json", "report.html"]) expect(existsSync(join(runs, "failed", file))).toBe(false);
});

describe("under ranked feedback", () => {
  const dropped = grouped.map((name) => `${name}: null`);
  const only = (...methods: string[]) => ["--set", `methods={${[...dropped, ...methods].join(", ")}}`];
  const rankedBc = "ranked-bc: {method: aft, constraint: ranked-boundary, beta: auto}";
  const rankedArgs = ["--set", "stages.judge.feedback=ranked"];
  const digestOf = async (name: string, method: string): Promise<string> => {
    const { seeds } = await json(runs, name, "run.json");
    const { align } = seeds[0].arms.find((arm: { method: string }) => arm.method === method);
    return (await manifestOf(join(runs, name, align))).facts.digest;
  };

  test("COTs have more places than right and wrong, and groups of one's own train as sampled ones do", async () => {
    const methods = only(rankedBc, "ranked-dc: {method: aft, constraint: ranked-detached}");
    const args = ["run", experiment, "--runs", runs, ...rankedArgs];
    const ranked = await aft([...args, ...methods, "--set", "name=ranked"]);
    expect(ranked.stderr).not.toMatch(/error|traceback/i);
    expect(ranked.exitCode).toBe(0);
    const { seeds } = await json(runs, "ranked", "run.json");
    const groupsFile = join(runs, "ranked", seeds[0].trainGroups[0].artefact, "groups.jsonl");
    const groups = await jsonLines(groupsFile);
    // More than right and wrong: the steps of wrong COTs are told apart as well.
    const ranks = groups.flatMap(({ candidates }) => candidates.map(({ rank }: { rank: number }) => rank));
    expect(Math.max(...ranks)).toBeGreaterThan(2);
    const own = await aft([
      ...args,
      ...only(rankedBc),
      "--set",
      "name=own",
      "--set",
      `stages.judge.groupsFile=${groupsFile}`,
    ]);
    expect(own.exitCode).toBe(0);
    expect(await digestOf("own", "ranked-bc")).toBe(await digestOf("ranked", "ranked-bc"));
  });
});
