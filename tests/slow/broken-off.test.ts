import { existsSync } from "node:fs";
import { cp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test, vi } from "vitest";
import { aft, artefactOf, temporaryFolder, until } from "../e2e/aft.ts";
import { standing } from "../e2e/deaths.ts";

// Whole runs in processes of their own: minutes on a machine that does other work as well.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const tiny = "tests/e2e/tiny.yaml";
/** To be broken off in the middle, with a saved state every ten steps. */
const long = ["--set", "stages.vft.steps=150", "--set", "stages.vft.saveEvery=10"];
let unbroken: string;
beforeAll(async () => {
  unbroken = await temporaryFolder();
  expect((await aft(["run", tiny, "--runs", unbroken, ...long])).exitCode).toBe(0);
});

/** What a run came to: its numbers, and every step of its training but for how long it took. */
async function resultOf(runs: string) {
  const report = JSON.parse(await readFile(join(runs, "tiny", "report.json"), "utf8"));
  const vft = await artefactOf(runs, "vft", () => true);
  const steps = (await readFile(join(vft, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => ({ ...JSON.parse(line), seconds: 0, tokensPerSecond: 0 }));
  const manifest = JSON.parse(await readFile(join(vft, "manifest.json"), "utf8"));
  return {
    digest: manifest.facts.digest,
    tokens: manifest.facts.tokens,
    steps,
    metrics: report.methods.map(({ metrics }: { metrics: unknown }) => metrics),
  };
}

async function isSaved(runs: string): Promise<boolean> {
  const vft = (await readdir(join(runs, "artefacts"))).find((name) => /^vft-\w+$/.test(name))!;
  return existsSync(join(runs, "artefacts", vft, "resume", "state.json"));
}

test("the worker is killed in mid-training: it is started again, and the run comes to the same result", async () => {
  const runs = await temporaryFolder();
  const { started, worker } = await standing(["run", tiny, "--runs", runs, ...long], "train/step 41 hangs");
  expect(await isSaved(runs)).toBe(true);
  process.kill(worker, "SIGKILL");
  const { exitCode, stderr } = await started;
  expect(exitCode).toBe(0);
  expect(String(stderr)).toContain("vft seed 1: the worker was killed by SIGKILL; it is started again");
  expect(await resultOf(runs)).toEqual(await resultOf(unbroken));
});

/** With no state on the way: what is saved is what the signal asks for. */
const unsaved = ["--set", "stages.vft.steps=150", "--set", "stages.vft.saveEvery=0"];

// A batch system sends its signal to every process of a job.
test.each([
  ["SIGINT", "the command"],
  ["SIGTERM", "the command"],
  ["SIGTERM", "both processes"],
] as const)(
  "%s to %s in training: saved after the step under way, 130, the line that goes on, and the same result",
  async (signal, whom) => {
    const runs = await temporaryFolder();
    const args = ["run", tiny, "--runs", runs, ...unsaved];
    const { started, worker, goOn } = await standing(args, "train/step 41 waits");
    expect(await isSaved(runs)).toBe(false);
    if (whom === "both processes") process.kill(worker, signal);
    started.kill(signal);
    await goOn();
    const { exitCode, stderr } = await started;
    expect(exitCode).toBe(130);
    expect(String(stderr)).toContain(
      `interrupted\n  fix: what is done is kept; the same command goes on from there: aft run ${tiny} --runs ${runs}`,
    );
    expect(await isSaved(runs)).toBe(true);
    expect((await aft(args)).exitCode).toBe(0);
    expect(await resultOf(runs)).toEqual(await resultOf(unbroken));
  },
);

test("a run that was killed on one machine goes on on another, from a copy of its folder, to the same result", async () => {
  const here = await temporaryFolder();
  const { started, kill } = await standing(["run", tiny, "--runs", here, ...long], "train/step 41 hangs");
  await kill();
  const there = join(await temporaryFolder(), "copied");
  await cp(here, there, { recursive: true });
  await rm(here, { recursive: true });
  // Its locks are there, of a process whose number says nothing here, and which has given no sign of life since.
  const locks = (await readdir(there, { recursive: true })).filter((name) => name.endsWith(".lock"));
  expect(locks.map((name) => name.replace(/-[0-9a-f]{16}/, "")).sort()).toEqual([
    join("artefacts", "vft.lock"),
    join("tiny", "run.lock"),
  ]);
  const [text, longAgo] = [`${process.pid} 1 elsewhere`, Date.now() / 1000 - 150];
  for (const lock of locks) {
    expect(await readFile(join(there, lock), "utf8")).toBe(
      `${started.pid} ${String(await readFile(join(there, lock), "utf8")).split(" ")[1]} ${hostname()}`,
    );
    await writeFile(join(there, lock), text);
    await utimes(join(there, lock), longAgo, longAgo);
  }
  const again = await aft(["run", tiny, "--runs", there, ...long]);
  expect([again.exitCode, again.stderr.includes("making it again")]).toEqual([0, false]);
  expect(again.stderr).toMatch(/create seed 1: done before, reused/);
  expect(await resultOf(there)).toEqual(await resultOf(unbroken));
});

test("two runs of one name at once: the second is told who is at work, and nothing is mixed", async () => {
  const runs = await temporaryFolder();
  const { started, goOn } = await standing(["run", tiny, "--runs", runs, ...long], "train/step 41 waits");
  const second = await aft(["run", tiny, "--runs", runs, "--set", "stages.vft.steps=7"]);
  expect([second.exitCode, second.stdout]).toEqual([1, ""]);
  expect(second.stderr).toContain(
    `${join(runs, "tiny")}: another process works in this run's folder\n  found: "process ${started.pid}"\n  fix: wait`,
  );
  expect(await readdir(join(runs, "tiny"))).toContain("run.lock");
  await goOn();
  expect((await started).exitCode).toBe(0);
  const files = await readdir(join(runs, "tiny"));
  expect(files).toContain("report.html");
  expect(files).not.toContain("run.lock");
  expect(await resultOf(runs)).toEqual(await resultOf(unbroken));
});

/** One bit of a file, at two thirds of it. */
async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[Math.floor((2 * bytes.length) / 3)]! ^= 1;
  await writeFile(file, bytes);
}

test("one bit of any file of any artefact flipped, and what comes later removed: named, remade, and the same result", async () => {
  const runs = join(await temporaryFolder(), "copied");
  await cp(unbroken, runs, { recursive: true });
  const before = await resultOf(unbroken);
  const artefacts = (await readdir(join(runs, "artefacts"))).filter((name) => !name.startsWith("."));
  const flipped = artefacts.filter((name) => /^(create|vft|questions|sample|judge)-/.test(name));
  for (const name of flipped) {
    const folder = join(runs, "artefacts", name);
    const { files } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"));
    for (const file of Object.keys(files)) await flip(join(folder, file));
  }
  for (const name of artefacts)
    if (/^(align|evaluate)-/.test(name)) await rm(join(runs, "artefacts", name), { recursive: true });
  const verified = await aft(["runs", "verify", "--runs", runs]);
  expect(verified.exitCode).toBe(1);
  for (const name of flipped)
    expect(verified.stderr).toMatch(new RegExp(`${name}: \\S+ is not what was written`));
  const again = await aft(["run", tiny, "--runs", runs, ...long]);
  expect(again.exitCode).toBe(0);
  for (const name of flipped)
    expect(again.stderr).toMatch(new RegExp(`${name}: \\S+ is not what was written; making it again`));
  expect(await resultOf(runs)).toEqual(before);
  expect((await aft(["runs", "verify", "--runs", runs])).exitCode).toBe(0);
});

const manySamples = [
  "--set",
  "stages.sample.k=96",
  "--set",
  "worker.maxTokensPerBatch=256",
  "--set",
  "stages.sample.maxNewTokens=40",
];

test("SIGTERM in mid-sampling stops as Ctrl-C does; the run goes on, and no sample is missing, double or another", async () => {
  const [runs, whole] = [await temporaryFolder(), await temporaryFolder()];
  const { started, goOn } = await standing(["run", tiny, "--runs", runs, ...manySamples], "generate 1 tells");
  started.kill("SIGTERM");
  await goOn();
  expect((await started).exitCode).toBe(130);
  const rows = async (folder: string) => {
    const sample = await artefactOf(folder, "sample", ({ settings }) => settings.split === "train");
    const lines = (await readFile(join(sample, "candidates.jsonl"), "utf8")).trim().split("\n");
    return lines
      .map((line) => {
        const { questionId, index, tokenIds } = JSON.parse(line);
        return `${questionId} ${index} ${tokenIds}`;
      })
      .sort();
  };
  expect((await aft(["run", tiny, "--runs", runs, ...manySamples])).exitCode).toBe(0);
  expect((await aft(["run", tiny, "--runs", whole, ...manySamples])).exitCode).toBe(0);
  expect(await rows(runs)).toEqual(await rows(whole));
});

test("kill -9 in mid-scoring: the same command scores the rest, and other weights begin anew", async () => {
  const folder = await temporaryFolder();
  const vft = await artefactOf(unbroken, "vft", () => true);
  const created = await artefactOf(unbroken, "create", () => true);
  const candidate = { text: "1 + 1 = 2\n#### 2", extracted: "2", correct: true };
  const groups = Array.from({ length: 300 }, (_, at) => ({
    id: `q${at}`,
    task: "arithmetic",
    prompt: `Tom finds ${2 + (at % 8)} hats.\n`,
    answer: "2",
    candidates: at % 3 === 0 ? [] : Array.from({ length: 4 }, () => candidate),
  }));
  const file = (name: string): string => join(folder, name);
  await writeFile(file("groups.jsonl"), groups.map((group) => `${JSON.stringify(group)}\n`).join(""));
  const score = (model: string, out: string) =>
    ["score", "--model", join(model, "checkpoint"), "--in", file("groups.jsonl"), "--out", file(out)].concat(
      "--max-tokens-per-batch",
      "256",
    );
  const { kill } = await standing(score(vft, "scored.jsonl"), "score 2 hangs");
  const partial = file("scored.jsonl.partial");
  await until(async () => existsSync(partial) && (await stat(partial)).size > 0);
  await kill();
  expect(existsSync(file("scored.jsonl"))).toBe(false);
  const done = (await readFile(partial, "utf8")).trim().split("\n").length;
  expect(done).toBeLessThan(groups.length);
  const resumed = await aft(score(vft, "scored.jsonl"));
  expect(resumed.stdout).toBe(`800 candidates of 300 questions scored: ${file("scored.jsonl")}`);
  await aft(score(vft, "whole.jsonl"));
  expect(await readFile(file("scored.jsonl"), "utf8")).toBe(await readFile(file("whole.jsonl"), "utf8"));
  expect((await readdir(folder)).sort()).toEqual(["groups.jsonl", "scored.jsonl", "whole.jsonl"]);
  // The state of other weights is not gone on from.
  await writeFile(file("other.jsonl.partial"), "{}\n");
  await writeFile(file("other.jsonl.partial.of"), "some other weights");
  expect((await aft(score(created, "other.jsonl"))).exitCode).toBe(0);
  const firstOf = async (name: string) =>
    JSON.parse((await readFile(file(name), "utf8")).split("\n")[1]!).candidates[0].score;
  expect(await firstOf("other.jsonl")).not.toBe(await firstOf("whole.jsonl"));
});

async function mounted(size: string): Promise<string | undefined> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = await temporaryFolder();
  const { exitCode } = await execa("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], {
    reject: false,
  });
  return exitCode === 0 ? folder : undefined;
}

