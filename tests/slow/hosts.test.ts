/**
 * Two machines, as two network namespaces with a cable between them: a run on both of them, one of which loses its rank, and
 * then the cable. Takes root on Linux, and minutes: AFT_HOSTS=1.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../../ts/core/project.ts";
import { someFile, temporaryFolder, until } from "../e2e/aft.ts";
import { setting } from "../e2e/whole-runs.ts";
import { contentOf } from "../faults/content.ts";
import { type Deaths, deathsEnvironment, deathsFile } from "./deaths.ts";
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

const python = process.env.AFT_PYTHON ?? join(projectRoot, ".venv", "bin", "python");
const args = [
  "tests/e2e/tiny.yaml",
  ...setting("worker.rankSeconds=6", "worker.threads=1", "report.examples=0"),
  ...setting("methods.aft-bc=null", "stages.vft.steps=8"),
];
const onBoth = [...args, ...setting("worker.nodes=2", `worker.rendezvous=${rendezvous}`)];

const on = (host: string, words: readonly string[], env: Record<string, string> = {}) =>
  execa("ip", ["netns", "exec", name(host), ...words], {
    cwd: projectRoot,
    reject: false,
    env: { AFT_RENDEZVOUS_SECONDS: "30", ...env },
  });

const runOn = (host: string, runs: string, words: readonly string[], env?: Record<string, string>) =>
  on(host, ["node", "ts/cli/bin.mjs", "run", ...words, "--runs", runs], env);

/** The second machine: its worker, started again whenever it has ended, until `stop`. */
function secondMachine(env: Record<string, string>) {
  const words = "-m aft_worker --threads 1 --devices 1 --nodes 2 --node-rank 1 --seconds 6 --rendezvous";
  let current: ReturnType<typeof on> | undefined;
  let stopped = false;
  const over = (async () => {
    while (!stopped) {
      current = on("b", [python, ...words.split(" "), rendezvous], {
        ...env,
        PYTHONPATH: ["py", "tests/warm"].map((folder) => join(projectRoot, folder)).join(":"),
      });
      await current;
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      current?.stdin?.end();
      await over;
    },
  };
}

let whole: Record<string, string>;
let canBe = false;
beforeAll(async () => {
  if (!asked) return;
  canBe = process.platform === "linux" && process.getuid?.() === 0 && (await made());
  if (!canBe) {
    console.log("left out: network namespaces take root on Linux");
    return;
  }
  const runs = await temporaryFolder();
  const done = await runOn("a", runs, [...args, ...setting("worker.devices=2", "worker.threads=2")]);
  expect(done.exitCode, done.stderr).toBe(0);
  whole = await contentOf(runs, withoutLastDigits);
}, 300_000);
afterAll(async () => {
  for (const host of ["a", "b"]) await ip(`netns del ${name(host)}`);
});

const deaths: Deaths[] = [[], ["train/step 5 within 1"], ["generate 1 hangs 1"]];
test.runIf(asked).each(deaths.map((one) => [one]))(
  "two machines come to what two ranks on one do, also when the other one's rank is lost: %j",
  async (lost) => {
    if (!canBe) return;
    const [runs, mark] = [await temporaryFolder(), await deathsFile(lost)];
    const env = deathsEnvironment(mark);
    const other = secondMachine(env);
    const done = await runOn("a", runs, onBoth, env);
    await other.stop();
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr.match(/it is started again/g) ?? []).toHaveLength(lost.length);
    expect(await contentOf(runs, withoutLastDigits)).toEqual(whole);
    expect(await processesWith(mark)).toEqual([]);
  },
  400_000,
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
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/vft seed 1: the worker ended with exit code 1; it is started again/);
    expect(stderr).toMatch(new RegExp(`2 machines at ${rendezvous} did not come together within 30 s`));
    expect((await readdir(join(runs, "tiny"))).filter((file) => file.endsWith(".lock"))).toEqual([]);
    await other.stop();
    expect(await processesWith(env.AFT_MARK)).toEqual([]);
  },
  400_000,
);
