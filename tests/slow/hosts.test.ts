/**
 * Two machines, as two network namespaces with a cable between them: a run on both of them, one of which loses its rank, and
 * then the cable. Takes root on Linux, and minutes: AFT_HOSTS=1.
 */
import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../ts/core/project.ts";
import { someFile, temporaryFolder, until } from "../e2e/aft.ts";
import { type Deaths, deathsEnvironment, deathsFile, warmFolder } from "../e2e/deaths.ts";
import { setting } from "../e2e/whole-runs.ts";
import { contentOf } from "../faults/content.ts";
import { processesWith, withoutLastDigits } from "./processes.ts";

const asked = process.env.AFT_HOSTS === "1";
const name = (host: string): string => `aft-${process.pid}-${host}`;
const address = (host: string): string => `10.203.77.${host === "a" ? 1 : 2}`;
const rendezvous = `${address("a")}:29517`;

const ip = (words: string) => execa("ip", words.split(" "), { reject: false });

/** Whether two namespaces with a cable between them could be made. */
async function made(): Promise<boolean> {
  const steps = [
    ...["a", "b"].map((host) => `netns add ${name(host)}`),
    `link add av${process.pid} netns ${name("a")} type veth peer name bv${process.pid} netns ${name("b")}`,
    ...["a", "b"].flatMap((host) => [
      `-n ${name(host)} addr add ${address(host)}/24 dev ${host}v${process.pid}`,
      `-n ${name(host)} link set lo up`,
      `-n ${name(host)} link set ${host}v${process.pid} up`,
    ]),
  ];
  for (const step of steps) if ((await ip(step)).exitCode !== 0) return false;
  return true;
}

/** A machine that does other work takes long to start a Python with torch. */
const secondsToMeet = 90;

const python = process.env.AFT_PYTHON ?? join(projectRoot, ".venv", "bin", "python");
const args = [
  "tests/e2e/tiny.yaml",
  ...setting("worker.rankSeconds=10", "worker.threads=1", "report.examples=0"),
  ...setting("methods.aft-bc=null", "stages.vft.steps=8"),
];
const onBoth = [...args, ...setting("worker.nodes=2", `worker.rendezvous=${rendezvous}`)];

const on = (host: string, words: readonly string[], env: Record<string, string> = {}) =>
  execa("ip", ["netns", "exec", name(host), ...words], {
    cwd: projectRoot,
    reject: false,
    env: { AFT_RENDEZVOUS_SECONDS: String(secondsToMeet), ...env },
  });

const runOn = (host: string, runs: string, words: readonly string[], env?: Record<string, string>) =>
  on(host, ["node", "ts/cli/bin.mjs", "run", ...words, "--runs", runs], env);

/**
 * The second machine: `aft worker` there. `python`: what it starts its worker with; `before`: what is done there first. `stop`
 * sends Ctrl-C where it has not ended by itself.
 */
function secondMachine(env: Record<string, string>, { py = python, before = "true" } = {}) {
  const words = "worker --devices 1 --nodes 2 --node-rank 1 --threads 1 --rendezvous".split(" ");
  const started = ["node", "ts/cli/bin.mjs", ...words, rendezvous, "--python", py];
  const running = on("b", ["sh", "-c", `${before} && exec "$@"`, "sh", ...started], env);
  return {
    running,
    stop: async () => {
      running.kill("SIGINT");
      return running;
    },
  };
}

/** Sends a signal to all that the second machine does of a run. */
async function toAllOfSecond(mark: string, signal: NodeJS.Signals): Promise<void> {
  const { ino } = await stat(`/var/run/netns/${name("b")}`);
  for (const { id } of await processesWith(mark)) {
    const place = await stat(`/proc/${id}/ns/net`).catch(() => undefined);
    if (place?.ino === ino) process.kill(id, signal);
  }
}

/** What two ranks on one machine come to. */
let known: Promise<Record<string, string>> | undefined;
const whole = () => {
  known ??= (async () => {
    const runs = await temporaryFolder();
    const done = await runOn("a", runs, [...args, ...setting("worker.devices=2", "worker.threads=2")]);
    expect(done.exitCode, done.stderr).toBe(0);
    return contentOf(runs, withoutLastDigits);
  })();
  return known;
};
let canBe = false;
beforeAll(async () => {
  if (!asked) return;
  canBe = process.platform === "linux" && process.getuid?.() === 0 && (await made());
  if (!canBe) {
    console.log("left out: network namespaces take root on Linux");
    return;
  }
}, 300_000);
afterAll(async () => {
  for (const host of ["a", "b"]) await ip(`netns del ${name(host)}`);
});

