import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandOf } from "../../../ts/bridge/command.ts";
import { ensurePython, startWorker, type Worker } from "../../../ts/bridge/index.ts";
import { checkSharedFolder } from "../../../ts/experiment/worker/shared-folder.ts";
import { fakeOptions, pathTo, rejection } from "./harness.ts";

const { signal } = new AbortController();
const version = "0.1.0";
let folder: string;
let python: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aft-launch-"));
  python = await ensurePython();
  // What ssh does: its words joined by spaces, for a shell with an environment and a folder of its own.
  await writeFile(
    join(folder, "ssh"),
    `#!/bin/sh\nhost="$1"; shift\n[ "$host" = gpu-box ] || { echo "ssh: Could not resolve hostname $host" >&2; exit 255; }\ncd /\nexec env -i PATH="$PATH" sh -c "$*"\n`,
  );
  await chmod(join(folder, "ssh"), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const over = async (launch: string[], name = python): Promise<Worker> =>
  startWorker({ ...(await fakeOptions("stdio")), launch, python: name });

describe("a launch command's words", () => {
  const options = { python: "/a b/python", threads: 2, env: { PYTHONPATH: "/it's" } };

  test("are the worker's own where there is no command", () => {
    expect(commandOf(options)).toEqual(["/a b/python", "-m", "aft_worker", "--threads", "2"]);
  });

  test("hold the worker's words and what it needs of this environment, one by one", () => {
    const words = commandOf({ ...options, launch: ["srun", "--gres=gpu:8", "{worker}"] });
    expect(words.slice(0, 4)).toEqual(["srun", "--gres=gpu:8", "env", "AFT_SIGNS_OF_LIFE=5"]);
    expect(words[4]).toMatch(/^PYTHONPATH=\/.*\/py:\/it's$/);
    expect(words.slice(5)).toEqual([
      "PYTHONUNBUFFERED=1",
      ...["/a b/python", "-m", "aft_worker", "--threads", "2"],
    ]);
  });

  test("within a longer word are quoted for a shell", () => {
    const [, , line] = commandOf({ ...options, launch: ["sh", "-c", "cd /x && exec {worker}"] });
    expect(line).toMatch(
      /^cd \/x && exec env AFT_SIGNS_OF_LIFE=5 'PYTHONPATH=.*:\/it'\\''s' PYTHONUNBUFFERED=1 '\/a b\/python' -m aft_worker --threads 2$/,
    );
  });
});

describe("a worker that a command starts", () => {
  test.each([
    ["sh", ["sh", "-c", "cd / && exec {worker}"]],
    ["ssh", ["ssh", "gpu-box", "{worker}"]],
    ["a command with no place for words", []],
  ])("speaks through %s", async (name, launch) => {
    const words = name === "ssh" ? [join(folder, "ssh"), ...launch.slice(1)] : launch;
    const alone = ["env", `PYTHONPATH=${pathTo("../../../py")}`, python, "-m", "aft_worker"];
    const worker = await over(words.length === 0 ? alone : words);
    const { resident, pid } = { resident: await worker.request("device/memory", {}), pid: worker.pid };
    expect(resident.residentBytes).toBeGreaterThan(0);
    await worker.close();
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  });

  test("a host that is not there is told with what ssh said", async () => {
    const ssh = join(folder, "ssh");
    const error = await rejection(over([ssh, "gpu-bax", "{worker}"]));
    expect((error as Error).message).toBe(
      `worker.launch: ${ssh} gpu-bax {worker}: the worker ended with exit code 255; its last lines on stderr:\n` +
        "  | ssh: Could not resolve hostname gpu-bax",
    );
  });

  test("a program that is not there", async () => {
    const error = await rejection(over(["/no/such/ssh", "gpu-box", "{worker}"]));
    expect((error as Error).message).toBe(
      "worker.launch: /no/such/ssh gpu-box {worker}: cannot start /no/such/ssh: no such program\n" +
        "  expected: a command that speaks the worker's protocol on its standard streams, and prints nothing else there\n" +
        "  fix: correct the first word of worker.launch, or leave worker.launch out to compute on this machine",
    );
  });

  test("a Python there that lacks the worker", async () => {
    const launch = ["env", "PYTHONPATH=", python, "-m", "aft_worker"];
    const error = await rejection(over(launch));
    expect((error as Error).message).toBe(
      `worker.launch: ${launch.join(" ")}: the Python that the worker was started with lacks the module aft_worker\n` +
        `  found: "${python}"\n` +
        `  fix: on that machine: pip install the folder py of aft ${version}; worker.python names a Python there`,
    );
  });

  const expected =
    "a command that speaks the worker's protocol on its standard streams, and prints nothing else there";

  test.each([
    [
      "a greeting before the first message",
      "echo hello; sleep 60; exec {worker}",
      'the worker sent what is not a message: "hello\\n" came before the first one',
      "a greeting there (motd, .bashrc) belongs on the error output, or to terminals alone",
    ],
    [
      "a shell of which nothing is asked",
      "echo hello; sleep 60",
      'the worker sent what is not a message: "hello\\n" came before the first one',
      "write {worker} in worker.launch, where the words that start the worker belong",
    ],
  ])("%s is one error, with what to do", async (_, line, what, fix) => {
    const error = await rejection(over(["sh", "-c", line]));
    expect((error as Error).message).toBe(
      `worker.launch: sh -c ${line}: ${what}\n  expected: ${expected}\n  fix: ${fix}`,
    );
  });

  test("a command that ends at once", async () => {
    const error = await rejection(over(["true"]));
    expect((error as Error).message).toBe(
      "worker.launch: true: the worker ended with exit code 0 and printed nothing\n" +
        "  fix: write {worker} in worker.launch, where the words that start the worker belong",
    );
  });

  test("a folder there that does not exist", async () => {
    const launch = ["sh", "-c", "cd /no/such && exec {worker}"];
    const error = await rejection(over(launch));
    expect((error as Error).message).toMatch(
      /^worker\.launch: sh -c cd \/no\/such && exec \{worker\}: the worker ended with exit code \d; its last lines on stderr:\n {2}\| .*\/no\/such/,
    );
  });

  test("nothing can be asked on this terminal, as ssh would for a password", async () => {
    const error = await rejection(over(["sh", "-c", "exec < /dev/tty && exec {worker}"]));
    expect((error as Error).message).toContain("/dev/tty");
  });
});

describe("the runs folder", () => {
  test("that both see passes, and nothing stays in it", async () => {
    const worker = await over(["sh", "-c", "exec {worker}"]);
    const runs = join(folder, "new", "runs");
    await checkSharedFolder(worker, runs, signal);
    expect(await readdir(runs)).toEqual([]);
    await worker.close();
  });

  const told = (found: string): string =>
    `${folder}: the runs folder is not shared with box, on which the worker runs\n` +
    `  found: "${found}"\n` +
    "  expected: one folder at one path on both machines: weights, samples and states are handed over in it\n" +
    "  fix: mount it there at the same path (NFS, Lustre, sshfs), or name a shared folder with --runs";
  const answering = (result: object): Worker => ({ request: async () => result }) as unknown as Worker;

  test("that the worker does not see", async () => {
    const worker = answering({ host: "box", problem: "no such file: /runs" });
    const error = await rejection(checkSharedFolder(worker, folder, signal));
    expect((error as Error).message).toBe(told("no such file: /runs"));
    expect(await readdir(folder)).toEqual(["new", "ssh"]);
  });

  test("of one name on both machines, where each sees its own", async () => {
    const error = await rejection(checkSharedFolder(answering({ host: "box" }), folder, signal, 50));
    expect((error as Error).message).toBe(told("what box writes there is not seen here"));
  });
});
