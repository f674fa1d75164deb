/** Runs whose worker is two processes, of which one dies, is stopped, has no room left, or is asked to end with the command. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { aft, someFile, startAft, temporaryFolder, until } from "../e2e/aft.ts";
import { deathsEnvironment, deathsFile, runWithDeaths, warmFolder } from "../e2e/deaths.ts";
import { setting } from "../e2e/whole-runs.ts";
import { contentOf } from "../faults/content.ts";
import { processesWith, withoutLastDigits } from "./processes.ts";

const args = [
  "tests/e2e/tiny.yaml",
  ...setting("worker.devices=2", "worker.threads=2", "worker.rankSeconds=6", "report.examples=0"),
  ...setting("methods.aft-bc=null", "stages.vft.steps=8"),
];

/** Left out of the usual suite for their time. */
const all = process.env.AFT_FAULTS === "all";

let whole: Record<string, string>;
beforeAll(async () => {
  const runs = await temporaryFolder();
  const done = await aft(["run", ...args, "--runs", runs]);
  expect(done.exitCode, done.stderr).toBe(0);
  whole = await contentOf(runs, withoutLastDigits);
});

const silent = /rank 1 on \S+ has given no sign of life for 6 s/;

test.each([
  ["train/step 5 within 1", "generate 1 hangs 1"],
  ...(all
    ? [
        ["train/step 4 hangs 1", "generate 1 begun 1"],
        ["train/step 3 begun 0", "generate 2 hangs 0", "score 1 done 1"],
      ]
    : []),
])(
  "one rank of two dies or is stopped (%s, %s): the run goes on by itself, to the same result",
  async (...deaths) => {
    const { runs, done, file } = await runWithDeaths(args, deaths);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr.match(/it is started again/g)).toHaveLength(deaths.length);
    expect(await contentOf(runs, withoutLastDigits)).toEqual(whole);
    expect(await processesWith(file)).toEqual([]);
  },
);

test.runIf(all)(
  "dying at the same place again and again, it ends in one error, which says which rank on which machine",
  async () => {
    const again = Array.from({ length: 9 }, (_, at) => `train/step ${at + 3} hangs 1`);
    const { done, file } = await runWithDeaths(args, again);
    expect(done.exitCode).toBe(1);
    expect(done.stderr).toMatch(silent);
    expect(done.stderr).toMatch(/\| \[rank 0 on \S+\] aft_worker: rank 0 on \S+ ends: /);
    expect(await processesWith(file)).toEqual([]);
  },
);

test.each(["SIGTERM", ...(all ? (["SIGINT"] as const) : [])] as const)(
  "%s to every process of a job of two ranks: saved, 130, and no process is left",
  async (signal) => {
    const runs = await temporaryFolder();
    const mark = join(runs, "mark");
    const started = startAft(["run", ...args, "--runs", runs, ...setting("stages.vft.steps=4000")], {
      AFT_MARK: mark,
    });
    onTestFinished(() => void started.kill("SIGKILL"));
    await until(() => someFile(runs, /^vft-/, "metrics.jsonl", 3));
    for (const { id } of await processesWith(mark)) process.kill(id, signal);
    const { exitCode, stderr } = await started;
    expect(exitCode, String(stderr)).toBe(130);
    expect(String(stderr)).toContain("interrupted\n  fix: what is done is kept; the same command goes on");
    const [vft] = (await readdir(join(runs, "artefacts"))).filter((name) => /^vft-\w+$/.test(name));
    expect(await readdir(join(runs, "artefacts", vft!, "resume"))).toContain("state.json");
    expect(await processesWith(mark)).toEqual([]);
  },
);

test.runIf(all)("a save that hangs after Ctrl-C is left at the next one, and no process stays", async () => {
  const runs = await temporaryFolder();
  const file = await deathsFile([]);
  const started = startAft(
    ["run", ...args, "--runs", runs, ...setting("stages.vft.steps=4000", "worker.rankSeconds=600")],
    deathsEnvironment(file),
  );
  onTestFinished(() => void started.kill("SIGKILL"));
  await until(() => someFile(runs, /^vft-/, "metrics.jsonl", 3));
  await writeFile(file, [1, 2, 3].map((number) => `train/save ${number} hangs 1\n`).join(""));
  started.kill("SIGINT");
  await until(async () => (await processesWith(file)).some(({ state }) => state === "T"));
  started.kill("SIGINT");
  const { exitCode, stderr } = await started;
  expect(exitCode).toBe(130);
  expect(String(stderr)).toContain("stopping: saving what is done (Ctrl-C again to stop at once)");
  // their agent ends them, once nobody speaks to it
  await until(async () => (await processesWith(file)).length === 0);
});

const room =
  /vft seed 1: the worker: rank 1 on \S+: CUDA out of memory: .*; all ranks are started again, with \d+ at once/;

test.each([
  ["fsdp", "1 train 200", room],
  ...(all
    ? ([
        ["fsdp", "0 backward 200", /CUDA out of memory: .*; all ranks are started again, with \d+ at once/],
        ["fsdp", "1 generate 5", /CUDA out of memory: .*; all ranks are started again, with \d+ at once/],
        ["none", "1 train 200", /memory ran out: \d+ tokens are trained on at once from here on/],
        ["none", "0 backward 200", /memory ran out: \d+ tokens are trained on at once from here on/],
      ] as const)
    : []),
] as const)(
  "memory that runs out in one rank of two (%s, %s): the run goes on with less at once",
  async (sharding, full, told) => {
    const runs = await temporaryFolder();
    const env = { AFT_HANDLERS: "full", AFT_FULL: full, PYTHONPATH: warmFolder, AFT_MARK: runs };
    const done = await aft(["run", ...args, ...setting(`worker.sharding=${sharding}`), "--runs", runs], {
      env,
    });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toMatch(told);
    expect(await processesWith(`AFT_MARK=${runs}`)).toEqual([]);
  },
);