const letGo = expect.stringMatching(/the run has let these ranks go$/);

const deaths: Deaths[] = [[], ["train/step 5 within 1"], ["generate 1 hangs 1"]];
test.runIf(asked).each(deaths.map((one) => [one]))(
  "two machines come to what two ranks on one do, also when the other one's rank is lost: %j",
  async (lost) => {
    if (!canBe) return;
    const [runs, mark] = [await temporaryFolder(), await deathsFile(lost)];
    const env = deathsEnvironment(mark);
    const other = secondMachine(env);
    const done = await runOn("a", runs, onBoth, env);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(await other.running).toMatchObject({ exitCode: 0, stdout: letGo });
    expect(done.stderr.match(/it is started again/g) ?? []).toHaveLength(lost.length);
    expect(await contentOf(runs, withoutLastDigits)).toEqual(await whole());
    expect(await processesWith(mark)).toEqual([]);
  },
  900_000,
);

test.runIf(asked)(
  "the cable is cut: one error, and nothing is left running on either machine",
  async () => {
    if (!canBe) return;
    const runs = await temporaryFolder();
    const env = { AFT_MARK: join(runs, "mark") };
    const other = secondMachine(env);
    const running = runOn("a", runs, [...onBoth, ...setting("stages.vft.steps=4000")], env);
    await until(() => someFile(runs, /^vft-/, "metrics.jsonl", 3));
    await ip(`-n ${name("b")} link set bv${process.pid} down`);
    const { exitCode, stderr } = await running;
    await ip(`-n ${name("b")} link set bv${process.pid} up`);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/vft seed 1: the worker ended with exit code 1\b.*; it is started again/);
    expect(stderr).toMatch(
      new RegExp(`2 machines at ${rendezvous} did not come together within ${secondsToMeet} s`),
    );
    expect((await readdir(join(runs, "tiny"))).filter((file) => file.endsWith(".lock"))).toEqual([]);
    expect(await other.stop()).toMatchObject({ exitCode: 130 });
    expect(await processesWith(env.AFT_MARK)).toEqual([]);
  },
  900_000,
);

test.runIf(asked)(
  "the whole of the other machine is stopped: told with rank and host, and both go on when it is back",
  async () => {
    if (!canBe) return;
    const runs = await temporaryFolder();
    const env = { AFT_MARK: join(runs, "mark") };
    const other = secondMachine(env);
    const running = runOn("a", runs, onBoth, env);
    let said = "";
    running.stderr.on("data", (chunk) => {
      said += chunk;
    });
    await until(() => someFile(runs, /^vft-/, "metrics.jsonl", 3));
    await toAllOfSecond(env.AFT_MARK, "SIGSTOP");
    await until(() => said.includes("it is started again"));
    await toAllOfSecond(env.AFT_MARK, "SIGCONT");
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(
      /vft seed 1: the worker ended with exit code 1: rank 1 on \S+ has given no sign of life for 10 s; it is started again/,
    );
    const left = await other.running;
    expect(left).toMatchObject({ exitCode: 0, stdout: letGo });
    expect(left.stderr).toMatch(/these ranks ended \(.*\); they are started again \(start 2 of at most 4\)/);
    expect(await contentOf(runs, withoutLastDigits)).toEqual(await whole());
    expect(await processesWith(env.AFT_MARK)).toEqual([]);
  },
  900_000,
);

test.runIf(asked)(
  "the whole of the other machine is stopped as its rank starts: one error names it, and Ctrl-C ends it when it is back",
  async () => {
    if (!canBe) return;
    const runs = await temporaryFolder();
    const env = { AFT_MARK: join(runs, "mark") };
    const other = secondMachine(env);
    const running = runOn("a", runs, [...onBoth, ...setting("worker.rankSeconds=3")], env);
    // its agent has met machine 0's and starts a rank, which takes seconds to import torch
    await until(async () =>
      (await processesWith("LOCAL_WORLD_SIZE=1\0")).some(({ command }) => command.includes("-m\0aft_worker")),
    );
    await toAllOfSecond(env.AFT_MARK, "SIGSTOP");
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/aft_worker: rank 0 on \S+ ends: rank 1 of machine 1 has not come within 30 s/);
    expect(stderr).not.toContain("Traceback");
    await toAllOfSecond(env.AFT_MARK, "SIGCONT");
    expect(await other.stop()).toMatchObject({ exitCode: 130 });
    expect(await processesWith(env.AFT_MARK)).toEqual([]);
  },
  900_000,
);