test("a full disk: one error, what was finished stays, and with space the same command ends well", async (context) => {
  const disk = await mounted("3m");
  if (disk === undefined) return context.skip("left out: mounting a small tmpfs takes root on Linux");
  try {
    const ballast = join(disk, "ballast");
    await writeFile(ballast, Buffer.alloc(1_700_000));
    const runs = join(disk, "runs");
    // A tracker would tell of its own files too.
    const args = [
      "run",
      tiny,
      "--runs",
      runs,
      "--set",
      "report.examples=1",
      "--set",
      "tracking.tensorboard=false",
    ];
    const full = await aft(args);
    expect(full.exitCode).toBe(1);
    expect(full.stderr.match(/No space left on device|no space left on the disk/g)).toHaveLength(1);
    expect(full.stderr).toMatch(
      /\n {2}fix: free some space.* and run the same command again: what was finished is kept$/,
    );
    expect(full.stderr).not.toContain("    at ");
    const finished = full.stderr.match(/^\[ *\d+\/10\]/gm)!.length;
    expect(finished).toBeGreaterThan(0);
    await rm(ballast);
    await execa("mount", ["-o", "remount,size=30m", disk]);
    const again = await aft([...args, "--json"]);
    expect(JSON.parse(again.stdout)).toMatchObject({ made: 10 - finished, reused: finished });
  } finally {
    await execa("umount", [disk], { reject: false });
  }
});