test.runIf(asked)(
  "memory that runs out in the other machine's rank counts as no start, and Ctrl-C lets that machine go",
  async () => {
    if (!canBe) return;
    const runs = await temporaryFolder();
    const env = { AFT_HANDLERS: "full", AFT_FULL: "1 train 200", PYTHONPATH: warmFolder, AFT_MARK: runs };
    const more = setting("worker.sharding=fsdp", "stages.vft.steps=4000");
    const other = secondMachine(env);
    const running = runOn("a", runs, [...onBoth, ...more], env);
    await until(() => someFile(runs, /^vft-/, "metrics.jsonl", 3));
    running.kill("SIGINT");
    const { exitCode, stderr } = await running;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(
      /rank 1 on \S+: CUDA out of memory: .*; all ranks are started again, with \d+ at once/,
    );
    const left = await other.running;
    expect(left).toMatchObject({ exitCode: 0, stdout: letGo });
    expect(left.stderr).toMatch(/these ranks ended \(ended with exit code 75\); they are started again$/m);
    expect(await processesWith(`AFT_MARK=${runs}`)).toEqual([]);
  },
  900_000,
);

interface Refused {
  /** What is set beside. */
  more?: readonly string[];
  /** The second machine, of this run. */
  other?: (runs: string) => Parameters<typeof secondMachine>[1];
}

/** A run on both that is refused: what is told, and what was made; nothing is left running. */
async function refused({ more = [], other }: Refused) {
  const runs = await temporaryFolder();
  const env = { AFT_MARK: join(runs, "mark") };
  const second = other && secondMachine(env, other(runs));
  const started = Date.now();
  const { exitCode, stderr } = await runOn("a", runs, [...onBoth, ...more], env);
  console.log(`${Math.round((Date.now() - started) / 1000)} s: ${stderr}`);
  if (second !== undefined) expect(await second.running).toMatchObject({ exitCode: 0, stdout: letGo });
  expect(exitCode).toBe(1);
  expect(await processesWith(env.AFT_MARK)).toEqual([]);
  return { stderr, made: await readdir(join(runs, "artefacts")).catch(() => []) };
}

test.runIf(asked)(
  "another version on the other machine is one error before any work",
  async () => {
    if (!canBe) return;
    const folder = await temporaryFolder();
    const [py, started] = [join(folder, "py"), join(folder, "python")];
    await cp(join(projectRoot, "py"), py, { recursive: true });
    const file = join(py, "aft_worker", "__init__.py");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace(/__version__ = ".*"/, '__version__ = "0.0.9"'),
    );
    await writeFile(started, `#!/bin/sh\nexec env PYTHONPATH=${py} ${python} "$@"\n`, { mode: 0o755 });
    const { stderr, made } = await refused({ other: () => ({ py: started }) });
    expect(stderr).toMatch(/versions on rank 1 \(\S+\): aft 0\.0\.9, torch .*; on rank 0 \(\S+\): aft 0\.1/);
    expect(stderr).toContain("All ranks need the same");
    expect(made).toEqual([]);
  },
  900_000,
);

test.runIf(asked)(
  "a runs folder that the other machine does not see is one error, with the fix",
  async () => {
    if (!canBe) return;
    const { stderr } = await refused({ other: (runs) => ({ before: `mount -t tmpfs none ${runs}` }) });
    expect(stderr).toMatch(/rank 1 on \S+: /);
    expect(stderr).toMatch(/the machine of rank 1 on \S+ must see the same runs folder/);
  },
  900_000,
);

test.runIf(asked)(
  "a machine that does not come is one error in the stated time",
  async () => {
    if (!canBe) return;
    const { stderr, made } = await refused({});
    expect(stderr).toMatch(new RegExp(`2 machines at ${rendezvous} did not come together within 90 s`));
    expect(stderr).toContain("is `aft worker` running on each of the others");
    expect(made).toEqual([]);
  },
  900_000,
);

test.runIf(asked)(
  "what the other machine's rank wrote last is in the error, with rank and host",
  async () => {
    if (!canBe) return;
    const again = Array.from({ length: 9 }, (_, at) => `train/step ${at + 3} says 1`);
    const env = deathsEnvironment(await deathsFile(again));
    const other = secondMachine(env);
    const { exitCode, stderr } = await runOn("a", await temporaryFolder(), onBoth, env);
    await other.stop();
    console.log(stderr);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/\| \[rank 1 on \S+\] the card fell off the bus/);
    expect(stderr).toMatch(/\| \[machine 1, \S+\] aft_worker: rank 1 on \S+ ended by SIGKILL/);
  },
  900_000,
);
